// Days and times of day in the zone of an exclusion calendar.
#pragma once

#include <triggers/exclusion_calendar.hpp>
#include <triggers/java_calendar.hpp>

namespace chronofault::triggers {

inline JavaCalendar java_calendar(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  return JavaCalendar(calendar.zone != nullptr ? *calendar.zone : *context.zone, t);
}

inline JavaCalendar start_of_day(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  JavaCalendar day = java_calendar(calendar, t, context);
  day.set_time_of_day(0, 0, 0, 0);
  return day;
}

inline WallTime at_time(const ExclusionCalendar& calendar, WallTime t, const DailyExclusion::Time& time,
                        const TriggerContext& context) {
  JavaCalendar day = java_calendar(calendar, t, context);
  day.set_time_of_day(time.hour, time.minute, time.second, time.millisecond);
  return day.time();
}

inline constexpr DailyExclusion::Time end_of_day{23, 59, 59, 999};

/// super.isTimeIncluded of all but the daily and the cron calendar.
bool base_includes(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context);

/// isDayExcluded of the calendars whose rule is about days; `day` stands somewhere in the day.
bool day_excluded(const ExclusionCalendar& calendar, JavaCalendar& day, const TriggerContext& context);

}  // namespace chronofault::triggers
