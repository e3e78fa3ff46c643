// Facts that upstream's own unit tests pin: triggers and calendars. Times are local times of one zone.
#include <algorithm>

#include <triggers/errors.hpp>

#include "quartz_case.hpp"

namespace chronofault::verify::quartz {
namespace {

using namespace chronofault::triggers;

std::string operation_of(const Case& c) { return c.has("op") ? c.text("op") : "fire times"; }

WallTime local(const Case& c, const json& text, const TimeZone& zone) {
  const auto time = local_time(text, zone);
  if (!time) c.bad("no local time: " + text.dump());
  return *time;
}
std::optional<WallTime> local_or_none(const Case& c, const char* key, const TimeZone& zone) {
  if (!c.has(key) || c[key].is_null()) return std::nullopt;
  return local(c, c[key], zone);
}

IntervalUnit unit_of(const Case& c) {
  const auto unit = interval_unit(c.text("unit"));
  if (!unit) c.bad("no interval unit");
  return *unit;
}

Trigger begun(const Case& c, Trigger::Schedule schedule, const TimeZone& zone, const TriggerContext& context) {
  Trigger trigger;
  trigger.schedule = std::move(schedule);
  set_times(trigger, local_or_none(c, "start", zone).value_or(context.now), local_or_none(c, "end", zone), context);
  return trigger;
}

std::vector<WallTime> fire_times(Trigger trigger, std::size_t most, const TriggerContext& context) {
  std::vector<WallTime> times;
  compute_first_fire_time(trigger, nullptr, context);
  while (trigger.next && times.size() < most) {
    times.push_back(*trigger.next);
    triggered(trigger, nullptr, context);
  }
  return times;
}

DailyTimeIntervalSchedule daily_of(const Case& c) {
  DailyTimeIntervalSchedule daily;
  daily.unit = unit_of(c);
  daily.interval = c["iv"].get<int>();
  if (c.has("rc")) daily.repeat_count = c["rc"].get<int>();
  if (c.has("sod")) daily.start_of_day = time_of_day(c["sod"]).value_or(TimeOfDay{});
  if (c.has("eod")) daily.end_of_day = time_of_day(c["eod"]);
  if (c.has("dow") && !c["dow"].is_null()) {
    daily.weekdays.reset();
    for (const json& day : c["dow"]) daily.weekdays.set(day.get<std::size_t>());
  }
  return daily;
}

/// [[index, time], ..] against the fire times; "total" against their number.
void compare_series(const Case& c, const Trigger& trigger, const TriggerContext& context) {
  const std::vector<WallTime> times = fire_times(trigger, static_cast<std::size_t>(c.number("ask")), context);
  c.compare("fire times", c["total"], times.size(), "total");
  for (const auto& [index, time] : c["at"].items()) {
    const std::size_t i = std::stoul(index);
    const json seen = i < times.size() ? json(times[i].ms()) : json();
    c.compare("fire times", local(c, time, *context.zone).ms(), seen, index);
  }
}

std::string text_of(const TimeOfDay& time) {
  return std::to_string(time.hour) + ":" + std::to_string(time.minute) + ":" + std::to_string(time.second);
}

Trigger of_kind(const Case& c) {
  const std::string kind = c.text("kind");
  Trigger trigger;
  if (kind == "cron") {
    trigger.schedule = CronSchedule(c.cron("0 0 12 * * ?"), utc());
  } else if (kind == "calendarInterval") {
    trigger.schedule = CalendarIntervalSchedule{};
  } else if (kind == "dailyTimeInterval") {
    trigger.schedule = DailyTimeIntervalSchedule{};
  } else if (kind != "simple") {
    c.bad("no trigger is a " + kind);
  }
  return trigger;
}

void check_misfire_instructions(const Case& c) {
  const Trigger trigger = of_kind(c);
  for (const char* list : {"valid", "invalid"}) {
    for (const json& code : c[list]) {
      const json seen = Case::answer_of([&] {
        Trigger changed = trigger;
        set_misfire_instruction(changed, code.get<int>());
        return json();
      });
      const bool valid = list == std::string_view("valid");
      c.compare("misfireInstructionValidity", valid ? json() : json{{"x", c["error"]}}, seen, code.dump());
    }
  }
}

TriggerKey key_of(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return {default_group, text};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

void check_key_order(const Case& c) {
  std::vector<TriggerKey> keys;
  for (const json& text : c["input"]) keys.push_back(key_of(text.get<std::string>()));
  std::sort(keys.begin(), keys.end());
  json seen = json::array();
  for (const TriggerKey& key : keys) seen.push_back(key.group + "." + key.name);
  c.compare("keyOrder", c["expect"], seen);
}

/// [[name, priority], ..] or [[name, priority, next], ..]: the order in which they come up.
void check_fire_order(const Case& c) {
  std::vector<TriggerOrder> order;
  for (const json& trigger : c["triggers"]) {
    const WallTime next = WallTime::from_ms(trigger.size() > 2 ? trigger.at(2).get<std::int64_t>() : 0);
    order.emplace_back(next, trigger.at(1).get<int>(), key_of(trigger.at(0).get<std::string>()));
  }
  std::sort(order.begin(), order.end());
  json seen = json::array();
  for (const TriggerOrder& trigger : order) seen.push_back(trigger.key.name);
  c.compare("fireOrder", c["expect"], seen);
}

/// "2005-06-23" or "06-23".
std::bitset<32>::reference day_in(AnnualExclusion& annual, const std::string& text) {
  const std::string day = text.substr(text.size() - 5);
  return annual.days.at(std::stoul(day.substr(0, 2)))[std::stoul(day.substr(3, 2))];
}

}  // namespace

void check_upstream_calendar_interval(const Case& c) {
  const TimeZone& zone = c.zone("zone");
  const TriggerContext context(WallTime::from_ms(frozen_clock_ms), zone, year_max);
  CalendarIntervalSchedule schedule{
      unit_of(c), c["iv"].get<int>(), &zone, c.flag("preserveHourOfDay"), c.flag("skipDayIfHourDoesNotExist"), 0};
  const Trigger trigger = begun(c, schedule, zone, context);
  const std::string operation = operation_of(c);
  const json expected = c["expect"].is_null() ? json() : json(local(c, c["expect"], zone).ms());
  if (operation == "getFireTimeAfter") {
    c.compare(operation, expected, ms_or_null(fire_time_after(trigger, local(c, c["after"], zone), context)));
  } else if (operation == "getFinalFireTime") {
    c.compare(operation, expected, ms_or_null(final_fire_time(trigger, context)));
  } else if (c.has("index")) {
    const auto index = static_cast<std::size_t>(c.number("index"));
    const std::vector<WallTime> times = fire_times(trigger, index + 1, context);
    c.compare(operation, expected, index < times.size() ? json(times[index].ms()) : json());
  } else {
    c.bad("unknown op " + operation);
  }
}

void check_upstream_daily_time_interval(const Case& c) {
  const TriggerContext context = c.context();
  const TimeZone& zone = *context.zone;
  const DailyTimeIntervalSchedule daily = daily_of(c);
  const std::string operation = operation_of(c);
  if (operation == "endingDailyAfterCount") {
    const int count = c["count"].get<int>();
    const json seen =
        Case::answer_of([&] { return json(text_of(ending_daily_after_count(daily, count, context.now, zone))); });
    return c.compare(operation, c.has("expectEod") ? c["expectEod"] : json{{"x", c["expect"]}}, seen);
  }
  const Trigger trigger = begun(c, daily, zone, context);
  if (operation == "validate") {
    return c.compare(operation, c["expect"] == "error", refused(trigger).has_value());
  }
  if (operation == "getFireTimeAfter") {
    const json expected = c["expect"].is_null() ? json() : json(local(c, c["expect"], zone).ms());
    return c.compare(operation, expected, ms_or_null(fire_time_after(trigger, local(c, c["after"], zone), context)));
  }
  if (!c.has("ask")) c.bad("unknown op " + operation);
  compare_series(c, trigger, context);
}

void check_upstream_calendars(const Case& c) {
  AnnualExclusion annual;
  DailyExclusion daily;
  for (const json& step : c["ops"]) {
    if (step.at(0) == "exclude") {
      day_in(annual, step.at(1).get<std::string>()) = step.at(2).get<bool>();
    } else if (step.at(0) == "dailyRange") {
      daily = DailyExclusion::between(step.at(1).get<std::string>(), step.at(2).get<std::string>(),
                                      step.size() > 3 && step.at(3).get<bool>());
    } else if (step.at(0) == "invert") {
      daily.inverted = step.at(1).get<bool>();
    } else {
      c.bad("unknown op " + step.dump());
    }
  }
  const ExclusionCalendar calendar{annual};
  for (const json& check : c["check"]) {
    const std::string about = check.at(0).get<std::string>();
    if (about == "range") {
      c.compare("range", check.at(1), daily.range(), about);
    } else if (about == "inverted") {
      c.compare("inverted", check.at(1), daily.inverted, about);
    } else {
      // The year plays no part.
      const WallTime noon = local(c, "2004-" + about.substr(about.size() - 5) + "T12:00:00", utc());
      c.compare("excluded", check.at(1), !included(calendar, noon, c.context()), about);
    }
  }
}

void check_upstream_trigger_basics(const Case& c) {
  const std::string operation = operation_of(c);
  if (operation == "misfireInstructionValidity") return check_misfire_instructions(c);
  if (operation == "keyOrder") return check_key_order(c);
  if (operation == "fireOrder") return check_fire_order(c);
  if (operation != "getFireTimeAfter") c.bad("unknown op " + operation);
  Trigger trigger;
  trigger.schedule = SimpleSchedule{c["rc"].get<int>(), Duration::ms(c.number("ri")), 0};
  trigger.start = WallTime::from_ms(c.number("start"));
  const auto found = fire_time_after(trigger, WallTime::from_ms(c.number("after")), c.context());
  c.compare(operation, c["expect"], ms_or_null(found));
}

}  // namespace chronofault::verify::quartz
