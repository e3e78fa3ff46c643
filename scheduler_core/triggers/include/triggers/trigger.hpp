// A trigger: when a job fires (quartz 7.4 .. 7.9). A plain value, whose fields are those of its rows, and functions
// that a job store calls at the same places as upstream's: when it is scheduled, fired, found misfired, or its calendar
// changes.
//
// What the functions leave in the fields when they throw is what upstream leaves: `triggered` has counted and moved
// `previous` by then.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include <ports/time.hpp>
#include <triggers/context.hpp>
#include <triggers/exclusion_calendar.hpp>
#include <triggers/schedules.hpp>
#include <triggers/trigger_key.hpp>

namespace chronofault::triggers {

/// MISFIRE_INSTR (quartz 7.9). What lies above smart_policy depends on the kind.
namespace misfire {
inline constexpr int ignore = -1;
inline constexpr int smart_policy = 0;
// Simple triggers.
inline constexpr int fire_now = 1;
inline constexpr int now_with_existing_count = 2;
inline constexpr int now_with_remaining_count = 3;
inline constexpr int next_with_remaining_count = 4;
inline constexpr int next_with_existing_count = 5;
// The other kinds.
inline constexpr int fire_once_now = 1;
inline constexpr int do_nothing = 2;
}  // namespace misfire

struct Trigger {
  using Schedule = std::variant<SimpleSchedule, CronSchedule, CalendarIntervalSchedule, DailyTimeIntervalSchedule>;

  Trigger() = default;

  TriggerKey key;
  WallTime start;
  std::optional<WallTime> end;
  std::optional<WallTime> next;      // NEXT_FIRE_TIME
  std::optional<WallTime> previous;  // PREV_FIRE_TIME
  int priority = 5;
  int misfire_instruction = misfire::smart_policy;
  std::string calendar_name;  // empty: none
  Schedule schedule;

  TriggerOrder order() const { return {next, priority, key}; }
};

/// setStartTime and setEndTime: a cron trigger's start loses its milliseconds. Throws IllegalArgument: the end lies
/// before the start.
void set_times(Trigger& trigger, WallTime start, std::optional<WallTime> end, const TriggerContext& context);

/// Throws IllegalArgument for a code that this kind of trigger does not have.
void set_misfire_instruction(Trigger& trigger, int code);

/// What makes validate() refuse the trigger; none: nothing.
std::optional<std::string> refused(const Trigger& trigger);

/// getFireTimeAfter: the first fire time after t (none: after now), calendars left out.
std::optional<WallTime> fire_time_after(const Trigger& trigger, std::optional<WallTime> t,
                                        const TriggerContext& context);

/// computeFirstFireTime: sets `next`. None: the trigger never fires and is refused by the scheduler. `calendar`: null
/// for none, here and below.
std::optional<WallTime> compute_first_fire_time(Trigger& trigger, const ExclusionCalendar* calendar,
                                                const TriggerContext& context);

/// The trigger fires: counts, and moves `next` to `previous`.
void triggered(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context);

/// updateAfterMisfire. Whether a trigger counts as misfired is for the job store to say.
void update_after_misfire(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context);

/// updateWithNewCalendar: the trigger's calendar was replaced.
void update_with_new_calendar(Trigger& trigger, const ExclusionCalendar* calendar, Duration misfire_threshold,
                              const TriggerContext& context);

/// getFinalFireTime; none: it has no end, or (cron) upstream does not know.
std::optional<WallTime> final_fire_time(const Trigger& trigger, const TriggerContext& context);

/// The year that the process's default zone shows at t is beyond the give-up year.
bool beyond_give_up_year(WallTime t, const TriggerContext& context);

}  // namespace chronofault::triggers
