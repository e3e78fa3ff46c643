#include <fmt/format.h>

#include <triggers/errors.hpp>
#include <triggers/java_calendar.hpp>
#include <triggers/trigger.hpp>

#include "fire_times.hpp"

namespace chronofault::triggers {
namespace {

// Upstream has no such bound: it goes on for hours.
constexpr int skips_max = 50'000'000;

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

[[noreturn]] void refuse_to_go_on() {
  throw SearchDoesNotEnd("the calendar excludes every fire time that was looked at");
}

bool is_cron(const Trigger& trigger) { return std::holds_alternative<CronSchedule>(trigger.schedule); }

std::optional<std::string> refused_daily(const DailyTimeIntervalSchedule& schedule) {
  const auto too_long = [&](std::int64_t most, const char* text) -> std::optional<std::string> {
    if (schedule.interval <= most) return std::nullopt;
    return fmt::format("repeatInterval can not exceed 24 hours{}. Given {}", text, schedule.interval);
  };
  std::optional<std::string> problem;
  switch (schedule.unit) {
    case IntervalUnit::second:
      problem = too_long(86'400, " (86400 seconds)");
      break;
    case IntervalUnit::minute:
      problem = too_long(1'440, " (1440 minutes)");
      break;
    case IntervalUnit::hour:
      problem = too_long(24, "");
      if (problem) *problem += " hours.";
      break;
    default:
      return "Invalid repeat IntervalUnit (must be SECOND, MINUTE or HOUR).";
  }
  if (schedule.interval < 1) return "Repeat Interval cannot be zero.";
  if (problem) return problem;
  if (schedule.end_of_day && *schedule.end_of_day < schedule.start_of_day) {
    const auto text = [](const TimeOfDay& t) { return fmt::format("TimeOfDay[{}:{}:{}]", t.hour, t.minute, t.second); };
    return "StartTimeOfDay " + text(schedule.start_of_day) + " should not come after endTimeOfDay " +
           text(*schedule.end_of_day);
  }
  return std::nullopt;
}

}  // namespace

void set_times(Trigger& trigger, WallTime start, std::optional<WallTime> end, const TriggerContext& context) {
  if (end && *end < start) throw IllegalArgument("End time cannot be before start time");
  trigger.start = start;
  trigger.end = end;
  if (!is_cron(trigger)) return;
  JavaCalendar c(*context.zone, start);
  c.set_millisecond(0);
  trigger.start = c.time();
}

void set_misfire_instruction(Trigger& trigger, int code) {
  const bool simple = std::holds_alternative<SimpleSchedule>(trigger.schedule);
  if (code < misfire::ignore || code > (simple ? misfire::next_with_existing_count : misfire::do_nothing)) {
    throw IllegalArgument("The misfire instruction code is invalid for this type of trigger.");
  }
  trigger.misfire_instruction = code;
}

std::optional<std::string> refused(const Trigger& trigger) {
  const std::optional<std::string> zero = "Repeat Interval cannot be zero.";
  return std::visit(
      Match{[&](const SimpleSchedule& schedule) {
              const bool repeats = schedule.repeat_count != 0;
              return repeats && schedule.repeat_interval < Duration::ms(1) ? zero : std::nullopt;
            },
            [](const CronSchedule&) { return std::optional<std::string>(); },
            [&](const CalendarIntervalSchedule& schedule) { return schedule.interval < 1 ? zero : std::nullopt; },
            [](const DailyTimeIntervalSchedule& schedule) { return refused_daily(schedule); }},
      trigger.schedule);
}

bool beyond_give_up_year(WallTime t, const TriggerContext& context) {
  return context.zone->to_civil(t).year > context.give_up_year;
}

FireTime fire_time_after(const Trigger& trigger, FireTime t, const TriggerContext& context) {
  const WallTime from = t.value_or(context.now);
  return std::visit([&](const auto& schedule) { return after(schedule, trigger, from, context); }, trigger.schedule);
}

FireTime final_fire_time(const Trigger& trigger, const TriggerContext& context) {
  return std::visit([&](const auto& schedule) { return last(schedule, trigger, context); }, trigger.schedule);
}

FireTime skip_excluded(const Trigger& trigger, FireTime t, const ExclusionCalendar* calendar, bool guarded,
                       const TriggerContext& context) {
  if (!t || calendar == nullptr) return t;
  if (excludes_everything(*calendar)) return std::nullopt;
  for (int skips = 0; t && !included(*calendar, *t, context); ++skips) {
    if (skips == skips_max) refuse_to_go_on();
    t = fire_time_after(trigger, t, context);
    if (guarded && t && beyond_give_up_year(*t, context)) return std::nullopt;
  }
  return t;
}

FireTime compute_first_fire_time(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context) {
  const bool at_start = std::holds_alternative<SimpleSchedule>(trigger.schedule) ||
                        std::holds_alternative<CalendarIntervalSchedule>(trigger.schedule);
  trigger.next = at_start ? trigger.start : fire_time_after(trigger, trigger.start - Duration::seconds(1), context);
  if (!trigger.next || calendar == nullptr) return trigger.next;
  if (excludes_everything(*calendar)) trigger.next.reset();
  for (int skips = 0; trigger.next && !included(*calendar, *trigger.next, context); ++skips) {
    if (skips == skips_max) refuse_to_go_on();
    trigger.next = fire_time_after(trigger, trigger.next, context);
    // The guard answers none and leaves the field as it is (quartz 7.4).
    if (!is_cron(trigger) && trigger.next && beyond_give_up_year(*trigger.next, context)) return std::nullopt;
  }
  return trigger.next;
}

void triggered(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context) {
  std::visit(Match{[](CronSchedule&) {}, [](auto& schedule) { ++schedule.times_triggered; }}, trigger.schedule);
  trigger.previous = trigger.next;
  trigger.next = fire_time_after(trigger, trigger.next, context);
  trigger.next = skip_excluded(trigger, trigger.next, calendar, !is_cron(trigger), context);
  if (auto* daily = std::get_if<DailyTimeIntervalSchedule>(&trigger.schedule)) {
    if (!trigger.next) daily->complete = true;
  }
}

void update_with_new_calendar(Trigger& trigger, const ExclusionCalendar* calendar, Duration misfire_threshold,
                              const TriggerContext& context) {
  trigger.next = fire_time_after(trigger, trigger.previous, context);
  if (calendar == nullptr) return;
  if (trigger.next && excludes_everything(*calendar)) trigger.next.reset();
  while (trigger.next && !included(*calendar, *trigger.next, context)) {
    trigger.next = fire_time_after(trigger, trigger.next, context);
    if (!trigger.next) return;
    if (beyond_give_up_year(*trigger.next, context)) {
      trigger.next.reset();
    } else if (*trigger.next < context.now && context.now - *trigger.next >= misfire_threshold) {
      trigger.next = fire_time_after(trigger, trigger.next, context);
    }
  }
}

}  // namespace chronofault::triggers
