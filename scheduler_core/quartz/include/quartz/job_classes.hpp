// The classes of jobs that a process knows: name, annotations, and what their execute() does. A name that is not among
// them is a class that is not on the process's class path.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <ports/task/task.hpp>
#include <quartz/job_store.hpp>

namespace chronofault::quartz {

/// org.quartz.JobExecutionContext.
struct JobExecution {
  explicit JobExecution(FiredBundle fired) : fired(std::move(fired)) {}

  /// getMergedJobDataMap: the job's data, and over it the trigger's.
  JobData merged_data() const;

  FiredBundle fired;  // what a job changes in fired.job.data is kept if its class persists it
  int refire_count = 0;
  Duration run_time;  // of the run that has ended
};

/// org.quartz.JobExecutionException: thrown by a job. Anything else that it throws counts as one without flags.
struct JobFailed {
  explicit JobFailed(std::string message) : message(std::move(message)) {}

  std::string message;
  bool refire_immediately = false;
  bool unschedule_firing_trigger = false;
  bool unschedule_all_triggers = false;
};

struct JobClass {
  /// Runs on a worker; the execution lives until it has ended.
  using Execute = std::function<Task<>(JobExecution& execution)>;

  explicit JobClass(Execute execute) : execute(std::move(execute)) {}

  Execute execute;
  bool disallow_concurrent_execution = false;  // @DisallowConcurrentExecution
  bool persist_data_after_execution = false;   // @PersistJobDataAfterExecution
};

class JobClasses {
 public:
  void add(std::string name, JobClass job_class) { classes_.insert_or_assign(std::move(name), std::move(job_class)); }
  /// Null: ClassNotFoundException.
  const JobClass* find(const std::string& name) const {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : &found->second;
  }
  /// Sets the job's annotations if its class is known.
  void annotate(JobDetail& job) const;

 private:
  std::map<std::string, JobClass> classes_;
};

/// Trigger.executionComplete (quartz 5.4): what becomes of the trigger after a run. `failed`: null if the job threw
/// nothing.
CompletedExecution execution_complete(const JobTrigger& trigger, const JobFailed* failed);

}  // namespace chronofault::quartz
