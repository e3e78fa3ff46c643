#include <quartz/job_classes.hpp>

namespace chronofault::quartz {

JobData JobExecution::merged_data() const {
  JobData merged = fired.trigger.data;
  merged.insert(fired.job.data.begin(), fired.job.data.end());
  return merged;
}

void JobClasses::annotate(JobDetail& job) const {
  const JobClass* job_class = find(job.job_class);
  if (job_class == nullptr) return;
  job.disallow_concurrent_execution = job_class->disallow_concurrent_execution;
  job.persist_data_after_execution = job_class->persist_data_after_execution;
}

CompletedExecution execution_complete(const JobTrigger& trigger, const JobFailed* failed) {
  if (failed != nullptr) {
    if (failed->refire_immediately) return CompletedExecution::re_execute_job;
    if (failed->unschedule_firing_trigger) return CompletedExecution::set_trigger_complete;
    if (failed->unschedule_all_triggers) return CompletedExecution::set_all_job_triggers_complete;
  }
  return trigger.trigger.next ? CompletedExecution::noop : CompletedExecution::delete_trigger;
}

}  // namespace chronofault::quartz
