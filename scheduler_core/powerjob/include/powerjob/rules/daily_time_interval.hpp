// DAILY_TIME_INTERVAL of V511 (powerjob 7.1): every `interval` inside a daily window on allowed days.
#pragma once

#include <array>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <powerjob/lifecycle.hpp>

namespace chronofault::powerjob {

/// A time of day in whole seconds.
struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
  friend constexpr auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};
/// "HH:mm:ss"
std::optional<TimeOfDay> parse_time_of_day(const std::string& text);

struct DailyTimeInterval {
  Duration interval;
  TimeOfDay start;  // window, both ends inclusive
  TimeOfDay end;
  std::array<bool, 8> days = {};  // [1] = Monday .. [7] = Sunday; none set: every day

  bool day_allowed(int weekday) const;
};

/// JSON {interval, intervalUnit = SECONDS, startTimeOfDay, endTimeOfDay, daysOfWeek}; the error says what is wrong.
/// Refused: an interval that is not positive, a window that ends before it starts, a day outside 1..7.
tl::expected<DailyTimeInterval, std::string> parse_daily_time_interval(const std::string& json);
tl::expected<void, std::string> check(const DailyTimeInterval& rule);

/// The earliest allowed time at or after t: t itself inside the window of an allowed day.
WallTime earliest_allowed(const DailyTimeInterval& rule, WallTime t, const TimeZone& zone);

/// The trigger after `previous`; none beyond the end of the life cycle.
std::optional<WallTime> next_daily_trigger(const DailyTimeInterval& rule, WallTime previous, const LifeCycle& lifecycle,
                                           WallTime now, const TimeZone& zone);

/// 1 = Monday .. 7 = Sunday.
int weekday_of(int year, int month, int day);

}  // namespace chronofault::powerjob
