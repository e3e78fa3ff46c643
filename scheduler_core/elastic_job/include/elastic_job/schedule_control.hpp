// JobScheduleController as the rest sees it: the clock of one job (elasticjob 7.7).
#pragma once

#include <optional>
#include <string>

#include <ports/task/task.hpp>

namespace chronofault::elastic_job {

/// Everything throws JobSystemError where Quartz throws, save where said.
class ScheduleControl {
 public:
  virtual ~ScheduleControl() = default;

  /// With the cron trigger, unless the job exists; starts the scheduler.
  virtual Task<> schedule_job(std::string cron, std::optional<std::string> time_zone) = 0;
  /// Another expression replaces the trigger's. Throws JavaError: the trigger is no cron trigger.
  virtual Task<> reschedule_cron(std::string cron, std::optional<std::string> time_zone) = 0;
  /// A pending or running one-off trigger is replaced by a new one for now. Throws JavaError: it is no simple trigger.
  virtual Task<> reschedule_one_off() = 0;
  /// Once, now.
  virtual Task<> trigger_job() = 0;
  virtual Task<> pause_job() = 0;
  virtual Task<> resume_job() = 0;
  virtual Task<bool> is_paused() = 0;
  /// wait: returns when the run in progress has ended, and holds off every other call until then.
  virtual Task<> shutdown(bool wait) = 0;
};

}  // namespace chronofault::elastic_job
