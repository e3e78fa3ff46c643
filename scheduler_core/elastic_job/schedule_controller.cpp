#include <elastic_job/errors.hpp>
#include <elastic_job/schedule_controller.hpp>

namespace chronofault::elastic_job {

namespace {

/// catch (SchedulerException) -> JobSystemException.
template <class T>
Task<T> wrapped(Task<T> body) {
  try {
    co_return co_await std::move(body);
  } catch (const quartz::SchedulerException& error) {
    throw JobSystemError("SchedulerException: " + error.message);
  }
}

Task<> schedule(JobQuartz* quartz, std::string cron, std::optional<std::string> time_zone) {
  const bool exists = co_await quartz->job_exists();
  if (!exists) co_await quartz->schedule_cron(std::move(cron), std::move(time_zone));
  co_await quartz->start();
}

Task<> reschedule(JobQuartz* quartz, std::string cron, std::optional<std::string> time_zone) {
  const std::optional<JobQuartz::OwnTrigger> trigger = co_await quartz->own_trigger();
  if (trigger && !trigger->is_cron) throw JavaError("ClassCastException", "SimpleTrigger is no CronTrigger");
  if (quartz->is_shutdown() || !trigger || trigger->cron == cron) co_return;
  co_await quartz->replace_with_cron(std::move(cron), std::move(time_zone));
}

Task<> reschedule_once(JobQuartz* quartz) {
  const std::optional<JobQuartz::OwnTrigger> trigger = co_await quartz->own_trigger();
  if (trigger && trigger->is_cron) throw JavaError("ClassCastException", "CronTrigger is no SimpleTrigger");
  if (!quartz->is_shutdown() && trigger) co_await quartz->replace_with_one_off();
}

// Test and addition are two steps: a one-off job may leave the store between them.
Task<> trigger_now(JobQuartz* quartz) {
  if (quartz->is_shutdown()) co_return;
  const bool exists = co_await quartz->job_exists();
  if (exists) {
    co_await quartz->trigger();
  } else {
    co_await quartz->schedule_one_off();
  }
  if (!quartz->is_started()) co_await quartz->start();
}

Task<bool> paused(JobQuartz* quartz) {
  if (quartz->is_shutdown()) co_return false;
  const quartz::TriggerState state = co_await quartz->own_trigger_state();
  co_return state == quartz::TriggerState::paused;
}

}  // namespace

// spec: elasticjob 7.1 step 12
Task<> ScheduleController::schedule_job(std::string cron, std::optional<std::string> time_zone) {
  return wrapped(schedule(&quartz_, std::move(cron), std::move(time_zone)));
}

// spec: elasticjob 7.7 rescheduleCron
Task<> ScheduleController::reschedule_cron(std::string cron, std::optional<std::string> time_zone) {
  const Mutex::Guard guard = co_await monitor_.lock();
  co_await wrapped(reschedule(&quartz_, std::move(cron), std::move(time_zone)));
}

// spec: elasticjob 7.7 rescheduleOneOff
Task<> ScheduleController::reschedule_one_off() {
  const Mutex::Guard guard = co_await monitor_.lock();
  co_await wrapped(reschedule_once(&quartz_));
}

// spec: elasticjob 7.7 triggerJob
Task<> ScheduleController::trigger_job() {
  const Mutex::Guard guard = co_await monitor_.lock();
  co_await wrapped(trigger_now(&quartz_));
}

// spec: elasticjob 7.7 pauseJob
Task<> ScheduleController::pause_job() {
  const Mutex::Guard guard = co_await monitor_.lock();
  if (!quartz_.is_shutdown()) co_await wrapped(quartz_.pause_all());
}

// spec: elasticjob 7.7 resumeJob
Task<> ScheduleController::resume_job() {
  const Mutex::Guard guard = co_await monitor_.lock();
  if (!quartz_.is_shutdown()) co_await wrapped(quartz_.resume_all());
}

// spec: elasticjob 7.7 isPaused
Task<bool> ScheduleController::is_paused() {
  const Mutex::Guard guard = co_await monitor_.lock();
  co_return co_await wrapped(paused(&quartz_));
}

// spec: elasticjob 7.15
Task<> ScheduleController::shutdown(bool wait) {
  const Mutex::Guard guard = co_await monitor_.lock();
  if (!quartz_.is_shutdown()) co_await wrapped(quartz_.shutdown(wait));
}

}  // namespace chronofault::elastic_job
