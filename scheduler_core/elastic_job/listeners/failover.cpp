// FailoverListenerManager: L5, L6, L13.
#include <algorithm>

#include <elastic_job/listeners.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 4.2 L5
// spec: elasticjob 7.9 L5
// The test for failover comes first, and asks where the configuration is not in the cache.
bool JobCrashedListener::concerns(const DataChanged& event) const {
  return !context_.is_shutdown() && (!configurations_.is_cached() || is_instance_gone(event));
}

bool JobCrashedListener::is_instance_gone(const DataChanged& event) const {
  return event.type == DataChanged::Type::deleted && context_.paths.is_instance(event.path);
}

Task<> JobCrashedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  if (!configuration->failover || !is_instance_gone(event)) co_return;
  const std::string crashed = context_.paths.instance_id(event.path);
  if (crashed == context_.own().id) co_return;

  std::vector<int> taken;
  if (context_.profile.failovering_node) {
    taken = co_await failover_.failovering_items(crashed);
  } else {
    taken = co_await failover_.failover_items(crashed);
  }
  for (const int item : taken) {
    if (context_.profile.failovering_node) {
      co_await failover_.set_crashed_directly(item);
    } else {
      co_await failover_.set_crashed(item);
    }
    if (context_.profile.takeover_clears_running) {
      std::vector<int> one(1, item);
      co_await execution_.clear_running(std::move(one));
    }
    co_await failover_.failover_if_necessary();
  }
  if (!taken.empty()) co_return;

  std::vector<int> owned;
  if (context_.profile.crashed_items_by_server) {
    owned = co_await sharding_.crashed_items(crashed);
  } else {
    owned = co_await sharding_.sharding_items(crashed);
  }
  for (const int item : owned) {
    co_await failover_.set_crashed(item);
    co_await failover_.failover_if_necessary();
  }
}

// spec: elasticjob 4.2 L6
bool FailoverSettingsChangedListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::changed && context_.paths.is_config(event.path);
}

Task<> FailoverSettingsChangedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  if (!load_yaml(event.data, context_.profile).failover) co_await failover_.remove_failover_info();
}

// spec: elasticjob 11 LegacyCrashedRunningItem
bool LegacyCrashedRunningItemListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::created && !context_.is_shutdown() &&
         context_.paths.is_instance_of(event.path, context_.own().id);
}

Task<> LegacyCrashedRunningItemListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const std::string own = context_.own().id;
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  if (!configuration->failover) co_return;
  const std::vector<JobInstance> available = co_await instances_.available_instances();
  const bool alone = !available.empty() && std::all_of(available.begin(), available.end(),
                                                       [&own](const JobInstance& each) { return each.id == own; });
  if (alone) co_await take_over(own);
}

/// Whatever is marked by anybody but this instance, which is the only one.
Task<> LegacyCrashedRunningItemListener::take_over(std::string own) {
  std::map<int, std::string> running = co_await execution_.all_running_items();
  const std::map<int, std::string> failovering = co_await failover_.all_failovering_items();
  if (running.empty() && failovering.empty()) co_return;
  for (const auto& [item, id] : failovering) {
    if (id == own) continue;
    std::vector<int> one(1, item);
    co_await failover_.set_crashed_directly(item);
    co_await failover_.clear_failovering(item);
    co_await execution_.clear_running(std::move(one));
    running.erase(item);
  }
  for (const auto& [item, id] : running) {
    if (id == own) continue;
    std::vector<int> one(1, item);
    co_await failover_.set_crashed(item);
    co_await execution_.clear_running(std::move(one));
  }
  co_await failover_.failover_if_necessary();
}

}  // namespace chronofault::elastic_job
