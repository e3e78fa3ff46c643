// ShardingListenerManager and MonitorExecutionListenerManager: L3, L4, L7.
#include <elastic_job/listeners.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 4.2 L3
// spec: elasticjob 7.12
bool ShardingTotalCountChangedListener::concerns(const DataChanged& event) const {
  return context_.paths.is_config(event.path) && context_.registry.total_count(context_.job) != 0;
}

Task<> ShardingTotalCountChangedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const int count = load_yaml(event.data, context_.profile).sharding_total_count;
  if (count == context_.registry.total_count(context_.job)) co_return;
  co_await sharding_.set_resharding_flag();
  context_.registry.set_total_count(context_.job, count);
}

// spec: elasticjob 4.2 L4
bool ListenServersChangedListener::concerns(const DataChanged& event) const {
  if (context_.is_shutdown()) return false;
  const bool instances = context_.paths.is_instance(event.path) && event.type != DataChanged::Type::changed;
  return instances || context_.paths.is_server(event.path);
}

Task<> ListenServersChangedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const bool spared = co_await sharding_.is_static_and_sharded();
  if (!spared) co_await sharding_.set_resharding_flag();
}

// spec: elasticjob 4.2 L7
bool MonitorExecutionSettingsChangedListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::changed && context_.paths.is_config(event.path);
}

Task<> MonitorExecutionSettingsChangedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  if (!load_yaml(event.data, context_.profile).monitor_execution) co_await execution_.clear_all_running();
}

}  // namespace chronofault::elastic_job
