// What a parsed cron expression is made of.
#pragma once

#include <array>
#include <bitset>
#include <optional>
#include <string_view>

#include <triggers/value_set.hpp>

namespace chronofault::triggers {

/// The seven fields in their order, with names and what they take: for messages.
struct CronField {
  std::string_view name;
  std::string_view takes;
};
inline constexpr std::array<CronField, 7> cron_fields{
    {{"seconds", "0-59, *, lists, ranges and steps"},
     {"minutes", "0-59, *, lists, ranges and steps"},
     {"hours", "0-23, *, lists, ranges and steps"},
     {"day of month", "1-31, *, ?, L, L-n, LW, nW, lists, ranges and steps"},
     {"month", "1-12 or JAN-DEC, *, lists, ranges and steps"},
     {"day of week", "1-7 or SUN-SAT (1 is Sunday), *, ?, L, nL, n#1-5, lists, ranges and steps"},
     {"year", "four digits, *, lists, ranges and steps"}}};
enum class CronFieldIndex { seconds, minutes, hours, day_of_month, month, day_of_week, year };

/// org.quartz.CronExpression's fields (quartz 7.2).
struct QuartzFields {
  static constexpr int every = 99;     // the marker of '*'
  static constexpr int no_value = 98;  // the marker of '?'

  ValueSet<128> seconds;
  ValueSet<128> minutes;
  ValueSet<128> hours;
  ValueSet<128> days;
  ValueSet<128> months;
  ValueSet<128> weekdays;
  ValueSet<3072> years;
  bool last_day_of_month = false;
  bool nearest_weekday = false;
  int last_day_offset = 0;
  bool last_day_of_week = false;
  int nth_weekday = 0;  // 0: no '#'
  int year_max = 0;
};

/// PowerJob's (powerjob 7.1).
struct PowerJobFields {
  static constexpr int first_year = 1970;
  static constexpr int last_year = 2099;

  std::bitset<60> seconds;
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // [1..31]
  std::bitset<13> months;   // [1..12]
  std::bitset<8> weekdays;  // [1..7], 1 = Sunday
  std::bitset<130> years;   // [0] = 1970
  bool any_day = false;     // '?' or '*': the day field restricts nothing
  bool any_weekday = false;
  std::optional<int> last_day_offset;          // L, L-n: n days before the last of the month
  bool last_day_weekday = false;               // LW: of that day, the nearest weekday
  std::bitset<32> nearest_weekdays;            // nW: Monday to Friday nearest to n, in the same month
  std::bitset<8> last_weekdays;                // nL: the last such weekday of the month
  std::array<std::bitset<8>, 6> nth_weekdays;  // n#k: [k] has n
};

}  // namespace chronofault::triggers
