#include <elastic_job/job_registry.hpp>

namespace chronofault::elastic_job {

namespace {

template <class Map>
auto value_or(const Map& map, const std::string& job, typename Map::mapped_type otherwise) {
  const auto found = map.find(job);
  return found == map.end() ? otherwise : found->second;
}

}  // namespace

// spec: elasticjob 2.2
ScheduleControl* JobRegistry::controller(const std::string& job) const { return value_or(controllers_, job, nullptr); }

const JobInstance* JobRegistry::instance(const std::string& job) const {
  const auto found = instances_.find(job);
  return found == instances_.end() ? nullptr : &found->second;
}

void JobRegistry::register_registry(const std::string& job, std::function<Task<>()> forget_cache) {
  registries_.insert_or_assign(job, std::move(forget_cache));
}

bool JobRegistry::is_running(const std::string& job) const { return value_or(running_, job, false); }
int JobRegistry::total_count(const std::string& job) const { return value_or(total_counts_, job, 0); }

bool JobRegistry::is_shutdown(const std::string& job) const {
  return !controllers_.contains(job) || !instances_.contains(job);
}

// spec: elasticjob 7.15 shutdownInstance
Task<> JobRegistry::shutdown(std::string job) {
  ScheduleControl* const controller_of_job = controller(job);
  controllers_.erase(job);
  if (controller_of_job != nullptr) co_await controller_of_job->shutdown(false);
  const std::function<Task<>()> forget_cache = value_or(registries_, job, nullptr);
  registries_.erase(job);
  if (forget_cache) co_await forget_cache();
  instances_.erase(job);
  running_.erase(job);
  total_counts_.erase(job);
}

}  // namespace chronofault::elastic_job
