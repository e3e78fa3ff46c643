#include <charconv>
#include <sstream>

#include <quartz/tables.hpp>

namespace chronofault::quartz {

using namespace chronofault::triggers;

namespace {

constexpr std::int64_t absent = -1;

std::int64_t ms_or(std::optional<WallTime> t, std::int64_t otherwise) { return t ? t->ms() : otherwise; }

/// What (int) makes of a long.
std::int64_t as_int(std::int64_t value) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(value)); }

std::string weekdays_text(const std::bitset<8>& days) {
  std::string text;
  for (std::size_t day = 1; day < days.size(); ++day) {
    if (days.test(day)) text += (text.empty() ? "" : ",") + std::to_string(day);
  }
  return text;
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> all;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    int number = 0;
    const auto [stopped, error] = std::from_chars(at, end, number);
    if (error != std::errc() || (stopped != end && *stopped != ',')) throw UnreadableRow("no list of numbers: " + text);
    all.push_back(number);
    at = stopped == end ? end : stopped + 1;
  }
  return all;
}

std::string times_of_day_text(const DailyTimeIntervalSchedule& daily) {
  const auto text = [](const TimeOfDay& t) {
    return std::to_string(t.hour) + "," + std::to_string(t.minute) + "," + std::to_string(t.second);
  };
  return text(daily.start_of_day) + "," + (daily.end_of_day ? text(*daily.end_of_day) : std::string("-1,-1,-1"));
}

template <class R>
R extension_of(const std::string& sched_name, const TriggerKey& key) {
  R row;
  row.sched_name = sched_name;
  row.trigger_name = key.name;
  row.trigger_group = key.group;
  return row;
}

IntervalUnit unit_from(const std::optional<std::string>& name) {
  const auto unit = interval_unit(name.value_or(""));
  if (!unit) throw UnreadableRow("no interval unit: " + name.value_or("NULL"));
  return *unit;
}

CalendarIntervalSchedule calendar_interval_from(const SimpropTriggerRow& row, const RowReader& reader) {
  CalendarIntervalSchedule schedule;
  schedule.unit = unit_from(row.str_prop_1);
  schedule.interval = static_cast<int>(row.int_prop_1);
  schedule.times_triggered = static_cast<int>(row.int_prop_2);
  if (row.str_prop_2 && !row.str_prop_2->empty()) schedule.zone = &reader.zone(*row.str_prop_2);
  schedule.preserve_hour_of_day = row.bool_prop_1;
  schedule.skip_day_if_hour_does_not_exist = row.bool_prop_2;
  return schedule;
}

DailyTimeIntervalSchedule daily_from(const SimpropTriggerRow& row, const RowReader& reader) {
  DailyTimeIntervalSchedule daily;
  daily.unit = unit_from(row.str_prop_1);
  daily.interval = static_cast<int>(row.int_prop_1);
  daily.times_triggered = static_cast<int>(row.int_prop_2);
  daily.repeat_count = static_cast<int>(reader.long_properties ? row.long_prop_1 : as_int(row.long_prop_1));
  daily.weekdays.reset();
  for (const int day : numbers(row.str_prop_2.value_or(""))) daily.weekdays.set(static_cast<std::size_t>(day) % 8);
  const std::vector<int> times = numbers(row.str_prop_3.value_or(""));
  if (times.size() != 6) throw UnreadableRow("no times of day: " + row.str_prop_3.value_or("NULL"));
  daily.start_of_day = TimeOfDay{times[0], times[1], times[2]};
  if (times[3] >= 0) daily.end_of_day = TimeOfDay{times[3], times[4], times[5]};
  return daily;
}

Trigger::Schedule schedule_from(const std::string& type, const ExtensionRow& extension, const RowReader& reader) {
  if (const auto* simple = std::get_if<SimpleTriggerRow>(&extension)) {
    return SimpleSchedule{static_cast<int>(simple->repeat_count), Duration::ms(simple->repeat_interval),
                          static_cast<int>(simple->times_triggered)};
  }
  if (const auto* cron = std::get_if<CronTriggerRow>(&extension)) {
    auto parsed = CronExpression::parse(cron->cron_expression, CronDialect::quartz, reader.year_max);
    if (!parsed) throw UnreadableRow(parsed.error().message);
    return CronSchedule(std::move(*parsed), reader.zone(cron->time_zone_id.value_or("")));
  }
  const SimpropTriggerRow& properties = std::get<SimpropTriggerRow>(extension);
  if (type == trigger_type::daily_time_interval) return daily_from(properties, reader);
  return calendar_interval_from(properties, reader);
}

}  // namespace

std::vector<TableSpec> table_specs() {
  return {db::table_spec<JobDetailRow>(),
          db::table_spec<TriggerRow>(),
          db::table_spec<SimpleTriggerRow>(),
          db::table_spec<CronTriggerRow>(),
          db::table_spec<SimpropTriggerRow>(),
          db::table_spec<BlobTriggerRow>(),
          db::table_spec<CalendarRow>(),
          db::table_spec<PausedTriggerGroupRow>(),
          db::table_spec<FiredTriggerRow>(),
          db::table_spec<SchedulerStateRow>(),
          db::table_spec<LockRow>()};
}

const TimeZone& RowReader::zone(const std::string& id) const {
  const TimeZone* found = zones ? zones(id) : nullptr;
  return found != nullptr ? *found : utc();
}

std::optional<WallTime> time_or_none(std::optional<std::int64_t> ms) {
  if (!ms || *ms <= 0) return std::nullopt;
  return WallTime::from_ms(*ms);
}

const char* type_of(const Trigger& trigger) {
  static constexpr const char* types[] = {trigger_type::simple, trigger_type::cron, trigger_type::calendar_interval,
                                          trigger_type::daily_time_interval};
  return types[trigger.schedule.index()];
}

TriggerRow to_row(const std::string& sched_name, const JobTrigger& held, const std::string& state, bool insert) {
  const Trigger& trigger = held.trigger;
  TriggerRow row;
  row.sched_name = sched_name;
  row.trigger_name = trigger.key.name;
  row.trigger_group = trigger.key.group;
  row.job_name = held.job.name;
  row.job_group = held.job.group;
  if (trigger.next) {
    row.next_fire_time = trigger.next->ms();
  } else if (!insert) {
    row.next_fire_time = absent;
  }
  row.prev_fire_time = ms_or(trigger.previous, absent);
  row.priority = trigger.priority;
  row.trigger_state = state;
  row.trigger_type = type_of(trigger);
  row.start_time = trigger.start.ms();
  row.end_time = ms_or(trigger.end, 0);
  if (!trigger.calendar_name.empty()) row.calendar_name = trigger.calendar_name;
  row.misfire_instr = trigger.misfire_instruction;
  return row;
}

ExtensionRow to_extension_row(const std::string& sched_name, const Trigger& trigger) {
  if (const auto* simple = std::get_if<SimpleSchedule>(&trigger.schedule)) {
    auto row = extension_of<SimpleTriggerRow>(sched_name, trigger.key);
    row.repeat_count = simple->repeat_count;
    row.repeat_interval = simple->repeat_interval.count_ms();
    row.times_triggered = simple->times_triggered;
    return row;
  }
  if (const auto* cron = std::get_if<CronSchedule>(&trigger.schedule)) {
    auto row = extension_of<CronTriggerRow>(sched_name, trigger.key);
    row.cron_expression = cron->expression.text();
    row.time_zone_id = cron->zone->name();
    return row;
  }
  auto row = extension_of<SimpropTriggerRow>(sched_name, trigger.key);
  if (const auto* interval = std::get_if<CalendarIntervalSchedule>(&trigger.schedule)) {
    row.int_prop_1 = interval->interval;
    row.int_prop_2 = interval->times_triggered;
    row.str_prop_1 = std::string(name_of(interval->unit));
    if (interval->zone != nullptr) row.str_prop_2 = interval->zone->name();
    row.bool_prop_1 = interval->preserve_hour_of_day;
    row.bool_prop_2 = interval->skip_day_if_hour_does_not_exist;
    return row;
  }
  const auto& daily = std::get<DailyTimeIntervalSchedule>(trigger.schedule);
  row.int_prop_1 = daily.interval;
  row.int_prop_2 = daily.times_triggered;
  row.str_prop_1 = std::string(name_of(daily.unit));
  row.str_prop_2 = weekdays_text(daily.weekdays);
  row.str_prop_3 = times_of_day_text(daily);
  row.long_prop_1 = daily.repeat_count;
  return row;
}

JobTrigger from_rows(const TriggerRow& row, const ExtensionRow& extension, const RowReader& reader) {
  JobTrigger held;
  held.job = JobKey(row.job_group, row.job_name);
  held.data = data_from_text(row.job_data);
  Trigger& trigger = held.trigger;
  trigger.key = TriggerKey(row.trigger_group, row.trigger_name);
  trigger.schedule = schedule_from(row.trigger_type, extension, reader);
  trigger.start = WallTime::from_ms(row.start_time);
  trigger.end = time_or_none(row.end_time);
  trigger.next = time_or_none(row.next_fire_time);
  trigger.previous = time_or_none(row.prev_fire_time);
  trigger.priority = static_cast<int>(row.priority.value_or(trigger.priority));
  trigger.calendar_name = row.calendar_name.value_or("");
  trigger.misfire_instruction = static_cast<int>(row.misfire_instr.value_or(misfire::smart_policy));
  return held;
}

JobDetailRow to_row(const std::string& sched_name, const JobDetail& job) {
  JobDetailRow row;
  row.sched_name = sched_name;
  row.job_name = job.key.name;
  row.job_group = job.key.group;
  row.job_class_name = job.job_class;
  row.is_durable = job.durable;
  row.is_nonconcurrent = job.disallow_concurrent_execution;
  row.is_update_data = job.persist_data_after_execution;
  row.requests_recovery = job.requests_recovery;
  row.job_data = to_text(job.data);
  return row;
}

JobDetail from_row(const JobDetailRow& row, const JobClasses& classes) {
  if (classes.find(row.job_class_name) == nullptr) {
    throw UnreadableRow("required class was not found: " + row.job_class_name);
  }
  JobDetail job;
  job.key = JobKey(row.job_group, row.job_name);
  job.job_class = row.job_class_name;
  job.data = data_from_text(row.job_data);
  job.durable = row.is_durable;
  job.requests_recovery = row.requests_recovery;
  classes.annotate(job);
  return job;
}

}  // namespace chronofault::quartz
