// org.quartz.core.QuartzScheduler (quartz 1, 3, 6): one node. It puts a job store, a thread that acquires and fires
// (scheduler_thread.hpp) and workers (worker_pool.hpp) together, and is what applications call.
//
// Every call throws SchedulerException where upstream does: after shutdown; JobPersistence where the store fails; and
// what the trigger engine throws (triggers/errors.hpp). A call that changes what is due signals the scheduler's thread.
//
// Not modelled: matchers other than "group equals", listeners of some keys only, remote schedulers, plug-ins.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ports/system.hpp>
#include <quartz/job_classes.hpp>
#include <quartz/job_store.hpp>
#include <quartz/listeners.hpp>
#include <quartz/scheduler_thread.hpp>
#include <quartz/worker_pool.hpp>

namespace chronofault::quartz {

struct SchedulerSettings {
  SchedulerSettings() = default;

  std::string name = "QuartzScheduler";               // scheduler.instanceName
  std::string instance_id = "NON_CLUSTERED";          // scheduler.instanceId, AUTO resolved
  int thread_count = 10;                              // threadPool.threadCount
  std::optional<Duration> idle_wait_time;             // scheduler.idleWaitTime; none: 30 s
  int max_batch_size = 1;                             // scheduler.batchTriggerAcquisitionMaxCount
  Duration batch_time_window;                         // scheduler.batchTriggerAcquisitionFireAheadTimeWindow
  std::optional<Duration> loop_bound;                 // SchedulerThreadSettings::loop_bound
  bool interrupt_jobs_on_shutdown = false;            // scheduler.interruptJobsOnShutdown
  bool interrupt_jobs_on_shutdown_with_wait = false;  // scheduler.interruptJobsOnShutdownWithWait
};

class Scheduler {
 public:
  /// `ports` and `classes` outlive it. Nothing runs before start().
  Scheduler(Ports& ports, SchedulerSettings settings, std::unique_ptr<JobStore> store, const JobClasses& classes);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  /// Ends its tasks without a word. Not from inside one of them.
  ~Scheduler();

  // Listeners outlive the scheduler's tasks, and are told in the order of their registration.
  void add_trigger_listener(TriggerListener& listener);
  void add_job_listener(JobListener& listener);
  void add_scheduler_listener(SchedulerListener& listener);

  // Life (quartz 3).
  /// Also ends a standby.
  Task<> start();
  Task<> standby();
  /// wait: returns when the running jobs have ended; else they run on. Nothing if it is shutting down already.
  Task<> shutdown(bool wait_for_jobs);
  /// start() was called, and neither standby() nor shutdown() since.
  bool is_started() const noexcept;
  bool in_standby() const noexcept { return thread_.paused(); }
  /// isShutdown(): true near the end of shutdown(); calls are refused from then on.
  bool is_shutdown() const noexcept { return closed_; }

  // Scheduling (quartz 7.15). The trigger's `next` is computed here; `job` of the trigger is set to the job's key.
  /// The first fire time. Throws SchedulerException: refused, or it will never fire; ObjectAlreadyExists. A calendar
  /// that does not exist counts as none, and the trigger never fires then.
  Task<WallTime> schedule_job(JobDetail job, JobTrigger trigger);
  /// For a job that is stored.
  Task<WallTime> schedule_job(JobTrigger trigger);
  /// None: there is no trigger of that key. The job stays the same.
  Task<std::optional<WallTime>> reschedule_job(TriggerKey key, JobTrigger trigger);
  Task<bool> unschedule_job(TriggerKey key);
  /// Without a trigger: the job must be durable, else SchedulerException.
  Task<> add_job(JobDetail job, bool replace);
  Task<bool> delete_job(JobKey key);
  /// Once, now, by a trigger MT_... of the group DEFAULT. Throws JobPersistence: no such job.
  Task<> trigger_job(JobKey key, JobData data);
  Task<> add_calendar(std::string name, triggers::ExclusionCalendar calendar, bool replace, bool update_triggers);

  // Pausing (quartz 7.14b).
  Task<> pause_trigger(TriggerKey key);
  Task<> pause_triggers(std::string group);
  Task<> pause_job(JobKey key);
  Task<> pause_jobs(std::string group);
  Task<> pause_all();
  Task<> resume_trigger(TriggerKey key);
  Task<> resume_triggers(std::string group);
  Task<> resume_job(JobKey key);
  Task<> resume_jobs(std::string group);
  Task<> resume_all();
  Task<> reset_error(TriggerKey key);

  // Questions.
  Task<bool> job_exists(JobKey key);
  Task<bool> trigger_exists(TriggerKey key);
  Task<std::optional<JobDetail>> job(JobKey key);
  Task<std::optional<JobTrigger>> trigger(TriggerKey key);
  Task<std::vector<JobTrigger>> triggers_of(JobKey key);
  Task<TriggerState> trigger_state(TriggerKey key);
  /// Jobs that run on this node now.
  int running_jobs() const noexcept { return static_cast<int>(running_.size()); }

  const SchedulerSettings& settings() const noexcept { return settings_; }
  JobStore& store() noexcept { return *store_; }
  /// A trigger context of this process, at the present instant.
  triggers::TriggerContext context() const;

 private:
  friend class JobRunShell;
  class Signals;

  void validate_state() const;
  /// validate() and computeFirstFireTime with the trigger's calendar.
  Task<WallTime> first_fire_time(JobTrigger* trigger);
  /// False: the job's class is not known.
  Task<bool> run(FiredBundle bundle);
  /// After a change through the API.
  void signal() { thread_.signal(std::nullopt); }
  std::string new_trigger_name();
  Task<> tell(std::function<Task<>(SchedulerListener&)> what);
  Task<> tell_error(std::string message);
  Task<> tell_finalized(const JobTrigger& trigger);
  Task<> tell_deleted(const JobKey& job);
  /// Signals and tells.
  Task<> scheduled(const JobTrigger* trigger);
  Task<> unscheduled(const TriggerKey* trigger);

  Ports& ports_;
  SchedulerSettings settings_;
  const JobClasses& classes_;
  int give_up_year_;
  RandomStream& draws_;
  std::vector<TriggerListener*> trigger_listeners_;
  std::vector<JobListener*> job_listeners_;
  std::vector<SchedulerListener*> scheduler_listeners_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<JobStore> store_;
  bool ever_started_ = false;
  bool shutting_down_ = false;
  bool closed_ = false;
  std::vector<Fiber*> running_;  // in the order of their starts
  WorkerPool workers_;
  SchedulerThread thread_;  // last: its task uses all of the above
};

}  // namespace chronofault::quartz
