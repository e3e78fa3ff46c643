// Jobs, triggers and calendars: read, stored, replaced, removed (quartz 7.15).
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

using triggers::ExclusionCalendar;

// --- reading ------------------------------------------------------------------------------------------------------

/// A class that is missing, data that cannot be read and an SQL error all are JobPersistence: acquire and fire set the
/// trigger's state to ERROR for any of them (quartz 5.1).
Task<std::optional<JobDetail>> DatabaseStore::retrieve_job(Tx tx, JobKey key) {
  std::string failure;
  try {
    std::optional<JobDetailRow> row = co_await tx->rows.q_job(key);
    std::optional<JobDetail> job;
    if (row) job = from_row(*row, classes_);
    co_return job;
  } catch (const db::DatabaseError& error) {
    failure = error.what;
  } catch (const UnreadableRow& error) {
    failure = error.what;
  }
  throw JobPersistence("Couldn't retrieve job: " + failure);
}

/// Two statements; a trigger that was deleted between them is gone, one whose extension is missing cannot be loaded.
Task<std::optional<JobTrigger>> DatabaseStore::retrieve_trigger(Tx tx, TriggerKey key) {
  std::optional<JobTrigger> trigger;
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
  if (!row) co_return trigger;
  std::optional<ExtensionRow> extension = co_await tx->rows.q_extension(key, row->trigger_type);
  if (!extension) {
    std::optional<TriggerRow> still = co_await tx->rows.q_trigger(key);
    if (still) throw JobPersistence("No record found for selection of Trigger with key: " + key.group + "." + key.name);
    co_return trigger;
  }
  trigger = from_rows(*row, *extension, reader_);
  co_return trigger;
}

Task<std::vector<JobTrigger>> DatabaseStore::retrieve_triggers(Tx tx, std::vector<TriggerKey> keys) {
  std::vector<JobTrigger> triggers;
  for (const TriggerKey& key : keys) {
    std::optional<JobTrigger> trigger = co_await retrieve_trigger(tx, key);
    if (trigger) triggers.push_back(std::move(*trigger));
  }
  co_return triggers;
}

Task<DatabaseStore::Calendar> DatabaseStore::retrieve_calendar(Tx tx, std::string name) {
  Calendar calendar;
  if (name.empty()) co_return calendar;
  const auto cached = calendar_cache_.find(name);
  if (!options_.clustered && cached != calendar_cache_.end()) co_return cached->second;
  std::optional<CalendarRow> row = co_await tx->rows.q_calendar(name);
  if (!row) co_return calendar;
  calendar = calendar_from_text(row->calendar, reader_);
  if (!options_.clustered) calendar_cache_[name] = calendar;
  co_return calendar;
}

// --- storing ------------------------------------------------------------------------------------------------------

Task<> DatabaseStore::put_job(Tx tx, const JobDetail* job, bool replace) {
  std::optional<JobDetailRow> existing = co_await tx->rows.q_job(job->key);
  if (existing && !replace) {
    throw ObjectAlreadyExists("Unable to store Job : '" + job->key.group + "." + job->key.name +
                              "', because one already exists with this identification.");
  }
  JobDetailRow row = to_row(options_.scheduler_name, *job);
  if (existing) {
    co_await tx->rows.u_job(std::move(row));
  } else {
    co_await tx->rows.i_job(std::move(row));
  }
}

/// State can only become BLOCKED from PAUSED or WAITING. Whether the job runs is asked of its first fired row.
Task<std::string> DatabaseStore::blocked_state(Tx tx, JobKey job, std::string state) {
  if (state != state::waiting && state != state::paused) co_return state;
  std::vector<FiredTriggerRow> fired = co_await tx->rows.q_fired_job(job);
  if (fired.empty() || !fired.front().is_nonconcurrent.value_or(false)) co_return state;
  co_return state == state::paused ? state::paused_blocked : state::blocked;
}

Task<> DatabaseStore::put_trigger(Tx tx, const JobTrigger* trigger, const JobDetail* job, Storing how) {
  const TriggerKey& key = trigger->trigger.key;
  std::optional<TriggerRow> existing = co_await tx->rows.q_trigger(key);
  if (existing && !how.replace) {
    throw ObjectAlreadyExists("Unable to store Trigger with name: '" + key.name + "' and group: '" + key.group +
                              "', because one already exists with this identification.");
  }
  if (!how.forced) {
    bool paused = co_await tx->rows.q_group_paused(key.group);
    if (!paused) {
      paused = co_await tx->rows.q_group_paused(all_groups_paused);
      if (paused) co_await tx->rows.i_group_paused(key.group);
    }
    if (paused && (how.state == state::waiting || how.state == state::acquired)) how.state = state::paused;
  }
  std::optional<JobDetail> loaded;
  if (job == nullptr) {
    loaded = co_await retrieve_job(tx, trigger->job);
    if (!loaded) {
      throw JobPersistence("The job (" + trigger->job.group + "." + trigger->job.name +
                           ") referenced by the trigger does not exist.");
    }
    job = &*loaded;
  }
  if (job->disallow_concurrent_execution && !how.recovering) {
    how.state = co_await blocked_state(tx, job->key, how.state);
  }
  co_await write_trigger(tx, trigger, &how, existing.has_value());
}

Task<> DatabaseStore::write_trigger(Tx tx, const JobTrigger* trigger, const Storing* how, bool exists) {
  TriggerRow row = to_row(options_.scheduler_name, *trigger, how->state, !exists);
  row.job_data = to_text(trigger->data);
  ExtensionRow extension = to_extension_row(options_.scheduler_name, trigger->trigger);
  if (!exists) {
    co_await tx->rows.i_trigger(std::move(row));
    co_await tx->rows.i_extension(std::move(extension));
    co_return;
  }
  co_await tx->rows.u_trigger(std::move(row), how->with_data);
  if (options_.policies.rewrite_extension_rows) {
    co_await tx->rows.d_extension(trigger->trigger.key);
    co_await tx->rows.i_extension(std::move(extension));
  } else {
    co_await tx->rows.u_extension(std::move(extension));
  }
}

// --- removing -----------------------------------------------------------------------------------------------------

Task<bool> DatabaseStore::delete_trigger_row(Tx tx, TriggerKey key) {
  co_await tx->rows.d_extension(key);
  const std::int64_t removed = co_await tx->rows.d_trigger(key);
  co_return removed > 0;
}

/// removeTrigger: with the last trigger of a job that is not durable the job goes too.
Task<bool> DatabaseStore::drop_trigger(Tx tx, TriggerKey key) {
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(key);
  std::optional<JobDetailRow> job;
  if (row) job = co_await tx->rows.q_job(JobKey(row->job_group, row->job_name));
  const bool removed = co_await delete_trigger_row(tx, key);
  if (!job || job->is_durable) co_return removed;
  const JobKey job_key(job->job_group, job->job_name);
  std::vector<TriggerKey> left = co_await tx->rows.q_triggers_of_job(job_key);
  if (left.empty()) co_await tx->rows.d_job(job_key);
  co_return removed;
}

Task<bool> DatabaseStore::drop_job(Tx tx, JobKey key) {
  std::vector<TriggerKey> keys = co_await tx->rows.q_triggers_of_job(key);
  for (const TriggerKey& trigger : keys) co_await delete_trigger_row(tx, trigger);
  const std::int64_t removed = co_await tx->rows.d_job(key);
  co_return removed > 0;
}

Task<bool> DatabaseStore::swap_trigger(Tx tx, TriggerKey old, const JobTrigger* trigger) {
  std::optional<TriggerRow> row = co_await tx->rows.q_trigger(old);
  if (!row) co_return false;
  std::optional<JobDetail> job = co_await retrieve_job(tx, JobKey(row->job_group, row->job_name));
  if (!job) co_return false;
  if (trigger->job != job->key) {
    throw JobPersistence("New trigger is not related to the same job as the old trigger.");
  }
  const bool removed = co_await delete_trigger_row(tx, old);
  const Storing how(state::waiting);
  co_await put_trigger(tx, trigger, &*job, how);
  co_return removed;
}

// --- calendars ----------------------------------------------------------------------------------------------------

Task<> DatabaseStore::put_calendar(Tx tx, const std::string* name, const ExclusionCalendar* calendar, bool replace,
                                   bool update_triggers) {
  std::optional<CalendarRow> existing = co_await tx->rows.q_calendar(*name);
  if (existing && !replace) throw ObjectAlreadyExists("Calendar with name '" + *name + "' already exists.");
  CalendarRow row;
  row.sched_name = options_.scheduler_name;
  row.calendar_name = *name;
  row.calendar = to_text(*calendar);
  if (!existing) {
    co_await tx->rows.i_calendar(std::move(row));
  } else {
    co_await tx->rows.u_calendar(std::move(row));
  }
  if (existing && update_triggers) {
    std::vector<TriggerKey> keys = co_await tx->rows.q_triggers_of_calendar(*name);
    std::vector<JobTrigger> affected = co_await retrieve_triggers(tx, std::move(keys));
    Storing how(state::waiting);
    how.replace = true;
    for (JobTrigger& trigger : affected) {
      update_with_new_calendar(trigger.trigger, calendar, options_.misfire_threshold, context());
      co_await put_trigger(tx, &trigger, nullptr, how);
    }
  }
  if (!options_.clustered) calendar_cache_[*name] = std::make_shared<ExclusionCalendar>(*calendar);
}

}  // namespace chronofault::quartz
