// When a job or workflow fires next, and which time expressions are accepted (powerjob 7.1).
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <powerjob/lifecycle.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>

namespace chronofault::powerjob {

/// Why a time expression was refused; upstream throws. `position`: byte offset in the expression, -1: none.
struct TimingError {
  std::string message;
  int position = -1;
};

/// A time expression with its type and life cycle, as a job or a workflow row holds it.
struct Timing {
  Timing() = default;
  Timing(TimeExpressionType type, std::string expression, LifeCycle lifecycle = {})
      : type(type), expression(std::move(expression)), lifecycle(lifecycle) {}
  /// A life cycle that does not parse counts as none.
  explicit Timing(const JobInfo& job);
  explicit Timing(const WorkflowInfo& workflow);
  TimeExpressionType type = TimeExpressionType::api;
  std::string expression;
  LifeCycle lifecycle;
};

/// calculateNextTriggerTime: the trigger after `previous` (null or past: after now); none: never again.
/// zone: that of the server process. Profiles without life cycle ignore it.
tl::expected<std::optional<WallTime>, TimingError> next_trigger_time(const Timing& timing,
                                                                     std::optional<WallTime> previous, WallTime now,
                                                                     const TimeZone& zone, const Profile& profile);

/// Whether the console accepts the expression when a job is saved.
tl::expected<void, TimingError> validate_timing(const Timing& timing, WallTime now, const TimeZone& zone,
                                                const Profile& profile);

/// next_trigger_time of a row that is saved or enabled: none for second-level jobs and those without a schedule; an
/// error for a cron expression without a future.
tl::expected<std::optional<WallTime>, TimingError> saved_trigger_time(const Timing& timing, WallTime now,
                                                                      const TimeZone& zone, const Profile& profile);

/// Interval of a FIXED_RATE or FIXED_DELAY expression; none if it is not a positive whole number.
std::optional<Duration> frequency_interval(const std::string& expression);

/// Whether a second-level job is run by this schedule pass (powerjob 3.1.1c), given that no instance is in progress.
struct SecondLevelStep {
  enum class Kind { disable, run, wait } kind = Kind::disable;
  Duration delay;  // run; zero or less: at once
};
SecondLevelStep second_level_step(const JobInfo& job, WallTime now, const Profile& profile);

/// What the schedule pass saves after a trigger (powerjob 3.1.1a.3): the row as read with its next trigger time, or
/// DISABLE if there is none.
JobInfo after_trigger(JobInfo job, std::optional<WallTime> next, WallTime now);
/// The same for workflows; false: V340, nothing is saved (3.1.1b).
bool after_trigger(WorkflowInfo& workflow, std::optional<WallTime> next, WallTime now, const Profile& profile);

}  // namespace chronofault::powerjob
