#include <elastic_job/connection_listener.hpp>
#include <elastic_job/errors.hpp>
#include <elastic_job/misfire_listener.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 4.3
Task<> ConnectionListener::state_changed(curator::ConnectionState state) {
  using curator::ConnectionState;
  if (state == ConnectionState::read_only && context_.profile.read_only_is_an_error) {
    throw IllegalStateError("READ_ONLY");
  }
  if (context_.is_shutdown()) co_return;
  ScheduleControl* const controller = context_.registry.controller(context_.job);
  if (state == ConnectionState::suspended || state == ConnectionState::lost) co_await controller->pause_job();
  if (state != ConnectionState::reconnected) co_return;
  std::string own = context_.own().ip;
  const bool enabled = co_await servers_.is_enable_server(std::move(own));
  co_await servers_.persist_online(enabled);
  co_await instances_.persist_online();
  std::vector<int> items = co_await sharding_.local_sharding_items();
  co_await execution_.clear_running(std::move(items));
  co_await controller->resume_job();
}

// spec: elasticjob 7.8
Task<> MisfireListener::trigger_misfired(const quartz::JobTrigger& trigger) {
  if (!trigger.trigger.previous) co_return;
  if (missed_ && trigger.trigger.next) missed_(*trigger.trigger.next);
  std::vector<int> items = co_await sharding_.local_sharding_items();
  co_await execution_.set_misfire(std::move(items));
}

}  // namespace chronofault::elastic_job
