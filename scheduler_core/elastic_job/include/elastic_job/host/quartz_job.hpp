// The Quartz schedulers of one process, and what a controller sees of the one of its job (elasticjob 7.1 step 4, 7.7).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <elastic_job/profile.hpp>
#include <elastic_job/schedule_controller.hpp>
#include <ports/system.hpp>
#include <quartz/scheduler.hpp>

namespace chronofault::elastic_job {

/// Runs one trigger: LiteJob.execute.
using RunJob = std::function<Task<>(std::optional<WallTime> fire)>;

/// A scheduler and the jobs that were made for it. Upstream a job's data carry the executor of the job that put it into
/// the store; here they carry the executor's number.
class NamedScheduler {
 public:
  NamedScheduler(Ports& ports, const std::string& job, const Profile& profile);
  NamedScheduler(const NamedScheduler&) = delete;
  NamedScheduler& operator=(const NamedScheduler&) = delete;

  quartz::Scheduler& scheduler() noexcept { return scheduler_; }
  Clock& clock() noexcept { return clock_; }
  /// The job's data from now on name this executor.
  std::string add(RunJob run);
  /// Throws IllegalArgumentError. The zone lives as long as this.
  const TimeZone* zone(const std::optional<std::string>& name);

 private:
  Task<> run(std::string number, std::optional<WallTime> fire);

  Clock& clock_;
  quartz::JobClasses classes_;
  std::vector<RunJob> runs_;
  std::deque<TimeZone> zones_;
  quartz::Scheduler scheduler_;  // last: its tasks use all of the above
};

class QuartzSchedulers {
 public:
  /// StdSchedulerFactory.getScheduler(): one that is not shut down is used again.
  NamedScheduler& get(Ports& ports, const std::string& job, const Profile& profile);

 private:
  std::map<std::string, NamedScheduler*> newest_;
  std::vector<std::unique_ptr<NamedScheduler>> all_;
};

class QuartzJob final : public JobQuartz {
 public:
  /// `plug_in`: JobShutdownHookPlugin.shutdown, called by every shutdown of the scheduler.
  QuartzJob(NamedScheduler& named, std::string job, RunJob run, std::function<Task<>()> plug_in);

  bool is_shutdown() const override { return scheduler_.is_shutdown(); }
  bool is_started() const override { return scheduler_.is_started(); }
  Task<> start() override { return scheduler_.start(); }
  Task<> shutdown(bool wait) override;
  Task<bool> job_exists() override { return scheduler_.job_exists(key_); }
  Task<> schedule_cron(std::string cron, std::optional<std::string> time_zone) override;
  Task<> schedule_one_off() override;
  Task<> trigger() override;
  Task<std::optional<OwnTrigger>> own_trigger() override;
  Task<quartz::TriggerState> own_trigger_state() override { return scheduler_.trigger_state(key_); }
  Task<> replace_with_cron(std::string cron, std::optional<std::string> time_zone) override;
  Task<> replace_with_one_off() override;
  Task<> pause_all() override { return scheduler_.pause_all(); }
  Task<> resume_all() override { return scheduler_.resume_all(); }

 private:
  quartz::JobDetail detail() const;
  quartz::JobTrigger cron_trigger(const std::string& cron, const std::optional<std::string>& time_zone) const;
  quartz::JobTrigger one_off_trigger() const;
  quartz::JobTrigger trigger_with(triggers::Trigger::Schedule schedule) const;

  NamedScheduler& named_;
  quartz::Scheduler& scheduler_;
  quartz::JobKey key_;
  std::string number_;
  std::function<Task<>()> plug_in_;
};

}  // namespace chronofault::elastic_job
