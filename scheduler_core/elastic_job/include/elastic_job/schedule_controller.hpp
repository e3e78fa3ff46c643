// JobScheduleController over a Quartz scheduler (elasticjob 7.7). All its methods but schedule_job() exclude each
// other.
#pragma once

#include <elastic_job/schedule_control.hpp>
#include <ports/task/sync.hpp>
#include <quartz/job_store.hpp>

namespace chronofault::elastic_job {

/// What the controller asks of org.quartz.Scheduler about its one job. Everything but the two questions that need no
/// answer from the store throws quartz::SchedulerException.
class JobQuartz {
 public:
  virtual ~JobQuartz() = default;

  virtual bool is_shutdown() const = 0;
  virtual bool is_started() const = 0;
  virtual Task<> start() = 0;
  virtual Task<> shutdown(bool wait) = 0;
  virtual Task<bool> job_exists() = 0;
  /// scheduleJob(detail, trigger). Throws IllegalArgumentError, JavaError: the expression or the time zone is refused.
  virtual Task<> schedule_cron(std::string cron, std::optional<std::string> time_zone) = 0;
  virtual Task<> schedule_one_off() = 0;
  /// triggerJob: a manual trigger.
  virtual Task<> trigger() = 0;
  /// The trigger that is named like the job.
  struct OwnTrigger {
    OwnTrigger() = default;
    bool is_cron = false;
    std::string cron;  // getCronExpression(); empty: none
  };
  virtual Task<std::optional<OwnTrigger>> own_trigger() = 0;
  virtual Task<quartz::TriggerState> own_trigger_state() = 0;
  /// rescheduleJob of that trigger. Throws as schedule_cron.
  virtual Task<> replace_with_cron(std::string cron, std::optional<std::string> time_zone) = 0;
  virtual Task<> replace_with_one_off() = 0;
  virtual Task<> pause_all() = 0;
  virtual Task<> resume_all() = 0;
};

class ScheduleController final : public ScheduleControl {
 public:
  explicit ScheduleController(JobQuartz& quartz) : quartz_(quartz) {}

  Task<> schedule_job(std::string cron, std::optional<std::string> time_zone) override;
  Task<> reschedule_cron(std::string cron, std::optional<std::string> time_zone) override;
  Task<> reschedule_one_off() override;
  Task<> trigger_job() override;
  Task<> pause_job() override;
  Task<> resume_job() override;
  Task<bool> is_paused() override;
  Task<> shutdown(bool wait) override;

 private:
  JobQuartz& quartz_;
  Mutex monitor_;
};

}  // namespace chronofault::elastic_job
