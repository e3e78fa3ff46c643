// Misfires (quartz 7.9) and the start of a node that is alone (quartz 7.16).
#include <algorithm>

#include <quartz/database_store.hpp>

namespace chronofault::quartz {

// --- misfires -----------------------------------------------------------------------------------------------------

/// The count is asked without the lock, so that most passes do not need it.
Task<DatabaseStore::Misfires> DatabaseStore::recover_misfires() {
  Misfires result;
  LockHandler::Guard guard;
  const Body body = [&](Tx tx) { return recover_misfires_locked(tx, &guard, &result); };
  co_await in_own_transaction(std::nullopt, body, Validator());
  co_return result;
}

Task<> DatabaseStore::recover_misfires_locked(Tx tx, LockHandler::Guard* guard, Misfires* result) {
  if (options_.double_check_lock_misfire_handler) {
    const std::int64_t count = co_await tx->rows.cnt_misf(misfire_time().ms(), state::waiting);
    if (count == 0) co_return;
  }
  *guard = co_await locks_->obtain(tx->session, LockName::trigger_access);
  *result = co_await recover_misfired(tx, false);
}

Task<DatabaseStore::Misfires> DatabaseStore::recover_misfired(Tx tx, bool recovering) {
  Misfires result;
  std::optional<std::size_t> limit;
  if (!recovering) limit = static_cast<std::size_t>(options_.max_misfires_to_handle_at_a_time) + 1;
  std::vector<TriggerRow> misfired = co_await select_misfired(tx, misfire_time(), limit);
  if (limit && misfired.size() == *limit) {
    result.more = true;
    misfired.pop_back();
  }
  result.processed = static_cast<int>(misfired.size());
  for (const TriggerRow& row : misfired) {
    const TriggerKey key(row.trigger_group, row.trigger_name);
    std::optional<JobTrigger> trigger = co_await retime_misfired(tx, key, recovering);
    if (!trigger || !trigger->trigger.next) continue;
    result.earliest = std::min(result.earliest.value_or(WallTime::max()), *trigger->trigger.next);
  }
  co_return result;
}

Task<std::optional<JobTrigger>> DatabaseStore::retime_misfired(Tx tx, TriggerKey key, bool recovering) {
  Storing how(state::waiting);
  how.replace = true;
  how.recovering = recovering;
  std::optional<JobTrigger> retimed;
  std::exception_ptr failure;
  try {
    std::optional<JobTrigger> trigger = co_await retrieve_trigger(tx, key);
    if (trigger) retimed = co_await retime(tx, std::move(*trigger), how);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure && !options_.policies.skip_bad_misfires) std::rethrow_exception(failure);
  co_return retimed;
}

Task<JobTrigger> DatabaseStore::retime(Tx tx, JobTrigger trigger, Storing how) {
  Calendar calendar = co_await retrieve_calendar(tx, trigger.trigger.calendar_name);
  co_await signaler_->trigger_misfired(trigger);
  update_after_misfire(trigger.trigger, calendar.get(), context());
  if (trigger.trigger.next) {
    co_await put_trigger(tx, &trigger, nullptr, how);
  } else {
    how.state = state::complete;
    co_await put_trigger(tx, &trigger, nullptr, how);
    co_await signaler_->trigger_finalized(trigger);
  }
  co_return trigger;
}

// --- the start of a node that is alone ------------------------------------------------------------------------------

Task<> DatabaseStore::recover_jobs() {
  const Body body = [&](Tx tx) { return recover_in(tx); };
  co_await in_own_transaction(LockName::trigger_access, body, Validator());
}

Task<> DatabaseStore::recover_in(Tx tx) {
  std::vector<std::string> held{state::acquired, state::blocked};
  co_await tx->rows.u_all_st(state::waiting, std::move(held));
  std::vector<std::string> paused{state::paused_blocked};
  co_await tx->rows.u_all_st(state::paused, std::move(paused));
  (void)co_await recover_misfired(tx, true);

  WallTime counter = now();
  std::vector<FiredTriggerRow> fired = co_await tx->rows.q_fired_inst(options_.instance_id);
  for (const FiredTriggerRow& row : fired) {
    if (row.state == state::executing) run_given_up(row);
    if (!row.requests_recovery.value_or(false)) continue;
    (void)co_await add_recovery_trigger(tx, row, options_.instance_id, counter);
    counter += Duration::ms(1);
  }

  std::vector<TriggerKey> finished = co_await tx->rows.q_triggers_in_state(state::complete);
  for (const TriggerKey& key : finished) (void)co_await drop_trigger(tx, key);
  co_await tx->rows.d_fired_all();
}

/// A one-shot trigger of the original scheduled time, which never misfires. False: the job is gone.
Task<bool> DatabaseStore::add_recovery_trigger(Tx tx, FiredTriggerRow row, std::string instance, WallTime counter) {
  const JobKey job(row.job_group.value_or(""), row.job_name.value_or(""));
  std::optional<JobDetailRow> exists = co_await tx->rows.q_job(job);
  if (!exists) co_return false;
  const TriggerKey original(row.trigger_group, row.trigger_name);
  std::optional<TriggerRow> original_row = co_await tx->rows.q_trigger(original);

  JobTrigger recovery;
  recovery.job = job;
  recovery.trigger.key = TriggerKey(recovery_group, "recover_" + instance + "_" + std::to_string(counter.ms()));
  recovery.trigger.schedule = triggers::SimpleSchedule{};
  recovery.trigger.start = WallTime::from_ms(row.sched_time);
  recovery.trigger.misfire_instruction = triggers::misfire::ignore;
  recovery.trigger.priority = static_cast<int>(row.priority);
  if (original_row) recovery.data = data_from_text(original_row->job_data);
  recovery.data["QRTZ_FAILED_JOB_ORIG_TRIGGER_NAME"] = original.name;
  recovery.data["QRTZ_FAILED_JOB_ORIG_TRIGGER_GROUP"] = original.group;
  recovery.data["QRTZ_FAILED_JOB_ORIG_TRIGGER_FIRETIME_IN_MILLISECONDS_AS_STRING"] = std::to_string(row.fired_time);
  recovery.data["QRTZ_FAILED_JOB_ORIG_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS_AS_STRING"] =
      std::to_string(row.sched_time);
  compute_first_fire_time(recovery.trigger, nullptr, context());
  Storing how(state::waiting);
  how.recovering = true;
  co_await put_trigger(tx, &recovery, nullptr, how);
  co_return true;
}

}  // namespace chronofault::quartz
