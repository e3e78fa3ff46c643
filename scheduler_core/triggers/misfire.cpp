// updateAfterMisfire (quartz 7.9).
#include <algorithm>

#include <triggers/errors.hpp>

#include "fire_times.hpp"

namespace chronofault::triggers {
namespace {

FireTime next_from_now(const Trigger& trigger, const ExclusionCalendar* calendar, bool guarded,
                       const TriggerContext& context) {
  return skip_excluded(trigger, fire_time_after(trigger, context.now, context), calendar, guarded, context);
}

int instruction_of(const Trigger& trigger, const SimpleSchedule& schedule) {
  const int given = trigger.misfire_instruction;
  if (given == misfire::smart_policy) {
    if (schedule.repeat_count == 0) return misfire::fire_now;
    return schedule.repeat_count == endless ? misfire::next_with_remaining_count : misfire::now_with_existing_count;
  }
  return given == misfire::fire_now && schedule.repeat_count != 0 ? misfire::now_with_remaining_count : given;
}

bool is_counted(const SimpleSchedule& schedule) {
  return schedule.repeat_count != 0 && schedule.repeat_count != endless;
}

void restart_now(Trigger& trigger, const TriggerContext& context) {
  if (trigger.end && *trigger.end < context.now) {
    trigger.next.reset();
    return;
  }
  trigger.start = context.now;
  trigger.next = context.now;
}

void update_simple(Trigger& trigger, SimpleSchedule& schedule, const ExclusionCalendar* calendar,
                   const TriggerContext& context) {
  switch (instruction_of(trigger, schedule)) {
    case misfire::fire_now:
      trigger.next = context.now;
      return;
    case misfire::next_with_existing_count:
      trigger.next = next_from_now(trigger, calendar, true, context);
      return;
    case misfire::next_with_remaining_count: {
      const FireTime next = next_from_now(trigger, calendar, true, context);
      if (next) schedule.times_triggered += times_between(schedule, trigger.next.value_or(*next), *next);
      trigger.next = next;
      return;
    }
    case misfire::now_with_existing_count:
      if (is_counted(schedule)) {
        const int left = schedule.repeat_count - schedule.times_triggered;
        if (left < endless)
          throw IllegalArgument("Repeat count must be >= 0, use the constant REPEAT_INDEFINITELY for infinite.");
        schedule.repeat_count = left;
        schedule.times_triggered = 0;
      }
      return restart_now(trigger, context);
    case misfire::now_with_remaining_count: {
      const int missed = times_between(schedule, trigger.next.value_or(context.now), context.now);
      if (is_counted(schedule)) {
        schedule.repeat_count = std::max(0, schedule.repeat_count - (schedule.times_triggered + missed));
        schedule.times_triggered = 0;
      }
      return restart_now(trigger, context);
    }
    default:
      return;
  }
}

}  // namespace

void update_after_misfire(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context) {
  if (trigger.misfire_instruction == misfire::ignore) return;
  if (auto* simple = std::get_if<SimpleSchedule>(&trigger.schedule)) {
    return update_simple(trigger, *simple, calendar, context);
  }
  if (trigger.misfire_instruction == misfire::do_nothing) {
    trigger.next = next_from_now(trigger, calendar, false, context);
  } else {
    trigger.next = context.now;
  }
}

}  // namespace chronofault::triggers
