// Exclusion calendars (quartz 7.8b): instants at which a trigger does not fire. A trigger asks when its next fire time
// is computed, never at the fire itself.
//
// A calendar excludes what its own rule excludes and what its base excludes. `included` and `next_included` answer as
// Quartz 2.3.2 does, oddities kept: the first and the last millisecond of a day are outside every daily range, a
// holiday calendar's next included time is a midnight and may lie before the question.
#pragma once

#include <array>
#include <bitset>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <triggers/context.hpp>
#include <triggers/cron.hpp>

namespace chronofault::triggers {

/// BaseCalendar: nothing of its own.
struct NothingExcluded {};

/// The same days each year: [month] has day.
struct AnnualExclusion {
  std::array<std::bitset<32>, 13> days{};
};

/// 1 = Sunday; Saturday and Sunday unless told.
struct WeeklyExclusion {
  std::bitset<8> weekdays{0b1000'0010};
};

/// Days of the month.
struct MonthlyExclusion {
  std::bitset<32> days;
};

/// Whole days, each as the local midnight at which it begins.
struct HolidayExclusion {
  HolidayExclusion() = default;
  /// Floors t to the midnight of `zone`, which must be the zone of the calendar.
  void add(WallTime t, const TimeZone& zone);

  std::set<WallTime> midnights;
};

/// A range of local times, or (inverted) all that lies outside it.
struct DailyExclusion {
  struct Time {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
    friend auto operator<=>(const Time&, const Time&) = default;
  };
  /// Times as "h:m", "h:m:s" or "h:m:s:ms". Throws IllegalArgument.
  static DailyExclusion between(std::string_view from, std::string_view to, bool inverted = false);
  /// "01:20:01:456 - 14:50:15:002"
  std::string range() const;

  Time from;
  Time to{23, 59, 59, 999};
  bool inverted = false;
};

/// The seconds that match an expression.
struct CronExclusion {
  explicit CronExclusion(CronExpression expression) : expression(std::move(expression)) {}
  CronExpression expression;
};

struct ExclusionCalendar {
  using Rule = std::variant<NothingExcluded, AnnualExclusion, WeeklyExclusion, MonthlyExclusion, HolidayExclusion,
                            DailyExclusion, CronExclusion>;

  explicit ExclusionCalendar(Rule rule, const TimeZone* zone = nullptr,
                             std::shared_ptr<const ExclusionCalendar> base = nullptr)
      : rule(std::move(rule)), zone(zone), base(std::move(base)) {}

  Rule rule;
  const TimeZone* zone;  // null: the default zone of the process that asks
  std::shared_ptr<const ExclusionCalendar> base;
};

/// isTimeIncluded. Throws IllegalArgument (t at or before the epoch, where upstream looks), NoSuchElement,
/// SearchDoesNotEnd.
bool included(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context);

/// getNextIncludedTime; the epoch: never. Throws as `included`; SearchDoesNotEnd where upstream looks for ever.
WallTime next_included(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context);

/// Whether it excludes all weekdays or all days of the month, by itself or its base: upstream finds that out by asking
/// about every fire time of a hundred years.
bool excludes_everything(const ExclusionCalendar& calendar);

}  // namespace chronofault::triggers
