// Shutdown, trigger, reschedule and guarantee listeners: L8 to L12; and all of them together.
#include <elastic_job/errors.hpp>
#include <elastic_job/listeners.hpp>
#include <elastic_job/services/instance_service.hpp>

namespace chronofault::elastic_job {

namespace {

/// Upstream runs into null where the job was shut down meanwhile.
ScheduleControl& controller_of(const JobContext& context) {
  ScheduleControl* const controller = context.registry.controller(context.job);
  if (controller == nullptr) throw JavaError("NullPointerException", "no controller of " + context.job);
  return *controller;
}

}  // namespace

// spec: elasticjob 4.2 L8
// The test for a pause comes first, and may wait for the controller.
bool InstanceShutdownStatusListener::concerns(const DataChanged&) const { return !context_.is_shutdown(); }

Task<> InstanceShutdownStatusListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const bool paused = co_await controller_of(context_).is_paused();
  if (paused || event.type != DataChanged::Type::deleted) co_return;
  if (!context_.paths.is_instance_of(event.path, context_.own().id)) co_return;
  const bool back = co_await instances_.own_instance_exists();
  if (!back) co_await shutdown_.shutdown_instance();
}

// spec: elasticjob 4.2 L9
bool JobTriggerStatusListener::concerns(const DataChanged& event) const {
  const JobInstance* const own = context_.instance();
  if (own == nullptr) return false;
  if (context_.profile.trigger_nodes) {
    return event.type == DataChanged::Type::created && context_.paths.is_trigger_of(event.path, own->id);
  }
  return event.data == trigger_message && event.type == DataChanged::Type::changed &&
         context_.paths.is_instance_of(event.path, own->id);
}

// spec: elasticjob 7.10
Task<> JobTriggerStatusListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  co_await instances_.clear_trigger_flag();
  if (context_.is_shutdown() || context_.registry.is_running(context_.job)) co_return;
  co_await controller_of(context_).trigger_job();
}

// spec: elasticjob 4.2 L10
// spec: elasticjob 7.12
bool RescheduleListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::changed && context_.paths.is_config(event.path) && !context_.is_shutdown();
}

Task<> RescheduleListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  JobConfiguration configuration = load_yaml(event.data, context_.profile);
  ScheduleControl& controller = controller_of(context_);
  if (configuration.is_cron()) {
    co_await controller.reschedule_cron(std::move(*configuration.cron), std::move(configuration.time_zone));
  } else {
    co_await controller.reschedule_one_off();
  }
}

// spec: elasticjob 4.2 L11
bool StartedNodeRemovedListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::deleted && context_.paths.is_started_root(event.path);
}

Task<> StartedNodeRemovedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  for (BarrierWaiters* each : waiters_) each->notify_start();
}

// spec: elasticjob 4.2 L12
bool CompletedNodeRemovedListener::concerns(const DataChanged& event) const {
  return event.type == DataChanged::Type::deleted && context_.paths.is_completed_root(event.path);
}

Task<> CompletedNodeRemovedListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  for (BarrierWaiters* each : waiters_) each->notify_complete();
}

// spec: elasticjob 4.2
std::vector<std::unique_ptr<DataListener>> make_listeners(const JobContext& context, const ListenerServices& services,
                                                          const std::vector<BarrierWaiters*>& waiters) {
  const auto& s = services;
  std::vector<std::unique_ptr<DataListener>> all;
  all.push_back(std::make_unique<LeaderElectionListener>(context, s.leader, s.servers));
  all.push_back(std::make_unique<LeaderAbdicationListener>(context, s.leader));
  all.push_back(std::make_unique<ShardingTotalCountChangedListener>(context, s.sharding));
  all.push_back(std::make_unique<ListenServersChangedListener>(context, s.sharding));
  all.push_back(std::make_unique<JobCrashedListener>(context, s.configurations, s.sharding, s.failover, s.execution));
  all.push_back(std::make_unique<FailoverSettingsChangedListener>(context, s.failover));
  all.push_back(std::make_unique<MonitorExecutionSettingsChangedListener>(context, s.execution));
  all.push_back(std::make_unique<InstanceShutdownStatusListener>(context, s.instances, s.shutdown));
  all.push_back(std::make_unique<JobTriggerStatusListener>(context, s.instances));
  all.push_back(std::make_unique<RescheduleListener>(context));
  all.push_back(std::make_unique<StartedNodeRemovedListener>(context, waiters));
  all.push_back(std::make_unique<CompletedNodeRemovedListener>(context, waiters));
  if (context.profile.legacy_crashed_items) {
    all.push_back(std::make_unique<LegacyCrashedRunningItemListener>(context, s.configurations, s.instances,
                                                                     s.execution, s.failover));
  }
  return all;
}

}  // namespace chronofault::elastic_job
