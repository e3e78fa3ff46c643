#include <elastic_job/set_up.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.1 steps 6 to 11: a starting instance takes part in the election before it is registered.
Task<> SetUpFacade::register_start_up_info(bool enabled) {
  start_listeners_();
  co_await leader_.elect();
  co_await servers_.persist_online(enabled);
  co_await instances_.persist_online();
  // spec: elasticjob 7.1 step 10
  if (!context_.profile.only_leader_sets_flag) co_await sharding_.set_resharding_flag();
  if (!reconcile_.is_running()) reconcile_.start();
  co_await servers_.remove_offline_servers();
}

// spec: elasticjob 7.15 shutdownInstance
Task<> SchedulerFacade::shutdown_instance() {
  const bool leader = co_await leader_.is_leader();
  if (leader) co_await leader_.remove_leader();
  if (reconcile_.is_running()) reconcile_.stop();
  if (context_.profile.listeners_removed_at_shutdown) remove_listeners_();
  co_await context_.registry.shutdown(context_.job);
}

}  // namespace chronofault::elastic_job
