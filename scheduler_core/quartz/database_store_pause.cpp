// Pausing and resuming (quartz 7.14b). A job's triggers are paused one by one and the job remembers nothing; a group is
// remembered in PAUSED_TRIGGER_GRPS, for triggers that are stored later.
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

Task<> DatabaseStore::pause_one(Tx tx, TriggerKey key) {
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
  if (!row) co_return;
  if (row->trigger_state == state::waiting || row->trigger_state == state::acquired) {
    co_await tx->rows.u_st(key, state::paused);
  } else if (row->trigger_state == state::blocked) {
    co_await tx->rows.u_st(key, state::paused_blocked);
  }
}

Task<> DatabaseStore::pause_group(Tx tx, std::string group) {
  std::vector<std::string> running{state::acquired, state::waiting};
  co_await tx->rows.u_group_st(group, state::paused, std::move(running));
  std::vector<std::string> blocked{state::blocked};
  co_await tx->rows.u_group_st(group, state::paused_blocked, std::move(blocked));
  const bool paused = co_await tx->rows.q_group_paused(group);
  if (!paused) co_await tx->rows.i_group_paused(group);  // also a group that does not exist yet
}

Task<> DatabaseStore::act_on_triggers_of(Tx tx, JobKey job, OnTrigger act) {
  std::vector<TriggerKey> keys = co_await tx->rows.q_triggers_of_job(job);
  std::vector<JobTrigger> triggers = co_await retrieve_triggers(tx, std::move(keys));
  for (const JobTrigger& trigger : triggers) co_await (this->*act)(tx, trigger.trigger.key);
}

Task<> DatabaseStore::act_on_jobs_of(Tx tx, std::string group, OnTrigger act) {
  std::vector<JobKey> jobs = co_await tx->rows.q_jobs_of_group(group);
  for (const JobKey& job : jobs) co_await act_on_triggers_of(tx, job, act);
}

Task<> DatabaseStore::pause_everything(Tx tx) {
  std::set<std::string> groups = co_await tx->rows.q_trigger_groups();
  for (const std::string& group : groups) co_await pause_group(tx, group);
  const bool marked = co_await tx->rows.q_group_paused(all_groups_paused);
  if (!marked) co_await tx->rows.i_group_paused(all_groups_paused);
}

/// An overdue trigger is misfired here, whatever its instruction says and whatever state it was in; not in standby.
Task<> DatabaseStore::resume_one(Tx tx, TriggerKey key) {
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
  if (!row) co_return;
  const std::optional<WallTime> next = time_or_none(row->next_fire_time);
  if (!next) co_return;
  const bool was_blocked = row->trigger_state == state::paused_blocked;
  Storing how(state::waiting);
  how.replace = true;
  how.forced = true;
  how.state = co_await blocked_state(tx, JobKey(row->job_group, row->job_name), how.state);
  if (scheduler_running_ && *next < now()) {
    std::optional<JobTrigger> trigger = co_await retrieve_trigger(tx, key);
    if (!trigger || !trigger->trigger.next) throw JobPersistence("Couldn't update misfired trigger: it is gone");
    if (*trigger->trigger.next <= now() - options_.misfire_threshold) {
      co_await retime(tx, std::move(*trigger), how);
      co_return;
    }
  }
  const char* const from = was_blocked ? state::paused_blocked : state::paused;
  co_await tx->rows.u_st(key, how.state, from);
}

Task<> DatabaseStore::resume_group(Tx tx, std::string group) {
  co_await tx->rows.d_group_paused(group);
  std::vector<TriggerKey> keys = co_await tx->rows.q_triggers_of_group(group);
  for (const TriggerKey& key : keys) co_await resume_one(tx, key);
}

Task<> DatabaseStore::resume_everything(Tx tx) {
  std::set<std::string> groups = co_await tx->rows.q_trigger_groups();
  for (const std::string& group : groups) co_await resume_group(tx, group);
  co_await tx->rows.d_group_paused(all_groups_paused);
}

Task<> DatabaseStore::reset_one(Tx tx, TriggerKey key) {
  const bool paused = co_await tx->rows.q_group_paused(key.group);
  const char* const to = paused ? state::paused : state::waiting;
  co_await tx->rows.u_st(key, to, state::error);
}

}  // namespace chronofault::quartz
