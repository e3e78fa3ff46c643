// A cron expression: seconds, minutes, hours, days, months, weekdays and, optionally, years, as sets of numbers.
//
//   sec 0-59 | min 0-59 | hour 0-23 | day 1-31 ? L L-n LW nW | month 1-12 JAN-DEC | weekday 1-7 SUN-SAT ? L nL n#k |
//   year 1970-2099
//
// Weekday 1 is Sunday. The next match is searched in local time, day by day over the days that the month, day, weekday
// and year sets allow, and only then turned into an instant of the zone.
//
// Daylight saving: a local time that the zone skips fires as late after the jump as it lies after its beginning (02:30
// at 03:30). Of a local time that comes twice the first instant fires, the second does not.
//
// Two dialects so far; what differs is in CronDialect.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>

namespace chronofault::triggers {

enum class CronDialect {
  quartz,    // one of day and weekday is '?' (Quartz CronExpression)
  powerjob,  // both may be given and must then both match (powerjob 7.1)
};

/// Bad input of a user: what, where (byte offset in the expression), and what would be right.
struct CronError {
  std::string message;
  std::size_t position = 0;
};

class CronExpression {
 public:
  static tl::expected<CronExpression, CronError> parse(std::string_view text, CronDialect dialect);

  /// The first matching instant strictly after t, on a whole second; none: never again (years end at 2099).
  std::optional<WallTime> next_after(WallTime t, const TimeZone& zone) const;
  /// The last matching instant strictly before t; none: there is none since 1970.
  std::optional<WallTime> previous_before(WallTime t, const TimeZone& zone) const;
  /// Whether the local time that `zone` shows at t matches all fields.
  bool matches(WallTime t, const TimeZone& zone) const;

  const std::string& text() const noexcept { return text_; }

  // The parsed fields, for tests and for printing.
  static constexpr int first_year = 1970;
  static constexpr int last_year = 2099;
  struct Fields {
    std::bitset<60> seconds;
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;     // [1..31]
    std::bitset<13> months;   // [1..12]
    std::bitset<8> weekdays;  // [1..7], 1 = Sunday
    std::bitset<130> years;   // [0] = 1970
    bool any_day = false;     // '?' or '*': the day field restricts nothing
    bool any_weekday = false;
    std::optional<int> last_day_offset;  // L, L-n: n days before the last of the month
    bool last_day_weekday = false;       // LW: of that day, the nearest weekday
    std::bitset<32> nearest_weekdays;    // nW: Monday to Friday nearest to n, in the same month
    std::bitset<8> last_weekdays;        // nL: the last such weekday of the month
    std::bitset<8> nth_weekdays[6];      // n#k: [k] has n
  };
  const Fields& fields() const noexcept { return fields_; }

 private:
  std::string text_;
  Fields fields_;

  bool day_matches(int year, int month, int day) const;
};

}  // namespace chronofault::triggers
