// What applications ask of a scheduler (quartz 7.14b, 7.15): checked here, kept by the store, and signalled to the
// scheduler's thread.
#include <fmt/format.h>

#include <quartz/scheduler.hpp>

namespace chronofault::quartz {
namespace {

/// Long.toString(r, radix).
std::string in_radix(std::uint64_t r, unsigned radix) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[r % radix]);
    r /= radix;
  } while (r > 0);
  return digits;
}

}  // namespace

std::string Scheduler::new_trigger_name() {
  const auto drawn = static_cast<std::int64_t>(draws_.next());
  const std::uint64_t size =
      drawn < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(drawn) : static_cast<std::uint64_t>(drawn);
  return "MT_" + in_radix(size, 30 + static_cast<unsigned>(ports_.clock.wall().ms() % 7));
}

Task<WallTime> Scheduler::first_fire_time(JobTrigger* trigger) {
  if (const auto why = triggers::refused(trigger->trigger)) throw SchedulerException(*why);
  const std::shared_ptr<const triggers::ExclusionCalendar> calendar =
      co_await store_->calendar(trigger->trigger.calendar_name);
  const auto first = triggers::compute_first_fire_time(trigger->trigger, calendar.get(), context());
  if (!first) {
    throw SchedulerException(fmt::format("Based on configured schedule, the given trigger '{}.{}' will never fire.",
                                         trigger->trigger.key.group, trigger->trigger.key.name));
  }
  co_return *first;
}

Task<WallTime> Scheduler::schedule_job(JobDetail job, JobTrigger trigger) {
  validate_state();
  if (trigger.job.name.empty()) trigger.job = job.key;
  if (trigger.job != job.key) throw SchedulerException("Trigger does not reference given job!");
  classes_.annotate(job);
  const WallTime first = co_await first_fire_time(&trigger);
  co_await store_->store_job_and_trigger(job, trigger);
  const JobDetail* added = &job;
  const auto what = [added](SchedulerListener& listener) { return listener.job_added(*added); };
  co_await tell(what);
  co_await scheduled(&trigger);
  co_return first;
}

Task<WallTime> Scheduler::schedule_job(JobTrigger trigger) {
  validate_state();
  const WallTime first = co_await first_fire_time(&trigger);
  co_await store_->store_trigger(trigger, false);
  co_await scheduled(&trigger);
  co_return first;
}

Task<> Scheduler::scheduled(const JobTrigger* trigger) {
  thread_.signal(trigger->trigger.next);
  const auto what = [trigger](SchedulerListener& listener) { return listener.job_scheduled(*trigger); };
  co_await tell(what);
}

Task<> Scheduler::unscheduled(const TriggerKey* trigger) {
  const auto what = [trigger](SchedulerListener& listener) { return listener.job_unscheduled(*trigger); };
  co_await tell(what);
}

Task<std::optional<WallTime>> Scheduler::reschedule_job(TriggerKey key, JobTrigger trigger) {
  validate_state();
  const std::optional<JobTrigger> old = co_await store_->trigger(key);
  if (!old) co_return std::nullopt;
  trigger.job = old->job;
  const WallTime first = co_await first_fire_time(&trigger);
  const bool replaced = co_await store_->replace_trigger(key, trigger);
  if (!replaced) co_return std::nullopt;
  thread_.signal(trigger.trigger.next);
  co_await unscheduled(&key);
  co_await scheduled(&trigger);
  co_return first;
}

Task<bool> Scheduler::unschedule_job(TriggerKey key) {
  validate_state();
  const bool removed = co_await store_->remove_trigger(key);
  if (!removed) co_return false;
  signal();
  co_await unscheduled(&key);
  co_return true;
}

Task<> Scheduler::add_job(JobDetail job, bool replace) {
  validate_state();
  if (!job.durable) throw SchedulerException("Jobs added with no trigger must be durable.");
  classes_.annotate(job);
  co_await store_->store_job(job, replace);
  signal();
  const JobDetail* added = &job;
  const auto what = [added](SchedulerListener& listener) { return listener.job_added(*added); };
  co_await tell(what);
}

Task<bool> Scheduler::delete_job(JobKey key) {
  validate_state();
  const std::vector<JobTrigger> triggers = co_await store_->triggers_of(key);
  for (const JobTrigger& trigger : triggers) {
    const bool removed = co_await unschedule_job(trigger.trigger.key);
    if (!removed) {
      throw SchedulerException(fmt::format("Unable to unschedule trigger [{}.{}] while deleting job [{}.{}]",
                                           trigger.trigger.key.group, trigger.trigger.key.name, key.group, key.name));
    }
  }
  const bool removed = co_await store_->remove_job(key);
  if (!removed && triggers.empty()) co_return false;
  signal();
  co_await tell_deleted(key);
  co_return true;
}

Task<> Scheduler::trigger_job(JobKey key, JobData data) {
  validate_state();
  JobTrigger trigger;
  trigger.job = std::move(key);
  trigger.data = std::move(data);
  trigger.trigger.start = context().now;
  triggers::compute_first_fire_time(trigger.trigger, nullptr, context());
  bool stored = false;
  while (!stored) {
    trigger.trigger.key = TriggerKey(triggers::default_group, new_trigger_name());
    try {
      co_await store_->store_trigger(trigger, false);
      stored = true;
    } catch (const ObjectAlreadyExists&) {
      // Drawn before: draw again.
    }
  }
  co_await scheduled(&trigger);
}

Task<> Scheduler::add_calendar(std::string name, triggers::ExclusionCalendar calendar, bool replace,
                               bool update_triggers) {
  validate_state();
  co_await store_->store_calendar(name, calendar, replace, update_triggers);
}

// --- pausing -------------------------------------------------------------------------------------------------------

Task<> Scheduler::pause_trigger(TriggerKey key) {
  validate_state();
  co_await store_->pause_trigger(key);
  signal();
}

Task<> Scheduler::pause_triggers(std::string group) {
  validate_state();
  co_await store_->pause_triggers(group);
  signal();
}

Task<> Scheduler::pause_job(JobKey key) {
  validate_state();
  co_await store_->pause_job(key);
  signal();
}

Task<> Scheduler::pause_jobs(std::string group) {
  validate_state();
  co_await store_->pause_jobs(group);
  signal();
}

Task<> Scheduler::pause_all() {
  validate_state();
  co_await store_->pause_all();
  signal();
}

Task<> Scheduler::resume_trigger(TriggerKey key) {
  validate_state();
  co_await store_->resume_trigger(key);
  signal();
}

Task<> Scheduler::resume_triggers(std::string group) {
  validate_state();
  co_await store_->resume_triggers(group);
  signal();
}

Task<> Scheduler::resume_job(JobKey key) {
  validate_state();
  co_await store_->resume_job(key);
  signal();
}

Task<> Scheduler::resume_jobs(std::string group) {
  validate_state();
  co_await store_->resume_jobs(group);
  signal();
}

Task<> Scheduler::resume_all() {
  validate_state();
  co_await store_->resume_all();
  signal();
}

Task<> Scheduler::reset_error(TriggerKey key) {
  validate_state();
  co_await store_->reset_error(key);
}

// --- questions -----------------------------------------------------------------------------------------------------

Task<bool> Scheduler::job_exists(JobKey key) {
  const std::optional<JobDetail> found = co_await job(std::move(key));
  co_return found.has_value();
}

Task<bool> Scheduler::trigger_exists(TriggerKey key) {
  const std::optional<JobTrigger> found = co_await trigger(std::move(key));
  co_return found.has_value();
}

Task<std::optional<JobDetail>> Scheduler::job(JobKey key) {
  validate_state();
  co_return co_await store_->job(key);
}

Task<std::optional<JobTrigger>> Scheduler::trigger(TriggerKey key) {
  validate_state();
  co_return co_await store_->trigger(key);
}

Task<std::vector<JobTrigger>> Scheduler::triggers_of(JobKey key) {
  validate_state();
  co_return co_await store_->triggers_of(key);
}

Task<TriggerState> Scheduler::trigger_state(TriggerKey key) {
  validate_state();
  co_return co_await store_->trigger_state(key);
}

}  // namespace chronofault::quartz
