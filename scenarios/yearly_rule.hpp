// How a zone goes on after the changes that its file lists (at latest in 2037): the POSIX TZ text in the file's last
// line, such as "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <ports/time_zone.hpp>

namespace chronofault::scenarios {

/// Two changes a year, each on a weekday of a month's nth or (5) last week.
struct YearlyRule {
  struct Change {
    int month = 1;
    int week = 1;     // 5: the last
    int weekday = 0;  // 0 = Sunday
    Duration time;    // after midnight, by the clock before the change; may be negative or above a day
  };
  Duration standard;  // local time - UTC
  Duration summer;
  Change to_summer;
  Change to_standard;

  /// None: not such a text, or one without summer time.
  static std::optional<YearlyRule> parse(std::string_view text);

  /// The changes of the years `first` to `last`, in order.
  std::vector<TimeZone::Change> changes(int first, int last) const;
};

}  // namespace chronofault::scenarios
