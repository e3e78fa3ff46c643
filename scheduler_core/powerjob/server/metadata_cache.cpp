#include <powerjob/server/metadata_cache.hpp>

namespace chronofault::powerjob {

void MetadataCache::put(std::int64_t instance_id, const JobInfo& job) {
  if (jobs_.insert_or_assign(instance_id, job).second) by_age_.push_back(instance_id);
  while (jobs_.size() > static_cast<std::size_t>(server_.config.metadata_cache_size) ||
         by_age_.size() > 4 * static_cast<std::size_t>(server_.config.metadata_cache_size)) {
    jobs_.erase(by_age_.front());
    by_age_.pop_front();
  }
}

Task<JobInfo> MetadataCache::load(std::int64_t instance_id) {
  const auto cached = jobs_.find(instance_id);
  if (cached != jobs_.end()) co_return cached->second;
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(by_instance_id(instance_id));
  if (rows.empty()) throw Failure("can't find instance " + std::to_string(instance_id));
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(rows.front().job_id);
  if (!job) throw Failure("can't find job of instance " + std::to_string(instance_id));
  put(instance_id, *job);
  co_return *job;
}

}  // namespace chronofault::powerjob
