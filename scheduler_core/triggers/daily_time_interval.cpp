// Daily-time-interval triggers (quartz 7.8): every so often between two times of day, on some days of the week, always
// in the default zone of the process that asks.
#include <fmt/format.h>

#include <triggers/errors.hpp>
#include <triggers/java_calendar.hpp>

#include "fire_times.hpp"

namespace chronofault::triggers {
namespace {

constexpr TimeOfDay last_second{23, 59, 59};

/// TimeOfDay.getTimeOfDayForDate: AT of quartz 7.8.
WallTime at_time(const TimeOfDay& time, WallTime on, const TimeZone& zone) {
  JavaCalendar c(zone, on);
  c.set_time_of_day(time.hour, time.minute, time.second, 0);
  return c.time();
}

bool same_day(WallTime a, WallTime b, const TimeZone& zone) {
  const CivilTime x = zone.to_civil(a);
  const CivilTime y = zone.to_civil(b);
  return x.year == y.year && x.month == y.month && x.day == y.day;
}

/// NEXTDAY of quartz 7.8: t itself, or the start of day on the next allowed day.
FireTime on_allowed_day(const DailyTimeIntervalSchedule& schedule, const Trigger& trigger, WallTime t, bool force,
                        const TimeZone& zone) {
  JavaCalendar c(zone, at_time(schedule.start_of_day, t, zone));
  const auto allowed = [&] { return schedule.weekdays.test(static_cast<std::size_t>(c.weekday())); };
  if (force || !allowed()) {
    for (int i = 0; i < 7; ++i) {
      c.add_days(1);
      if (allowed()) {
        t = c.time();
        break;
      }
    }
  }
  if (trigger.end && t > *trigger.end) return std::nullopt;
  return t;
}

WallTime at_next_interval(const DailyTimeIntervalSchedule& schedule, WallTime begin, WallTime t) {
  const std::int64_t seconds = (t.ms() - begin.ms()) / 1'000;
  const std::int64_t length = std::int64_t{schedule.interval} * seconds_of(schedule.unit);
  const std::int64_t count = (seconds + length - 1) / length;
  return begin + Duration::seconds(count * length);
}

}  // namespace

FireTime after(const DailyTimeIntervalSchedule& schedule, const Trigger& trigger, WallTime t,
               const TriggerContext& context) {
  if (schedule.complete) return std::nullopt;
  if (schedule.repeat_count != endless && schedule.times_triggered > schedule.repeat_count) return std::nullopt;
  if (schedule.interval < 1) throw IllegalArgument("Repeat interval must be >= 1");
  const TimeZone& zone = *context.zone;
  const WallTime from = std::max(t + Duration::seconds(1), trigger.start);
  const bool past_end_of_day = schedule.end_of_day && from > at_time(*schedule.end_of_day, from, zone);
  const FireTime found = on_allowed_day(schedule, trigger, from, past_end_of_day, zone);
  if (!found) return std::nullopt;
  const WallTime end = at_time(schedule.end_of_day.value_or(last_second), *found, zone);
  const WallTime begin = at_time(schedule.start_of_day, *found, zone);
  if (*found < begin) return begin;
  const WallTime next = at_next_interval(schedule, begin, *found);
  if (next <= end) return next;
  const FireTime later = on_allowed_day(schedule, trigger, next, same_day(next, end, zone), zone);
  if (!later) return std::nullopt;
  return at_time(schedule.start_of_day, *later, zone);
}

FireTime last(const DailyTimeIntervalSchedule& schedule, const Trigger& trigger, const TriggerContext& context) {
  if (schedule.complete || !trigger.end) return std::nullopt;
  if (!schedule.end_of_day) return trigger.end;
  return std::max(*trigger.end, at_time(*schedule.end_of_day, *trigger.end, *context.zone));
}

TimeOfDay ending_daily_after_count(const DailyTimeIntervalSchedule& schedule, int count, WallTime now,
                                   const TimeZone& zone) {
  if (count <= 0) throw IllegalArgument("Ending daily after count must be a positive number!");
  const WallTime begin = at_time(schedule.start_of_day, now, zone);
  const Duration rest = at_time(last_second, now, zone) - begin;
  // An hour counts as 24 minutes here (quartz 7.8, a bug to keep).
  const std::int64_t unit_s = schedule.unit == IntervalUnit::hour ? 24 * 60 : seconds_of(schedule.unit);
  const Duration interval = Duration::seconds(schedule.interval * unit_s);
  if (interval < Duration::seconds(1)) throw IllegalArgument("Repeat interval must be >= 1");
  if (rest <= interval) {
    throw IllegalArgument("The startTimeOfDay is too late with given Interval and IntervalUnit values.");
  }
  const std::int64_t most = rest / interval;
  if (count > most) {
    throw IllegalArgument(fmt::format("The given count {} is too large! The max you can set is {}", count, most));
  }
  JavaCalendar end(zone, begin + (count - 1) * interval);
  return {end.hour(), end.minute(), end.second()};
}

}  // namespace chronofault::triggers
