// getNextIncludedTime of the exclusion calendars (quartz 7.8b). Two of them can look for ever upstream: past the year
// 3000 or after so many steps we stop looking.
#include <algorithm>

#include <triggers/errors.hpp>
#include <triggers/exclusion_calendar.hpp>

#include "exclusion_days.hpp"

namespace chronofault::triggers {
namespace {

constexpr Duration one_ms = Duration::ms(1);
constexpr int steps_max = 5'000'000;
const WallTime horizon = WallTime::from_ms(32'503'680'000'000);  // 3000-01-01

[[noreturn]] void give_up() { throw SearchDoesNotEnd("the calendar includes no time that its search comes upon"); }

/// super.getNextIncludedTime, and what is made of it: at or after t.
WallTime not_before_base(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  if (t.ms() <= 0) throw IllegalArgument("timeStamp must be greater 0");
  if (calendar.base == nullptr) return t;
  return std::max(t, next_included(*calendar.base, t, context));
}

WallTime next_by_days(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  t = not_before_base(calendar, t, context);
  JavaCalendar day = start_of_day(calendar, t, context);
  if (!day_excluded(calendar, day, context)) return t;
  while (day_excluded(calendar, day, context)) {
    day.add_days(1);
    if (day.time() > horizon) give_up();
  }
  return day.time();
}

WallTime next_holiday(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  t = not_before_base(calendar, t, context);
  JavaCalendar day = start_of_day(calendar, t, context);
  while (!included(calendar, day.time(), context)) {
    day.add_days(1);
    if (day.time() > horizon) give_up();
  }
  return day.time();
}

bool base_excludes(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  return calendar.base != nullptr && !included(*calendar.base, t, context);
}

/// One step of the daily calendar from n, which it excludes.
WallTime daily_step(const ExclusionCalendar& calendar, const DailyExclusion& rule, WallTime n,
                    const TriggerContext& context) {
  const WallTime from = at_time(calendar, n, rule.from, context);
  const WallTime to = at_time(calendar, n, rule.to, context);
  if (!rule.inverted && from <= n && n <= to) return to + one_ms;
  if (rule.inverted && n < from) return from;
  if (rule.inverted && n > to) return at_time(calendar, n, end_of_day, context) + one_ms;
  if (base_excludes(calendar, n, context)) return next_included(*calendar.base, n, context);
  return n + one_ms;
}

WallTime cron_step(const ExclusionCalendar& calendar, const CronExclusion& rule, WallTime n,
                   const TriggerContext& context) {
  const TimeZone& zone = calendar.zone != nullptr ? *calendar.zone : *context.zone;
  if (rule.expression.satisfied_by(n, zone, context.now)) {
    return rule.expression.next_invalid_after(n, zone, context.now);
  }
  if (base_excludes(calendar, n, context)) return next_included(*calendar.base, n, context);
  return n + one_ms;
}

template <class Step>
WallTime stepwise(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context, Step step) {
  WallTime n = t + one_ms;
  for (int steps = 0; !included(calendar, n, context); ++steps) {
    if (steps == steps_max || n > horizon) give_up();
    n = step(n);
  }
  return n;
}

}  // namespace

WallTime next_included(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  if (const auto* daily = std::get_if<DailyExclusion>(&calendar.rule)) {
    return stepwise(calendar, t, context, [&](WallTime n) { return daily_step(calendar, *daily, n, context); });
  }
  if (const auto* cron = std::get_if<CronExclusion>(&calendar.rule)) {
    return stepwise(calendar, t, context, [&](WallTime n) { return cron_step(calendar, *cron, n, context); });
  }
  if (std::holds_alternative<HolidayExclusion>(calendar.rule)) return next_holiday(calendar, t, context);
  if (std::holds_alternative<NothingExcluded>(calendar.rule)) {
    if (t.ms() <= 0) throw IllegalArgument("timeStamp must be greater 0");
    return calendar.base == nullptr ? t : next_included(*calendar.base, t, context);
  }
  const bool annual = std::holds_alternative<AnnualExclusion>(calendar.rule);
  const ExclusionCalendar alone(calendar.rule, calendar.zone);
  if (!annual && excludes_everything(alone)) return WallTime();
  return next_by_days(calendar, t, context);
}

}  // namespace chronofault::triggers
