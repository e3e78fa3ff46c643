// What a scheduler asks of the place where its jobs and triggers are kept (org.quartz.spi.JobStore). Two places exist:
// the process's memory (memory_store.hpp) and tables that several nodes may share (database_store.hpp).
//
// Every operation is a task: the memory store waits for its monitor, which a listener may hold for as long as its own
// requests last; the database store waits for locks and replies.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ports/task/task.hpp>
#include <quartz/job.hpp>

namespace chronofault::quartz {

/// org.quartz.Trigger.TriggerState: what a caller sees of a trigger (quartz 5.1).
enum class TriggerState { none, normal, paused, complete, error, blocked };

/// org.quartz.Trigger.CompletedExecutionInstruction (quartz 5.4), in upstream's order.
enum class CompletedExecution {
  noop,
  re_execute_job,
  set_trigger_complete,
  delete_trigger,
  set_all_job_triggers_complete,
  set_trigger_error,
  set_all_job_triggers_error,
};

/// org.quartz.spi.TriggerFiredBundle: what a worker gets to run.
struct FiredBundle {
  FiredBundle() = default;

  JobDetail job;
  JobTrigger trigger;  // as held by the node, after it fired
  WallTime fire_time;
  std::optional<WallTime> scheduled_fire_time;
  std::optional<WallTime> previous_fire_time;
  std::optional<WallTime> next_fire_time;
  bool recovering = false;
};

/// org.quartz.spi.TriggerFiredResult: a bundle, neither (the trigger must not run now), or what went wrong.
struct FiredResult {
  FiredResult() = default;

  std::optional<FiredBundle> bundle;
  std::exception_ptr error;
};

/// What the scheduler's API throws.
struct SchedulerException {
  explicit SchedulerException(std::string message) : message(std::move(message)) {}
  std::string message;
};

/// JobPersistenceException.
struct JobPersistence : SchedulerException {
  using SchedulerException::SchedulerException;
};

/// ObjectAlreadyExistsException.
struct ObjectAlreadyExists : JobPersistence {
  using JobPersistence::JobPersistence;
};

/// org.quartz.spi.SchedulerSignaler: what a store tells its scheduler, some of it while it holds its lock.
class Signaler {
 public:
  /// The misfire listeners run inside.
  virtual Task<> trigger_misfired(const JobTrigger& trigger) = 0;
  /// The trigger will not fire again.
  virtual Task<> trigger_finalized(const JobTrigger& trigger) = 0;
  virtual Task<> job_deleted(const JobKey& job) = 0;
  /// notifySchedulerListenersError.
  virtual Task<> scheduler_error(const std::string& message) = 0;
  /// signalSchedulingChange. None: upstream's 0, "no matter when".
  virtual void scheduling_changed(std::optional<WallTime> next_fire_time) = 0;

 protected:
  ~Signaler() = default;
};

/// References in arguments must stay valid until the task has ended. Everything throws JobPersistence where the store
/// fails; release() and complete() try until they succeed or the store is shut down.
class JobStore {
 public:
  virtual ~JobStore() = default;

  /// Before anything else, once. The signaler outlives the store's tasks.
  virtual void initialize(Signaler& signaler) = 0;
  /// What a start does besides is each store's (quartz 3, 7.16, 7.17).
  virtual Task<> scheduler_started() = 0;
  virtual void scheduler_paused() = 0;
  virtual void scheduler_resumed() = 0;
  /// Ends when the store's own threads have ended.
  virtual Task<> shutdown() = 0;

  // What applications do (quartz 7.14b, 7.15).
  virtual Task<> store_job_and_trigger(const JobDetail& job, const JobTrigger& trigger) = 0;
  virtual Task<> store_job(const JobDetail& job, bool replace) = 0;
  virtual Task<> store_trigger(const JobTrigger& trigger, bool replace) = 0;
  /// False: there is no trigger of that key. Throws JobPersistence if `trigger` names another job.
  virtual Task<bool> replace_trigger(const TriggerKey& old, const JobTrigger& trigger) = 0;
  virtual Task<bool> remove_trigger(const TriggerKey& key) = 0;
  virtual Task<bool> remove_job(const JobKey& key) = 0;
  virtual Task<std::optional<JobDetail>> job(const JobKey& key) = 0;
  virtual Task<std::optional<JobTrigger>> trigger(const TriggerKey& key) = 0;
  virtual Task<std::vector<JobTrigger>> triggers_of(const JobKey& job) = 0;
  virtual Task<TriggerState> trigger_state(const TriggerKey& key) = 0;
  virtual Task<> store_calendar(const std::string& name, const triggers::ExclusionCalendar& calendar, bool replace,
                                bool update_triggers) = 0;
  /// retrieveCalendar; null: there is none of that name.
  virtual Task<std::shared_ptr<const triggers::ExclusionCalendar>> calendar(const std::string& name) = 0;
  virtual Task<> pause_trigger(const TriggerKey& key) = 0;
  virtual Task<> pause_triggers(const std::string& group) = 0;
  virtual Task<> pause_job(const JobKey& key) = 0;
  virtual Task<> pause_jobs(const std::string& group) = 0;
  virtual Task<> pause_all() = 0;
  virtual Task<> resume_trigger(const TriggerKey& key) = 0;
  virtual Task<> resume_triggers(const std::string& group) = 0;
  virtual Task<> resume_job(const JobKey& key) = 0;
  virtual Task<> resume_jobs(const std::string& group) = 0;
  virtual Task<> resume_all() = 0;
  /// resetTriggerFromErrorState.
  virtual Task<> reset_error(const TriggerKey& key) = 0;

  // What the scheduler's thread and its workers do (quartz 7.11 .. 7.14).
  /// acquireNextTriggers: at most max_count triggers that fire until no_later_than, the first of which decides how far
  /// the others may lie behind (window).
  virtual Task<std::vector<JobTrigger>> acquire(WallTime no_later_than, int max_count, Duration window) = 0;
  /// triggersFired. The database store answers for each trigger; the memory store leaves skipped ones out.
  virtual Task<std::vector<FiredResult>> fired(std::vector<JobTrigger> batch) = 0;
  virtual Task<> release(const JobTrigger& trigger) = 0;
  virtual Task<> complete(const JobTrigger& trigger, const JobDetail& job, CompletedExecution instruction) = 0;

  /// How far ahead a signalled change must lie to be worth giving up what was acquired (quartz 3.1).
  virtual Duration worth_it_margin() const = 0;
  /// getAcquireRetryDelay before its clamp: 20 ms in memory, dbRetryInterval on a database.
  virtual Duration acquire_retry_delay() const = 0;
};

}  // namespace chronofault::quartz
