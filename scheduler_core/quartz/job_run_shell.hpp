// org.quartz.core.JobRunShell (quartz 5.5): one fire on a worker, from the first listener to the completion.
//
// A listener that throws ends the run at once and no completion is stored: the fired trigger's row stays, and a job
// that must not run twice at once stays blocked. Nothing records whether the job succeeded.
#pragma once

#include <optional>
#include <string>

#include <quartz/scheduler.hpp>

namespace chronofault::quartz {

class JobRunShell {
 public:
  /// Both outlive the shell.
  JobRunShell(Scheduler& scheduler, const JobClass& job_class, FiredBundle bundle)
      : scheduler_(scheduler), job_class_(job_class), execution_(std::move(bundle)) {}

  Task<> run();

 private:
  enum class Beginning { runs, vetoed, failed };

  Task<Beginning> tell_beginning();
  Task<> ask_trigger_listeners(bool* vetoed);
  Task<> tell_vetoed();
  Task<std::optional<JobFailed>> execute();
  Task<> tell_executed(const JobFailed* failed);
  Task<> tell_complete(CompletedExecution instruction);
  Task<> tell_finalized();
  Task<> end(CompletedExecution instruction);
  /// False: a listener threw.
  Task<bool> told(Task<> listeners, std::string_view what);

  Scheduler& scheduler_;
  const JobClass& job_class_;
  JobExecution execution_;
};

}  // namespace chronofault::quartz
