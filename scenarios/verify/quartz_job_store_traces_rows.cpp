#include "quartz_job_store_traces_rows.hpp"

#include <fmt/format.h>

#include <quartz/tables.hpp>

namespace chronofault::verify::quartz {

using namespace chronofault::quartz;

namespace {

template <class R>
std::vector<R> committed_rows(const sim::DatabaseStorage& storage) {
  std::vector<R> rows;
  for (const db::Row& row : storage.committed(R::table)) rows.push_back(db::from_row<R>(row));
  return rows;
}

std::string key_text(const std::string& group, const std::string& name) { return group + "." + name; }

std::string ms_or(std::optional<WallTime> t, const char* none) { return t ? std::to_string(t->ms()) : none; }

}  // namespace

std::string text_of(const triggers::TriggerKey& key) { return key_text(key.group, key.name); }

StoreRows rows_of(const sim::DatabaseStorage& storage, const std::map<std::string, std::string>& names) {
  StoreRows rows;
  std::map<std::string, SimpleTriggerRow> simple;
  for (SimpleTriggerRow& row : committed_rows<SimpleTriggerRow>(storage)) {
    simple.emplace(key_text(row.trigger_group, row.trigger_name), std::move(row));
  }
  for (const TriggerRow& row : committed_rows<TriggerRow>(storage)) {
    const std::string key = key_text(row.trigger_group, row.trigger_name);
    const auto counts = simple.find(key);
    const bool counted = row.trigger_type == trigger_type::simple && counts != simple.end();
    rows["T|" + key] = fmt::format("{},{},{},{},{},{}", row.trigger_state,
                                   ms_or(chronofault::quartz::time_or_none(row.next_fire_time), "-1"),
                                   ms_or(chronofault::quartz::time_or_none(row.prev_fire_time), "-1"), row.start_time,
                                   counted ? std::to_string(counts->second.times_triggered) : std::string(),
                                   counted ? std::to_string(counts->second.repeat_count) : std::string());
  }
  for (const JobDetailRow& row : committed_rows<JobDetailRow>(storage))
    rows["J|" + key_text(row.job_group, row.job_name)] = "1";
  for (const PausedTriggerGroupRow& row : committed_rows<PausedTriggerGroupRow>(storage))
    rows["P|" + row.trigger_group] = "1";
  for (const FiredTriggerRow& row : committed_rows<FiredTriggerRow>(storage)) {
    const auto name = names.find(row.entry_id);
    const std::string job = row.job_name ? key_text(row.job_group.value_or(""), *row.job_name) : "-";
    rows["F|" + (name == names.end() ? row.entry_id : name->second)] =
        fmt::format("{},{},{},{},{},{},{:d},{:d},{}", key_text(row.trigger_group, row.trigger_name), row.instance_name,
                    row.state, row.fired_time, row.sched_time, job, row.is_nonconcurrent.value_or(false),
                    row.requests_recovery.value_or(false), row.priority);
  }
  for (const SchedulerStateRow& row : committed_rows<SchedulerStateRow>(storage)) {
    rows["S|" + row.instance_name] = fmt::format("{},{}", row.last_checkin_time, row.checkin_interval);
  }
  return rows;
}

StoreRows rows_of(const MemoryStore& store) {
  StoreRows rows;
  const MemorySnapshot held = store.snapshot();
  for (const auto& [key, entry] : held.triggers) {
    const triggers::Trigger& trigger = entry.trigger.trigger;
    const auto* simple = std::get_if<triggers::SimpleSchedule>(&trigger.schedule);
    rows["T|" + text_of(key)] = fmt::format(
        "{},{},{},{},{},{},{}", name_of(entry.state), ms_or(trigger.next, "-"), ms_or(trigger.previous, "-"),
        trigger.start.ms(), simple != nullptr ? std::to_string(simple->times_triggered) : std::string(),
        simple != nullptr ? std::to_string(simple->repeat_count) : std::string(), entry.queued ? "q" : "-");
  }
  for (const auto& [key, job] : held.jobs)
    rows["J|" + text_of(key)] = held.blocked_jobs.contains(key) ? "blocked" : "-";
  for (const std::string& group : held.paused_trigger_groups) rows["P|" + group] = "1";
  for (const std::string& group : held.paused_job_groups) rows["PJ|" + group] = "1";
  return rows;
}

}  // namespace chronofault::verify::quartz
