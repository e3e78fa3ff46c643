// Who is told of what a scheduler does (org.quartz.TriggerListener, JobListener, SchedulerListener). Listeners run on
// the thread that tells them: a worker, the scheduler's thread, or whoever calls the API.
//
// What the listener of a run throws ends the run shell without a completion (quartz 5.5); what a listener of misfires
// or of the scheduler throws is dropped, as upstream logs it.
#pragma once

#include <string>

#include <quartz/job_classes.hpp>

namespace chronofault::quartz {

class TriggerListener {
 public:
  virtual ~TriggerListener() = default;
  virtual Task<> trigger_fired(const JobExecution& execution);
  /// True: the job does not run this time.
  virtual Task<bool> veto_job_execution(const JobExecution& execution);
  /// The store holds its lock: with the memory store, whoever needs the store waits until this has ended. So it must
  /// not ask the store itself.
  virtual Task<> trigger_misfired(const JobTrigger& trigger);
  virtual Task<> trigger_complete(const JobExecution& execution, CompletedExecution instruction);
};

class JobListener {
 public:
  virtual ~JobListener() = default;
  virtual Task<> job_to_be_executed(const JobExecution& execution);
  virtual Task<> job_vetoed(const JobExecution& execution);
  /// `failed`: null if the job threw nothing.
  virtual Task<> job_executed(const JobExecution& execution, const JobFailed* failed);
};

class SchedulerListener {
 public:
  virtual ~SchedulerListener() = default;
  virtual Task<> job_scheduled(const JobTrigger& trigger);
  virtual Task<> job_unscheduled(const TriggerKey& trigger);
  /// The trigger will not fire again. The store may hold its lock, as in trigger_misfired.
  virtual Task<> trigger_finalized(const JobTrigger& trigger);
  virtual Task<> job_added(const JobDetail& job);
  /// As trigger_finalized.
  virtual Task<> job_deleted(const JobKey& job);
  virtual Task<> scheduler_error(const std::string& message);
  virtual Task<> scheduler_started();
  virtual Task<> scheduler_in_standby();
  virtual Task<> scheduler_shutting_down();
  virtual Task<> scheduler_shut_down();
};

}  // namespace chronofault::quartz
