// Calendar-interval triggers (quartz 7.7).
//
// Days and longer units are walked from `start` each time, with a first leap most of the way for days and weeks. The
// calendar keeps what a gap in the local time did to it on the way, so the answer depends on where the leap landed:
// the same trigger, asked from two instants, may give two local times. Kept as it is.
#include <array>
#include <utility>

#include <triggers/errors.hpp>
#include <triggers/java_calendar.hpp>

#include "fire_times.hpp"

namespace chronofault::triggers {
namespace {

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t day_s = 86'400;

/// getRepeatInterval() * (int) count: 32 bits, wrapping.
int times_32(int interval, std::int64_t count) {
  return static_cast<int>(static_cast<std::uint32_t>(interval) * static_cast<std::uint32_t>(count));
}

void add(JavaCalendar& c, IntervalUnit unit, int n) {
  switch (unit) {
    case IntervalUnit::day:
      return c.add_days(n);
    case IntervalUnit::week:
      return c.add_days(std::int64_t{n} * 7);
    case IntervalUnit::month:
      return c.add_months(n);
    case IntervalUnit::year:
      return c.add_years(n);
    default:
      return c.add_elapsed(Duration::seconds(n * seconds_of(unit)));
  }
}

bool is_short(IntervalUnit unit) {
  return unit == IntervalUnit::second || unit == IntervalUnit::minute || unit == IntervalUnit::hour;
}

/// "make a big leap most of the way there".
void leap(JavaCalendar& c, const CalendarIntervalSchedule& schedule, std::int64_t seconds_after_start) {
  if (schedule.unit != IntervalUnit::day && schedule.unit != IntervalUnit::week) return;
  const std::int64_t days = schedule.unit == IntervalUnit::week ? 7 : 1;
  std::int64_t count = seconds_after_start / (schedule.interval * days * day_s);
  if (count <= 20) return;
  count = count * (count < 50 ? 80 : count < 500 ? 90 : 95) / 100;
  add(c, schedule.unit, times_32(schedule.interval, count));
}

/// Whether the hour has shifted and another interval is needed; sets the hour back on the way.
bool hour_shifted(JavaCalendar& c, const CalendarIntervalSchedule& schedule, int hour, WallTime t) {
  if (!schedule.preserve_hour_of_day || c.hour() == hour) return false;
  c.set_hour(hour);
  if (c.hour() != hour) return schedule.skip_day_if_hour_does_not_exist;
  return c.time() <= t;
}

WallTime walk(const CalendarIntervalSchedule& schedule, WallTime start, WallTime t, const TriggerContext& context) {
  if (schedule.interval < 1) throw IllegalArgument("Repeat interval must be >= 1");
  const std::int64_t seconds = 1 + (t.ms() - start.ms()) / second_ms;
  JavaCalendar c(schedule.zone != nullptr ? *schedule.zone : *context.zone, start);
  if (is_short(schedule.unit)) {
    const std::int64_t length = schedule.interval * seconds_of(schedule.unit);
    add(c, schedule.unit, times_32(schedule.interval, (seconds + length - 1) / length));
    return c.time();
  }
  const int hour = c.hour();
  const auto may_go_on = [&] { return c.year() < context.give_up_year; };
  leap(c, schedule, seconds);
  while (c.time() <= t && may_go_on()) add(c, schedule.unit, schedule.interval);
  while (hour_shifted(c, schedule, hour, t) && may_go_on()) add(c, schedule.unit, schedule.interval);
  return c.time();
}

FireTime after_ignoring_end(const CalendarIntervalSchedule& schedule, WallTime start, WallTime t,
                            const TriggerContext& context) {
  return t < start ? start : walk(schedule, start, t, context);
}

}  // namespace

constexpr std::array<std::pair<std::string_view, IntervalUnit>, 8> units{{{"MILLISECOND", IntervalUnit::millisecond},
                                                                          {"SECOND", IntervalUnit::second},
                                                                          {"MINUTE", IntervalUnit::minute},
                                                                          {"HOUR", IntervalUnit::hour},
                                                                          {"DAY", IntervalUnit::day},
                                                                          {"WEEK", IntervalUnit::week},
                                                                          {"MONTH", IntervalUnit::month},
                                                                          {"YEAR", IntervalUnit::year}}};

std::int64_t seconds_of(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::second:
      return 1;
    case IntervalUnit::minute:
      return 60;
    case IntervalUnit::hour:
      return 3'600;
    default:
      throw IllegalArgument("an interval unit without a length");
  }
}

std::string_view name_of(IntervalUnit unit) { return units[static_cast<std::size_t>(unit)].first; }

std::optional<IntervalUnit> interval_unit(std::string_view name) {
  for (const auto& [known, unit] : units) {
    if (known == name) return unit;
  }
  return std::nullopt;
}

FireTime after(const CalendarIntervalSchedule& schedule, const Trigger& trigger, WallTime t,
               const TriggerContext& context) {
  if (trigger.end && *trigger.end <= t) return std::nullopt;
  const FireTime found = after_ignoring_end(schedule, trigger.start, t, context);
  if (trigger.end && *trigger.end <= *found && t >= trigger.start) return std::nullopt;
  return found;
}

FireTime last(const CalendarIntervalSchedule& schedule, const Trigger& trigger, const TriggerContext& context) {
  if (!trigger.end) return std::nullopt;
  const FireTime found = after_ignoring_end(schedule, trigger.start, *trigger.end - Duration::seconds(1), context);
  if (found == trigger.end) return found;
  JavaCalendar c(schedule.zone != nullptr ? *schedule.zone : *context.zone, *found);
  add(c, schedule.unit, -schedule.interval);
  return c.time();
}

}  // namespace chronofault::triggers
