#include <quartz/listeners.hpp>

namespace chronofault::quartz {

Task<> TriggerListener::trigger_fired(const JobExecution&) { co_return; }
Task<bool> TriggerListener::veto_job_execution(const JobExecution&) { co_return false; }
Task<> TriggerListener::trigger_misfired(const JobTrigger&) { co_return; }
Task<> TriggerListener::trigger_complete(const JobExecution&, CompletedExecution) { co_return; }

Task<> JobListener::job_to_be_executed(const JobExecution&) { co_return; }
Task<> JobListener::job_vetoed(const JobExecution&) { co_return; }
Task<> JobListener::job_executed(const JobExecution&, const JobFailed*) { co_return; }

Task<> SchedulerListener::job_scheduled(const JobTrigger&) { co_return; }
Task<> SchedulerListener::job_unscheduled(const TriggerKey&) { co_return; }
Task<> SchedulerListener::trigger_finalized(const JobTrigger&) { co_return; }
Task<> SchedulerListener::job_added(const JobDetail&) { co_return; }
Task<> SchedulerListener::job_deleted(const JobKey&) { co_return; }
Task<> SchedulerListener::scheduler_error(const std::string&) { co_return; }
Task<> SchedulerListener::scheduler_started() { co_return; }
Task<> SchedulerListener::scheduler_in_standby() { co_return; }
Task<> SchedulerListener::scheduler_shutting_down() { co_return; }
Task<> SchedulerListener::scheduler_shut_down() { co_return; }

}  // namespace chronofault::quartz
