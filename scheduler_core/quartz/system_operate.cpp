#include "system_operate.hpp"

#include <quartz/database_store.hpp>
#include <quartz/scheduler.hpp>

#include "system_info.hpp"
#include "system_jobs.hpp"

namespace chronofault::quartz {

namespace {

Task<> run_nothing(JobExecution&) { co_return; }

JobClasses classes_to_read() {
  JobClasses classes;
  JobClass exclusive(run_nothing);
  exclusive.disallow_concurrent_execution = true;
  classes.add(work_class, JobClass(run_nothing));
  classes.add(exclusive_work_class, std::move(exclusive));
  return classes;
}

/// The first fire time of a run; none: the action makes none.
Task<std::optional<WallTime>> carry_out(Scheduler* scheduler, const OperatorAction* action) {
  std::optional<WallTime> fire;
  const JobKey job(triggers::default_group, action->job);
  if (action->verb == "run") {
    const triggers::TriggerContext context = scheduler->context();
    const WallTime start = context.now + action->delay;
    const std::string name = "MT_" + std::to_string(context.now.ms());
    const JobTrigger once = single_run_of(action->job, name, start, context);
    fire = co_await scheduler->schedule_job(once);
  } else if (action->verb == "pause") {
    co_await scheduler->pause_job(job);
  } else {
    co_await scheduler->resume_job(job);
  }
  co_return fire;
}

}  // namespace

Task<OperatorResult> operate_tables(OperatorAction action, const ClusterSpec* cluster, Ports* ports) {
  const ProcessEntry* node = nullptr;
  for (const ProcessEntry& entry : cluster->processes) {
    if (node == nullptr && entry.role == "node" && (action.via.empty() || action.via == entry.name)) node = &entry;
  }
  if (node == nullptr) co_return OperatorResult::refused("no node " + action.via);
  const auto& verbs = system_info().operator_actions;
  if (std::find(verbs.begin(), verbs.end(), action.verb) == verbs.end() || action.workflow) {
    co_return OperatorResult::refused("quartz cannot " + action.verb + " that");
  }
  const JobClasses classes = classes_to_read();
  DatabaseStoreOptions options = store_options(*node, cluster->profile);
  options.instance_id = ports->host.name();
  SchedulerSettings settings;
  settings.name = options.scheduler_name;
  settings.instance_id = options.instance_id;
  settings.thread_count = 0;
  auto store = std::make_unique<DatabaseStore>(*ports, std::move(options), classes);
  Scheduler scheduler(*ports, std::move(settings), std::move(store), classes);
  std::string refused;
  std::string unknown;
  std::optional<WallTime> fire;
  try {
    fire = co_await carry_out(&scheduler, &action);
  } catch (const JobPersistence& error) {
    unknown = error.message;  // a commit whose answer did not come may have happened
  } catch (const SchedulerException& error) {
    refused = error.message;
  }
  if (!unknown.empty()) co_return OperatorResult::unknown(unknown);
  if (!refused.empty()) co_return OperatorResult::refused(refused);
  co_return OperatorResult::accepted(0, fire);
}

}  // namespace chronofault::quartz
