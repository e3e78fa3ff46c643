// From the acquisition of a trigger to the end of its run (quartz 7.11 .. 7.14).
#include <algorithm>

#include <ports/task/result.hpp>
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

namespace {
constexpr int acquire_rounds = 3;
}

FiredTriggerRow DatabaseStore::fired_row(const JobTrigger& trigger, const char* state) const {
  FiredTriggerRow row;
  row.sched_name = options_.scheduler_name;
  row.entry_id = trigger.fire_instance_id;
  row.trigger_name = trigger.trigger.key.name;
  row.trigger_group = trigger.trigger.key.group;
  row.instance_name = options_.instance_id;
  row.fired_time = now().ms();
  row.sched_time = trigger.trigger.next->ms();
  row.priority = trigger.trigger.priority;
  row.state = state;
  row.is_nonconcurrent = false;
  row.requests_recovery = false;
  return row;
}

// --- acquire ------------------------------------------------------------------------------------------------------

Task<std::vector<JobTrigger>> DatabaseStore::acquire(WallTime no_later_than, int max_count, Duration window) {
  std::vector<JobTrigger> acquired;
  Lock lock;
  if (options_.acquire_triggers_within_lock || max_count > 1) lock = LockName::trigger_access;
  const Body body = [&](Tx tx) { return acquire_all(tx, no_later_than, max_count, window, &acquired); };
  const Validator validate = [&](Tx tx) { return acquired_rows_exist(tx, &acquired); };
  co_await in_own_transaction(lock, body, validate);
  co_return acquired;
}

Task<> DatabaseStore::acquire_all(Tx tx, WallTime no_later_than, int max_count, Duration window,
                                  std::vector<JobTrigger>* acquired) {
  std::vector<JobKey> seen;  // jobs that must not run twice at once, acquired or not
  bool nothing_due = false;
  for (int round = 0; round < acquire_rounds && acquired->empty() && !nothing_due; ++round) {
    *acquired = co_await acquire_round(tx, no_later_than, max_count, window, &seen, &nothing_due);
  }
}

/// The trigger is loaded before its state is changed: without the lock it may change in between.
Task<std::vector<JobTrigger>> DatabaseStore::acquire_round(Tx tx, WallTime no_later_than, int max_count,
                                                           Duration window, std::vector<JobKey>* seen,
                                                           bool* nothing_due) {
  std::vector<JobTrigger> acquired;
  const std::size_t limit = static_cast<std::size_t>(std::max(1, max_count));
  std::vector<TriggerRow> due = co_await select_to_acquire(tx, no_later_than + window, misfire_time(), limit);
  *nothing_due = due.empty();
  WallTime batch_end = no_later_than;
  for (const TriggerRow& row : due) {
    const TriggerKey key(row.trigger_group, row.trigger_name);
    std::optional<JobTrigger> trigger = co_await retrieve_trigger(tx, key);
    if (!trigger) continue;
    const auto read = co_await as_result<JobPersistence>(retrieve_job(tx, trigger->job));
    if (!read) {
      try {
        co_await tx->rows.u_st(key, state::error);
      } catch (const db::DatabaseError&) {  // logged
      }
      continue;
    }
    const std::optional<JobDetail>& job = *read;
    if (!job) throw JobPersistence("Couldn't acquire next trigger: null");  // a NullPointerException, #495
    if (job->disallow_concurrent_execution) {
      if (std::find(seen->begin(), seen->end(), job->key) != seen->end()) continue;
      seen->push_back(job->key);
    }
    if (!trigger->trigger.next) continue;
    if (*trigger->trigger.next > batch_end) break;
    const std::int64_t changed = co_await tx->rows.u_st(key, state::acquired, state::waiting);
    if (changed <= 0) continue;
    trigger->fire_instance_id = next_fire_id();
    co_await tx->rows.i_fired(fired_row(*trigger, state::acquired));
    if (acquired.empty()) batch_end = std::max(*trigger->trigger.next, now()) + window;
    acquired.push_back(std::move(*trigger));
  }
  co_return acquired;
}

Task<bool> DatabaseStore::acquired_rows_exist(Tx tx, const std::vector<JobTrigger>* acquired) {
  std::vector<FiredTriggerRow> rows = co_await tx->rows.q_fired_inst(options_.instance_id);
  co_return std::any_of(rows.begin(), rows.end(), [acquired](const FiredTriggerRow& row) {
    return std::any_of(acquired->begin(), acquired->end(),
                       [&row](const JobTrigger& trigger) { return trigger.fire_instance_id == row.entry_id; });
  });
}

// --- fire ---------------------------------------------------------------------------------------------------------

Task<std::vector<FiredResult>> DatabaseStore::fired(std::vector<JobTrigger> batch) {
  std::vector<FiredResult> results;
  const Body body = [&](Tx tx) { return fire_all(tx, &batch, &results); };
  const Validator validate = [&](Tx tx) { return executing_rows_exist(tx, &results); };
  co_await in_own_transaction(LockName::trigger_access, body, validate);
  for (const FiredResult& result : results) {
    if (!result.bundle || !result.bundle->job.persist_data_after_execution) continue;
    data_as_fired_[result.bundle->trigger.fire_instance_id] = result.bundle->job.data;
  }
  co_return results;
}

Task<> DatabaseStore::fire_all(Tx tx, const std::vector<JobTrigger>* batch, std::vector<FiredResult>* results) {
  for (const JobTrigger& trigger : *batch) {
    FiredResult result = co_await fire_or_fail(tx, trigger);
    results->push_back(std::move(result));
  }
}

/// What goes wrong with one trigger undoes neither the others nor its own earlier statements.
Task<FiredResult> DatabaseStore::fire_or_fail(Tx tx, JobTrigger trigger) {
  FiredResult result;
  try {
    result.bundle = co_await fire(tx, std::move(trigger));
  } catch (...) {
    result.error = std::current_exception();
  }
  co_return result;
}

Task<std::optional<FiredBundle>> DatabaseStore::fire(Tx tx, JobTrigger held) {
  const TriggerKey key = held.trigger.key;
  std::optional<FiredBundle> bundle;
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
  if (!row || row->trigger_state != state::acquired) co_return bundle;

  std::optional<JobDetail> job;
  std::exception_ptr failure;
  try {
    job = co_await retrieve_job(tx, held.job);
  } catch (const JobPersistence&) {
    failure = std::current_exception();
  }
  if (failure) {
    try {
      co_await tx->rows.u_st(key, state::error);
    } catch (const db::DatabaseError&) {  // logged
    }
    std::rethrow_exception(failure);
  }
  if (!job) co_return bundle;
  Calendar calendar = co_await retrieve_calendar(tx, held.trigger.calendar_name);
  if (!calendar && !held.trigger.calendar_name.empty()) co_return bundle;

  if (options_.policies.release_only_from_acquired && job->disallow_concurrent_execution) {
    std::string allowed = co_await blocked_state(tx, job->key, state::waiting);
    if (allowed == state::blocked) {
      co_await tx->rows.u_st(key, state::blocked, state::acquired);  // the end of that run makes it WAITING
      co_return bundle;
    }
  }

  FiredTriggerRow executing = fired_row(held, state::executing);
  executing.job_name = job->key.name;
  executing.job_group = job->key.group;
  executing.is_nonconcurrent = job->disallow_concurrent_execution;
  executing.requests_recovery = job->requests_recovery;
  co_await tx->rows.u_fired(std::move(executing));

  const std::optional<WallTime> previous = held.trigger.previous;
  triggered(held.trigger, calendar.get(), context());  // the held copy, not the row
  Storing how(state::waiting);
  how.replace = true;
  how.forced = true;
  if (job->disallow_concurrent_execution) {
    co_await tx->rows.u_jobst(job->key, state::blocked, state::waiting);
    co_await tx->rows.u_jobst(job->key, state::blocked, state::acquired);
    co_await tx->rows.u_jobst(job->key, state::paused_blocked, state::paused);
    how.state = state::blocked;
    how.forced = false;
  }
  if (!held.trigger.next) {
    how.state = state::complete;
    how.forced = true;
  }
  co_await put_trigger(tx, &held, &*job, how);

  bundle.emplace();
  bundle->fire_time = now();
  bundle->scheduled_fire_time = held.trigger.previous;
  bundle->previous_fire_time = previous;
  bundle->next_fire_time = held.trigger.next;
  bundle->recovering = key.group == recovery_group;
  bundle->job = std::move(*job);
  bundle->trigger = std::move(held);
  co_return bundle;
}

Task<bool> DatabaseStore::executing_rows_exist(Tx tx, const std::vector<FiredResult>* results) {
  std::vector<FiredTriggerRow> rows = co_await tx->rows.q_fired_inst(options_.instance_id);
  co_return std::any_of(rows.begin(), rows.end(), [results](const FiredTriggerRow& row) {
    if (row.state != state::executing) return false;
    return std::any_of(results->begin(), results->end(), [&row](const FiredResult& result) {
      return result.bundle && result.bundle->trigger.fire_instance_id == row.entry_id;
    });
  });
}

// --- release and complete -----------------------------------------------------------------------------------------

Task<> DatabaseStore::release(const JobTrigger& trigger) {
  const Body body = [&](Tx tx) { return release_in(tx, &trigger); };
  co_await retry_for_ever(LockName::trigger_access, body, "releasing a trigger");
}

Task<> DatabaseStore::release_in(Tx tx, const JobTrigger* trigger) {
  const TriggerKey& key = trigger->trigger.key;
  co_await tx->rows.u_st(key, state::waiting, state::acquired);
  if (!options_.policies.release_only_from_acquired)
    co_await tx->rows.u_st(key, state::waiting, state::blocked);  // #146
  co_await tx->rows.d_fired(trigger->fire_instance_id);
}

Task<> DatabaseStore::complete(const JobTrigger& trigger, const JobDetail& job, CompletedExecution instruction) {
  const Body body = [&](Tx tx) { return complete_in(tx, &trigger, &job, instruction); };
  co_await retry_for_ever(LockName::trigger_access, body, "completing a trigger");
  data_as_fired_.erase(trigger.fire_instance_id);
}

/// Whoever executed: a completion unblocks the job's triggers even while another node runs it.
Task<> DatabaseStore::complete_in(Tx tx, const JobTrigger* trigger, const JobDetail* job,
                                  CompletedExecution instruction) {
  co_await apply_instruction(tx, trigger, instruction);
  if (job->disallow_concurrent_execution) {
    co_await unblock(tx, job->key);
    tx->scheduling_changed = true;
  }
  const auto fired = data_as_fired_.find(trigger->fire_instance_id);
  if (fired != data_as_fired_.end() && fired->second != job->data) {
    co_await tx->rows.u_job_data(job->key, to_text(job->data));
  }
  co_await tx->rows.d_fired(trigger->fire_instance_id);
}

Task<> DatabaseStore::apply_instruction(Tx tx, const JobTrigger* trigger, CompletedExecution instruction) {
  const TriggerKey& key = trigger->trigger.key;
  switch (instruction) {
    case CompletedExecution::noop:
    case CompletedExecution::re_execute_job:
      co_return;
    case CompletedExecution::delete_trigger:
      if (!trigger->trigger.next) {
        // A row that has a next fire time was rescheduled by the run itself.
        std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
        if (row && !time_or_none(row->next_fire_time)) co_await drop_trigger(tx, key);
        co_return;
      }
      co_await drop_trigger(tx, key);
      break;
    case CompletedExecution::set_trigger_complete:
      co_await tx->rows.u_st(key, state::complete);
      break;
    case CompletedExecution::set_trigger_error:
      co_await tx->rows.u_st(key, state::error);
      break;
    case CompletedExecution::set_all_job_triggers_complete:
      co_await tx->rows.u_jobst(trigger->job, state::complete);
      break;
    case CompletedExecution::set_all_job_triggers_error:
      co_await tx->rows.u_jobst(trigger->job, state::error);
      break;
  }
  tx->scheduling_changed = true;
}

Task<> DatabaseStore::unblock(Tx tx, JobKey job) {
  co_await tx->rows.u_jobst(job, state::waiting, state::blocked);
  co_await tx->rows.u_jobst(job, state::paused, state::paused_blocked);
}

}  // namespace chronofault::quartz
