// getFireTimeAfter of the four schedules; and getFinalFireTime. Calendars are not their business.
#pragma once

#include <optional>

#include <triggers/trigger.hpp>

namespace chronofault::triggers {

using FireTime = std::optional<WallTime>;

FireTime after(const SimpleSchedule& schedule, const Trigger& trigger, WallTime t, const TriggerContext& context);
FireTime after(const CronSchedule& schedule, const Trigger& trigger, WallTime t, const TriggerContext& context);
FireTime after(const CalendarIntervalSchedule& schedule, const Trigger& trigger, WallTime t,
               const TriggerContext& context);
FireTime after(const DailyTimeIntervalSchedule& schedule, const Trigger& trigger, WallTime t,
               const TriggerContext& context);

FireTime last(const SimpleSchedule& schedule, const Trigger& trigger, const TriggerContext& context);
FireTime last(const CronSchedule& schedule, const Trigger& trigger, const TriggerContext& context);
FireTime last(const CalendarIntervalSchedule& schedule, const Trigger& trigger, const TriggerContext& context);
FireTime last(const DailyTimeIntervalSchedule& schedule, const Trigger& trigger, const TriggerContext& context);

/// Of a second, a minute or an hour. Throws IllegalArgument for another unit.
std::int64_t seconds_of(IntervalUnit unit);

/// computeNumTimesFiredBetween.
int times_between(const SimpleSchedule& schedule, WallTime from, WallTime to);

/// t, or the first fire time after it that the calendar includes. `guarded`: none beyond the give-up year.
FireTime skip_excluded(const Trigger& trigger, FireTime t, const ExclusionCalendar* calendar, bool guarded,
                       const TriggerContext& context);

}  // namespace chronofault::triggers
