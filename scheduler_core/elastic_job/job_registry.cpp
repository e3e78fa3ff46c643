#include <utility>

#include <elastic_job/job_registry.hpp>

namespace chronofault::elastic_job {

const JobRegistry::Known* JobRegistry::find(const std::string& job) const {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? nullptr : &found->second;
}

// spec: elasticjob 2.2
ScheduleControl* JobRegistry::controller(const std::string& job) const {
  const Known* const known = find(job);
  return known == nullptr ? nullptr : known->controller;
}

const JobInstance* JobRegistry::instance(const std::string& job) const {
  const Known* const known = find(job);
  return known == nullptr || !known->instance ? nullptr : &*known->instance;
}

void JobRegistry::register_registry(const std::string& job, std::function<Task<>()> forget_cache) {
  jobs_[job].forget_cache = std::move(forget_cache);
}

bool JobRegistry::is_running(const std::string& job) const {
  const Known* const known = find(job);
  return known != nullptr && known->running;
}
int JobRegistry::total_count(const std::string& job) const {
  const Known* const known = find(job);
  return known == nullptr ? 0 : known->total_count;
}

bool JobRegistry::is_shutdown(const std::string& job) const {
  const Known* const known = find(job);
  return known == nullptr || known->is_shutdown();
}

// spec: elasticjob 7.15 shutdownInstance
Task<> JobRegistry::shutdown(std::string job) {
  Known& known = jobs_[job];
  ScheduleControl* const controller_of_job = std::exchange(known.controller, nullptr);
  if (controller_of_job != nullptr) co_await controller_of_job->shutdown(false);
  const std::function<Task<>()> forget_cache = std::exchange(known.forget_cache, nullptr);
  if (forget_cache) co_await forget_cache();
  known.instance.reset();
  known.running = false;
  known.total_count = 0;
}

}  // namespace chronofault::elastic_job
