// The four kinds of schedule that a trigger may have (quartz 7.5 .. 7.8), as their rows hold them (quartz 2.1).
#pragma once

#include <bitset>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <triggers/cron.hpp>

namespace chronofault::triggers {

/// REPEAT_INDEFINITELY.
inline constexpr int endless = -1;

enum class IntervalUnit { millisecond, second, minute, hour, day, week, month, year };
/// "SECOND" .. "YEAR", as in STR_PROP_1.
std::string_view name_of(IntervalUnit unit);
std::optional<IntervalUnit> interval_unit(std::string_view name);

/// org.quartz.TimeOfDay.
struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
  friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

/// SIMPLE_TRIGGERS.
struct SimpleSchedule {
  int repeat_count = 0;
  Duration repeat_interval;
  int times_triggered = 0;
};

/// CRON_TRIGGERS.
struct CronSchedule {
  CronSchedule(CronExpression expression, const TimeZone& zone) : expression(std::move(expression)), zone(&zone) {}
  CronExpression expression;
  const TimeZone* zone;
};

/// CAL_INT. Local time of the zone where the unit is a day or longer.
struct CalendarIntervalSchedule {
  IntervalUnit unit = IntervalUnit::day;
  int interval = 1;
  const TimeZone* zone = nullptr;  // null: the default zone of the process
  bool preserve_hour_of_day = false;
  bool skip_day_if_hour_does_not_exist = false;
  int times_triggered = 0;
};

/// DAILY_I. Always in the default zone of the process.
struct DailyTimeIntervalSchedule {
  IntervalUnit unit = IntervalUnit::minute;
  int interval = 1;
  int repeat_count = endless;  // over the trigger's whole life
  TimeOfDay start_of_day;
  std::optional<TimeOfDay> end_of_day;   // the builder sets 23:59:59
  std::bitset<8> weekdays{0b1111'1110};  // 1 = Sunday
  int times_triggered = 0;
  bool complete = false;  // in memory alone: false after every load
};

/// DailyTimeIntervalScheduleBuilder.endingDailyAfterCount (quartz 7.8), today in `zone`. Throws IllegalArgument.
TimeOfDay ending_daily_after_count(const DailyTimeIntervalSchedule& schedule, int count, WallTime now,
                                   const TimeZone& zone);

}  // namespace chronofault::triggers
