// What applications call: each operation is one transaction, in lock TRIGGER_ACCESS if it changes anything.
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

namespace {

constexpr std::optional<LockName> no_lock;
constexpr std::optional<LockName> trigger_access = LockName::trigger_access;

/// Delivers what an operation answers.
template <class T>
Task<> answer(Task<T> operation, T* result) {
  *result = co_await std::move(operation);
}

TriggerState seen_as(const std::string& stored) {
  if (stored == state::deleted) return TriggerState::none;
  if (stored == state::complete) return TriggerState::complete;
  if (stored == state::paused || stored == state::paused_blocked) return TriggerState::paused;
  if (stored == state::error) return TriggerState::error;
  if (stored == state::blocked) return TriggerState::blocked;
  return TriggerState::normal;
}

}  // namespace

Task<> DatabaseStore::store_job_and_trigger(const JobDetail& job, const JobTrigger& trigger) {
  const auto both = [](DatabaseStore* store, Tx tx, const JobDetail* its_job, const JobTrigger* its_trigger) -> Task<> {
    co_await store->put_job(tx, its_job, false);
    const Storing how(state::waiting);
    co_await store->put_trigger(tx, its_trigger, its_job, how);
  };
  const Body body = [&](Tx tx) { return both(this, tx, &job, &trigger); };
  co_await in_lock(options_.lock_on_insert ? trigger_access : no_lock, body);
}

Task<> DatabaseStore::store_job(const JobDetail& job, bool replace) {
  const Body body = [&](Tx tx) { return put_job(tx, &job, replace); };
  co_await in_lock(options_.lock_on_insert || replace ? trigger_access : no_lock, body);
}

Task<> DatabaseStore::store_trigger(const JobTrigger& trigger, bool replace) {
  Storing how(state::waiting);
  how.replace = replace;
  how.with_data = true;
  const Body body = [&](Tx tx) { return put_trigger(tx, &trigger, nullptr, how); };
  co_await in_lock(options_.lock_on_insert || replace ? trigger_access : no_lock, body);
}

Task<bool> DatabaseStore::replace_trigger(const TriggerKey& old, const JobTrigger& trigger) {
  bool found = false;
  const Body body = [&](Tx tx) { return answer(swap_trigger(tx, old, &trigger), &found); };
  co_await in_lock(trigger_access, body);
  co_return found;
}

Task<bool> DatabaseStore::remove_trigger(const TriggerKey& key) {
  bool found = false;
  const Body body = [&](Tx tx) { return answer(drop_trigger(tx, key), &found); };
  co_await in_lock(trigger_access, body);
  co_return found;
}

Task<bool> DatabaseStore::remove_job(const JobKey& key) {
  bool found = false;
  const Body body = [&](Tx tx) { return answer(drop_job(tx, key), &found); };
  co_await in_lock(trigger_access, body);
  co_return found;
}

Task<std::optional<JobDetail>> DatabaseStore::job(const JobKey& key) {
  std::optional<JobDetail> found;
  const Body body = [&](Tx tx) { return answer(retrieve_job(tx, key), &found); };
  co_await in_lock(no_lock, body);
  co_return found;
}

Task<std::optional<JobTrigger>> DatabaseStore::trigger(const TriggerKey& key) {
  std::optional<JobTrigger> found;
  const Body body = [&](Tx tx) { return answer(retrieve_trigger(tx, key), &found); };
  co_await in_lock(no_lock, body);
  co_return found;
}

Task<std::vector<JobTrigger>> DatabaseStore::triggers_of(const JobKey& job) {
  std::vector<JobTrigger> found;
  const auto load = [](DatabaseStore* store, Tx tx, JobKey of) -> Task<std::vector<JobTrigger>> {
    std::vector<TriggerKey> keys = co_await tx->rows.q_triggers_of_job(std::move(of));
    std::vector<JobTrigger> all = co_await store->retrieve_triggers(tx, std::move(keys));
    co_return all;
  };
  const Body body = [&](Tx tx) { return answer(load(this, tx, job), &found); };
  co_await in_lock(no_lock, body);
  co_return found;
}

Task<TriggerState> DatabaseStore::trigger_state(const TriggerKey& key) {
  std::optional<TriggerRow> row;
  const Body body = [&](Tx tx) { return answer(tx->rows.q_trigger(key), &row); };
  co_await in_lock(no_lock, body);
  co_return row ? seen_as(row->trigger_state) : TriggerState::none;
}

Task<> DatabaseStore::store_calendar(const std::string& name, const triggers::ExclusionCalendar& calendar, bool replace,
                                     bool update_triggers) {
  const Body body = [&](Tx tx) { return put_calendar(tx, &name, &calendar, replace, update_triggers); };
  co_await in_lock(options_.lock_on_insert || update_triggers ? trigger_access : no_lock, body);
}

Task<std::shared_ptr<const triggers::ExclusionCalendar>> DatabaseStore::calendar(const std::string& name) {
  Calendar found;
  const Body body = [&](Tx tx) { return answer(retrieve_calendar(tx, name), &found); };
  co_await in_lock(no_lock, body);
  co_return found;
}

Task<> DatabaseStore::pause_trigger(const TriggerKey& key) {
  const Body body = [&](Tx tx) { return pause_one(tx, key); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::pause_triggers(const std::string& group) {
  const Body body = [&](Tx tx) { return pause_group(tx, group); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::pause_job(const JobKey& key) {
  const Body body = [&](Tx tx) { return act_on_triggers_of(tx, key, &DatabaseStore::pause_one); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::pause_jobs(const std::string& group) {
  const Body body = [&](Tx tx) { return act_on_jobs_of(tx, group, &DatabaseStore::pause_one); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::pause_all() {
  const Body body = [&](Tx tx) { return pause_everything(tx); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::resume_trigger(const TriggerKey& key) {
  const Body body = [&](Tx tx) { return resume_one(tx, key); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::resume_triggers(const std::string& group) {
  const Body body = [&](Tx tx) { return resume_group(tx, group); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::resume_job(const JobKey& key) {
  const Body body = [&](Tx tx) { return act_on_triggers_of(tx, key, &DatabaseStore::resume_one); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::resume_jobs(const std::string& group) {
  const Body body = [&](Tx tx) { return act_on_jobs_of(tx, group, &DatabaseStore::resume_one); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::resume_all() {
  const Body body = [&](Tx tx) { return resume_everything(tx); };
  co_await in_lock(trigger_access, body);
}
Task<> DatabaseStore::reset_error(const TriggerKey& key) {
  const Body body = [&](Tx tx) { return reset_one(tx, key); };
  co_await in_lock(trigger_access, body);
}

}  // namespace chronofault::quartz
