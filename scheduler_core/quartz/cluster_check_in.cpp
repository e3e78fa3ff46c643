// Check-in and recovery of failed nodes (quartz 7.17).
//
// A node tells a dead peer from a live one by one comparison of instants that two clocks have made: the peer's last
// check-in against this node's now. So a node whose clock runs ahead by more than the slack declares healthy peers
// failed and runs their jobs again, while they run.
#include <algorithm>

#include <quartz/cluster_rules.hpp>
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

Task<bool> DatabaseStore::check_in() {
  bool recovered = false;
  std::exception_ptr failure;
  db::PooledConnection connection;
  try {
    connection = co_await open();
    co_await check_in_on(&*connection, &recovered);
    co_await connection->commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    if (connection && connection->usable()) {
      try {
        co_await connection->rollback();
      } catch (const db::DatabaseError&) {
      }
    }
    throw_persistence(failure);
  }
  first_check_in_ = false;
  co_return recovered;
}

/// A node that has checked in before does so in a transaction of its own first, without a lock; only if that shows
/// somebody to have failed it looks again in lock STATE_ACCESS.
Task<> DatabaseStore::check_in_on(db::Session* session, bool* recovered) {
  StoreTransaction tx(*session, options_.scheduler_name);
  std::vector<SchedulerStateRow> failed;
  if (!first_check_in_) {
    failed = co_await find_and_check_in(&tx);
    co_await session->commit();
    if (failed.empty()) co_return;
    co_await session->begin(std::nullopt);
  }
  LockHandler::Guard state_access = co_await locks_->obtain(session, LockName::state_access);
  if (first_check_in_) {
    failed = co_await find_and_check_in(&tx);
  } else {
    failed = co_await find_failed(&tx);
  }
  if (failed.empty()) co_return;
  LockHandler::Guard trigger_access = co_await locks_->obtain(session, LockName::trigger_access);
  co_await recover_failed(&tx, std::move(failed));
  *recovered = true;
}

/// CHECKIN_INTERVAL is written by the insert alone. That an insert was needed although this node had checked in before
/// means that somebody has recovered it; upstream warns and goes on.
Task<std::vector<SchedulerStateRow>> DatabaseStore::find_and_check_in(Tx tx) {
  std::vector<SchedulerStateRow> failed = co_await find_failed(tx);
  last_check_in_ = now();
  const std::int64_t updated = co_await tx->rows.u_state(options_.instance_id, last_check_in_.ms());
  if (updated == 0) {
    co_await tx->rows.i_state(options_.instance_id, last_check_in_.ms(), options_.cluster_checkin_interval.count_ms());
  }
  co_return failed;
}

Task<std::vector<SchedulerStateRow>> DatabaseStore::find_failed(Tx tx) {
  std::vector<SchedulerStateRow> failed;
  std::exception_ptr failure;
  try {
    const WallTime at = now();
    std::vector<SchedulerStateRow> states = co_await tx->rows.q_state();
    for (const SchedulerStateRow& row : states) {
      const bool mine = row.instance_name == options_.instance_id;
      if (mine ? first_check_in_ : rules::instance_failed(row, at, last_check_in_)) failed.push_back(row);
    }
    if (first_check_in_) {
      std::set<std::string> orphans = co_await tx->rows.q_fired_instances();
      for (const SchedulerStateRow& row : states) orphans.erase(row.instance_name);
      for (const std::string& name : orphans) {
        SchedulerStateRow orphan;
        orphan.instance_name = name;
        failed.push_back(std::move(orphan));
      }
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    last_check_in_ = now();  // so the gap that protects the others is small again at the next attempt (quartz 8, #849)
    std::rethrow_exception(failure);
  }
  co_return failed;
}

void DatabaseStore::tell_lost(const SchedulerStateRow& failed) {
  Event event(EventKind::MemberLost);
  event.scope = options_.scheduler_name;
  event.member = failed.instance_name;
  event.detail = failed.instance_name == options_.instance_id
                     ? "this instance's own rows of an earlier life"
                     : "check-in at " + std::to_string(failed.last_checkin_time);
  ports_.events.emit(event);
}

Task<> DatabaseStore::recover_failed(Tx tx, std::vector<SchedulerStateRow> failed) {
  WallTime counter = now();
  for (const SchedulerStateRow& instance : failed) {
    std::vector<FiredTriggerRow> rows = co_await tx->rows.q_fired_inst(instance.instance_name);
    tell_lost(instance);
    co_await recover_rows(tx, rows, &counter);
    for (const FiredTriggerRow& row : rows) {
      if (row.state == state::executing) run_given_up(row);
    }
    co_await delete_fired_rows(tx, instance.instance_name, &rows);
    co_await drop_complete_triggers(tx, &rows);
    if (instance.instance_name != options_.instance_id) co_await tx->rows.d_state(instance.instance_name);
  }
}

Task<> DatabaseStore::recover_rows(Tx tx, std::vector<FiredTriggerRow> rows, WallTime* counter) {
  for (const FiredTriggerRow& row : rows) {
    const TriggerKey key(row.trigger_group, row.trigger_name);
    const JobKey job(row.job_group.value_or(""), row.job_name.value_or(""));
    if (row.state == state::blocked) co_await tx->rows.u_jobst(job, state::waiting, state::blocked);
    if (row.state == state::paused_blocked) co_await tx->rows.u_jobst(job, state::paused, state::paused_blocked);
    if (row.state == state::acquired) {
      co_await tx->rows.u_st(key, state::waiting, state::acquired);
    } else if (row.requests_recovery.value_or(false)) {
      const bool added = co_await add_recovery_trigger(tx, row, row.instance_name, *counter);
      if (added) *counter += Duration::ms(1);
    }
    if (row.is_nonconcurrent.value_or(false)) co_await unblock(tx, job);
  }
}

/// All rows of the instance at this moment, also those that it has inserted since they were read.
Task<> DatabaseStore::delete_fired_rows(Tx tx, std::string instance, const std::vector<FiredTriggerRow>* read) {
  if (!options_.policies.delete_only_read_rows) {
    co_await tx->rows.d_fired_inst(std::move(instance));
    co_return;
  }
  for (const FiredTriggerRow& row : *read) co_await tx->rows.d_fired(row.entry_id);
}

/// A COMPLETE trigger of which nothing runs any more has done all it was made for.
Task<> DatabaseStore::drop_complete_triggers(Tx tx, const std::vector<FiredTriggerRow>* rows) {
  std::set<TriggerKey> keys;
  for (const FiredTriggerRow& row : *rows) keys.emplace(row.trigger_group, row.trigger_name);
  for (const TriggerKey& key : keys) {
    std::optional<TriggerRow> trigger = co_await tx->rows.q_trigger(key);
    if (!trigger || trigger->trigger_state != state::complete) continue;
    std::vector<FiredTriggerRow> running = co_await tx->rows.q_fired_trig(key);
    if (running.empty()) (void)co_await drop_trigger(tx, key);
  }
}

}  // namespace chronofault::quartz
