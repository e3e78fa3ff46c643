#include <charconv>

#include <powerjob/rules/daily_time_interval.hpp>
#include <powerjob/rules/trigger_time.hpp>
#include <triggers/cron.hpp>

namespace chronofault::powerjob {

namespace {

using Next = tl::expected<std::optional<WallTime>, TimingError>;

LifeCycle lifecycle_of(const std::string& json) { return parse_lifecycle(json).value_or(LifeCycle()); }

tl::expected<triggers::CronExpression, TimingError> parse_cron(const std::string& text, const Profile& profile) {
  const auto dialect = profile.quartz_cron ? triggers::CronDialect::quartz : triggers::CronDialect::powerjob;
  auto parsed = triggers::CronExpression::parse(text, dialect);
  if (!parsed) return tl::unexpected(TimingError{parsed.error().message, static_cast<int>(parsed.error().position)});
  return std::move(*parsed);
}

tl::expected<DailyTimeInterval, TimingError> parse_daily(const std::string& text, const Profile& profile) {
  if (!profile.daily_time_interval)
    return tl::unexpected(TimingError{"DAILY_TIME_INTERVAL does not exist in this version"});
  auto parsed = parse_daily_time_interval(text);
  if (!parsed) return tl::unexpected(TimingError{parsed.error()});
  return *parsed;
}

std::optional<WallTime> within(std::optional<WallTime> next, const LifeCycle& lifecycle) {
  if (next && lifecycle.end && *next > *lifecycle.end) return std::nullopt;
  return next;
}

WallTime floor_second(WallTime t) {
  const std::int64_t rest = t.us() % 1'000'000;
  return WallTime::from_us(t.us() - (rest < 0 ? rest + 1'000'000 : rest));
}

Next next_cron(const Timing& timing, WallTime previous, WallTime now, const TimeZone& zone, const LifeCycle& lifecycle,
               const Profile& profile) {
  const auto cron = parse_cron(timing.expression, profile);
  if (!cron) return tl::unexpected(cron.error());
  if (lifecycle.start && *lifecycle.start > now && previous < *lifecycle.start) {
    // From the match before the start, so that a match at the start itself counts.
    previous = cron->previous_before(*lifecycle.start, zone).value_or(*lifecycle.start);
  }
  return within(cron->next_after(floor_second(previous), zone), lifecycle);
}

}  // namespace

Timing::Timing(const JobInfo& job)
    : Timing(job.time_expression_type, job.time_expression, lifecycle_of(job.lifecycle)) {}
Timing::Timing(const WorkflowInfo& workflow)
    : Timing(workflow.time_expression_type, workflow.time_expression, lifecycle_of(workflow.lifecycle)) {}

std::optional<Duration> frequency_interval(const std::string& expression) {
  std::int64_t ms = 0;
  const char* const end = expression.data() + expression.size();
  const auto parsed = std::from_chars(expression.data(), end, ms);
  constexpr std::int64_t longest_ms = 1'000'000'000'000;
  if (parsed.ec != std::errc{} || parsed.ptr != end || ms <= 0 || ms > longest_ms) return std::nullopt;
  return Duration::ms(ms);
}

Next next_trigger_time(const Timing& timing, std::optional<WallTime> previous, WallTime now, const TimeZone& zone,
                       const Profile& profile) {
  const LifeCycle lifecycle = profile.lifecycle ? timing.lifecycle : LifeCycle();
  const WallTime from = !previous || *previous < now ? now : *previous;
  switch (timing.type) {
    case TimeExpressionType::api:
    case TimeExpressionType::workflow:
    case TimeExpressionType::fixed_delay:
      return std::nullopt;
    case TimeExpressionType::fixed_rate: {
      const std::optional<Duration> interval = frequency_interval(timing.expression);
      if (!interval) return tl::unexpected(TimingError{"the interval must be a whole number of milliseconds above 0"});
      const bool not_begun = lifecycle.start && *lifecycle.start > from;
      return within(not_begun ? *lifecycle.start : from + *interval, lifecycle);
    }
    case TimeExpressionType::cron:
      return next_cron(timing, from, now, zone, lifecycle, profile);
    case TimeExpressionType::daily_time_interval: {
      const auto daily = parse_daily(timing.expression, profile);
      if (!daily) return tl::unexpected(daily.error());
      return next_daily_trigger(*daily, from, lifecycle, now, zone);
    }
  }
  return std::nullopt;
}

tl::expected<void, TimingError> validate_timing(const Timing& timing, WallTime now, const TimeZone& zone,
                                                const Profile& profile) {
  (void)zone;
  const LifeCycle lifecycle = profile.lifecycle ? timing.lifecycle : LifeCycle();
  if (lifecycle.end && *lifecycle.end <= now) return tl::unexpected(TimingError{"the life cycle has ended"});
  if (lifecycle.start && lifecycle.end && *lifecycle.start > *lifecycle.end) {
    return tl::unexpected(TimingError{"the life cycle ends before it starts"});
  }
  switch (timing.type) {
    case TimeExpressionType::api:
    case TimeExpressionType::workflow:
      return {};
    case TimeExpressionType::fixed_rate:
    case TimeExpressionType::fixed_delay: {
      if (!profile.frequency_is_validated) return {};
      const std::optional<Duration> interval = frequency_interval(timing.expression);
      if (!interval) return tl::unexpected(TimingError{"the interval must be a whole number of milliseconds above 0"});
      if (*interval > profile.frequency_max_interval) {
        return tl::unexpected(TimingError{"the interval must be at most " + to_string(profile.frequency_max_interval)});
      }
      return {};
    }
    case TimeExpressionType::cron: {
      const auto cron = parse_cron(timing.expression, profile);
      if (!cron) return tl::unexpected(cron.error());
      return {};
    }
    case TimeExpressionType::daily_time_interval: {
      const auto daily = parse_daily(timing.expression, profile);
      if (!daily) return tl::unexpected(daily.error());
      return {};
    }
  }
  return {};
}

Next saved_trigger_time(const Timing& timing, WallTime now, const TimeZone& zone, const Profile& profile) {
  const auto valid = validate_timing(timing, now, zone, profile);
  if (!valid) return tl::unexpected(valid.error());
  if (is_second_level(timing.type)) return std::nullopt;
  Next next = next_trigger_time(timing, std::nullopt, now, zone, profile);
  if (!next) return next;
  const bool needs_one =
      timing.type == TimeExpressionType::cron || timing.type == TimeExpressionType::daily_time_interval;
  if (needs_one && !*next) return tl::unexpected(TimingError{"the expression never fires again"});
  return next;
}

SecondLevelStep second_level_step(const JobInfo& job, WallTime now, const Profile& profile) {
  const LifeCycle lifecycle = profile.lifecycle ? lifecycle_of(job.lifecycle) : LifeCycle();
  if (lifecycle.end && *lifecycle.end < now) return {SecondLevelStep::Kind::disable, {}};
  if (!lifecycle.start) return {SecondLevelStep::Kind::run, {}};
  if (*lifecycle.start < now + profile.look_ahead) return {SecondLevelStep::Kind::run, *lifecycle.start - now};
  return {SecondLevelStep::Kind::wait, {}};
}

JobInfo after_trigger(JobInfo job, std::optional<WallTime> next, WallTime now) {
  if (next) {
    job.next_trigger_time = next;
  } else {
    job.status = SwitchStatus::disable;
  }
  job.gmt_modified = now;
  return job;
}

bool after_trigger(WorkflowInfo& workflow, std::optional<WallTime> next, WallTime now, const Profile& profile) {
  if (next) {
    workflow.next_trigger_time = next;
  } else if (profile.exhausted_workflow_is_disabled) {
    workflow.status = SwitchStatus::disable;
  } else {
    return false;
  }
  workflow.gmt_modified = now;
  return true;
}

}  // namespace chronofault::powerjob
