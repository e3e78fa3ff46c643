// Simple triggers (quartz 7.5) and cron triggers (quartz 7.6).
#include "fire_times.hpp"

namespace chronofault::triggers {
namespace {

/// start + n * interval in milliseconds; none: beyond all instants.
FireTime at_repetition(const SimpleSchedule& schedule, WallTime start, std::int64_t n) {
  std::int64_t span = 0;
  if (__builtin_mul_overflow(schedule.repeat_interval.count_us(), n, &span)) return std::nullopt;
  std::int64_t us = 0;
  if (__builtin_add_overflow(start.us(), span, &us)) return std::nullopt;
  return WallTime::from_us(us);
}

}  // namespace

int times_between(const SimpleSchedule& schedule, WallTime from, WallTime to) {
  if (schedule.repeat_interval < Duration::ms(1)) return 0;
  return static_cast<int>((to - from) / schedule.repeat_interval);
}

FireTime after(const SimpleSchedule& schedule, const Trigger& trigger, WallTime t, const TriggerContext&) {
  const bool limited = schedule.repeat_count != endless;
  if (limited && schedule.times_triggered > schedule.repeat_count) return std::nullopt;
  if (schedule.repeat_count == 0 && t >= trigger.start) return std::nullopt;
  if (trigger.end && *trigger.end <= t) return std::nullopt;
  if (t < trigger.start) return trigger.start;
  // Refused by validation; upstream divides by zero.
  if (schedule.repeat_interval < Duration::ms(1)) return std::nullopt;
  const std::int64_t n = (t - trigger.start) / schedule.repeat_interval + 1;
  if (limited && n > schedule.repeat_count) return std::nullopt;
  const FireTime found = at_repetition(schedule, trigger.start, n);
  if (found && trigger.end && *trigger.end <= *found) return std::nullopt;
  return found;
}

FireTime last(const SimpleSchedule& schedule, const Trigger& trigger, const TriggerContext&) {
  const auto before_end = [&]() -> FireTime {
    if (*trigger.end < trigger.start) return std::nullopt;
    return at_repetition(schedule, trigger.start, times_between(schedule, trigger.start, *trigger.end));
  };
  if (schedule.repeat_count == 0) return trigger.start;
  if (schedule.repeat_count == endless) return trigger.end ? before_end() : std::nullopt;
  const FireTime of_count = at_repetition(schedule, trigger.start, schedule.repeat_count);
  return !trigger.end || (of_count && *of_count < *trigger.end) ? of_count : before_end();
}

FireTime after(const CronSchedule& schedule, const Trigger& trigger, WallTime t, const TriggerContext& context) {
  if (t < trigger.start) t = trigger.start - Duration::seconds(1);
  if (trigger.end && *trigger.end <= t) return std::nullopt;
  const FireTime found = schedule.expression.time_after(t, *schedule.zone, context.now);
  if (found && trigger.end && *found > *trigger.end) return std::nullopt;
  return found;
}

FireTime last(const CronSchedule&, const Trigger&, const TriggerContext&) { return std::nullopt; }

}  // namespace chronofault::triggers
