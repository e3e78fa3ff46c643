#include <algorithm>
#include <array>
#include <set>

#include <ports/loop.hpp>
#include <powerjob/rules/trigger_time.hpp>
#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/instance_service.hpp>
#include <powerjob/server/operator_service.hpp>
#include <powerjob/server/schedule_service.hpp>
#include <powerjob/server/timer_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

namespace {
constexpr std::array<std::string_view, 5> parts_of_v511{"schedule cron jobs", "schedule cron workflows",
                                                        "schedule frequent jobs", "schedule daily time interval jobs",
                                                        "drop worker data"};
}

void ScheduleService::start() {
  Ports& ports = server_.ports;
  const Duration period = server_.profile.schedule_period;
  if (server_.profile.passes_overlap) {
    LoopBody fire = [this]() -> Task<> {
      server_.threads.spawn("schedule pass", pass());
      co_return;
    };
    LoopSpec spec("schedule", Duration(), period);
    server_.threads.spawn("schedule", fixed_rate(ports.clock, ports.events, std::move(spec), std::move(fire)));
    return;
  }
  for (int part = 0; part < static_cast<int>(parts_of_v511.size()); ++part) {
    LoopBody body = [this, part] { return part_of_v511(part); };
    LoopSpec spec(std::string(parts_of_v511[static_cast<std::size_t>(part)]), period, period);
    const std::string name = spec.name;
    server_.threads.spawn(name, fixed_delay(ports.clock, ports.events, std::move(spec), std::move(body)));
  }
}

Task<> ScheduleService::pass() {
  Apps apps = co_await server_.owned_apps();
  if (apps.empty()) co_return;  // step 2 too is skipped then
  server_.cluster->keep_only(apps);
  (void)co_await attempt(cron_jobs(apps, TimeExpressionType::cron));
  (void)co_await attempt(cron_workflows(apps));
  (void)co_await attempt(second_level_jobs(apps));
}

Task<> ScheduleService::part_of_v511(int part) {
  auto apps = co_await attempt(server_.owned_apps());
  if (!apps || apps->empty()) co_return;
  if (part == 0) (void)co_await attempt(cron_jobs(*apps, TimeExpressionType::cron));
  if (part == 1) (void)co_await attempt(cron_workflows(*apps));
  if (part == 2) (void)co_await attempt(second_level_jobs(*apps));
  if (part == 3) (void)co_await attempt(cron_jobs(*apps, TimeExpressionType::daily_time_interval));
  if (part == 4) server_.cluster->keep_only(*apps);
}

Task<> ScheduleService::cron_jobs(Apps apps, TimeExpressionType type) {
  const WallTime now0 = server_.now();
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) {
    (void)co_await attempt(cron_group(group, type, now0));
  }
}

Task<> ScheduleService::cron_group(Apps group, TimeExpressionType type, WallTime now0) {
  db::Test due = db::eq(&JobInfo::status, SwitchStatus::enable) && db::eq(&JobInfo::time_expression_type, type) &&
                 db::le(&JobInfo::next_trigger_time, now0 + server_.profile.look_ahead);
  std::vector<JobInfo> jobs = co_await server_.tables.jobs.select(jobs_of_apps(group, std::move(due)));

  std::vector<std::int64_t> ids;
  for (const JobInfo& job : jobs) {
    InstanceInfo made =
        co_await server_.instances->create(job, job.job_params, "", *job.next_trigger_time, std::nullopt);
    ids.push_back(made.instance_id);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    // Against now0, so that every timer fires late by the time spent since then.
    const Duration delay = std::max(Duration(), *jobs[i].next_trigger_time - now0);
    TimerService::Callback fire = [this, job = jobs[i], id = ids[i]] {
      return server_.dispatch->dispatch_by_timer(job, id);
    };
    co_await server_.timers->schedule(ids[i], delay, std::move(fire));
  }
  for (const JobInfo& job : jobs) (void)co_await attempt(save_next(job));
}

Task<> ScheduleService::save_next(JobInfo job) {
  const WallTime now = server_.now();
  auto next = next_trigger_time(Timing(job), job.next_trigger_time, now, server_.ports.clock.zone(), server_.profile);
  if (!next) throw Failure(next.error().message);
  const JobInfo saved = after_trigger(std::move(job), *next, now);
  co_await server_.tables.jobs.save(saved);
}

Task<> ScheduleService::cron_workflows(Apps apps) {
  const WallTime now0 = server_.now();
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) {
    db::Test due = db::eq(&WorkflowInfo::status, SwitchStatus::enable) &&
                   db::eq(&WorkflowInfo::time_expression_type, TimeExpressionType::cron) &&
                   db::le(&WorkflowInfo::next_trigger_time, now0 + server_.profile.look_ahead);
    std::vector<WorkflowInfo> workflows =
        co_await server_.tables.workflows.select(workflows_of_apps(group, std::move(due)));
    for (const WorkflowInfo& workflow : workflows) co_await cron_workflow(workflow);
  }
}

Task<> ScheduleService::cron_workflow(WorkflowInfo workflow) {
  const WallTime expected = *workflow.next_trigger_time;
  const std::int64_t id = co_await server_.workflows->create(workflow, "", expected, std::nullopt);
  const Duration delay = std::max(Duration(), expected - server_.now());
  TimerService::Callback fire = [this, workflow, id] { return server_.workflows->start_by_timer(workflow, id); };
  co_await server_.timers->schedule(id, delay, std::move(fire));

  const WallTime now = server_.now();
  auto next = next_trigger_time(Timing(workflow), expected, now, server_.ports.clock.zone(), server_.profile);
  if (!next) throw Failure(next.error().message);
  if (after_trigger(workflow, *next, now, server_.profile)) co_await server_.tables.workflows.save(workflow);
}

Task<> ScheduleService::second_level_jobs(Apps apps) {
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) {
    (void)co_await attempt(second_level_group(group));
  }
}

Task<> ScheduleService::second_level_group(Apps group) {
  static constexpr std::array types{TimeExpressionType::fixed_rate, TimeExpressionType::fixed_delay};
  static constexpr std::array running{InstanceStatus::waiting_dispatch, InstanceStatus::waiting_worker_receive,
                                      InstanceStatus::running};
  db::Test wanted = db::eq(&JobInfo::status, SwitchStatus::enable) && db::in(&JobInfo::time_expression_type, types);
  std::vector<JobInfo> jobs = co_await server_.tables.jobs.select(jobs_of_apps(group, std::move(wanted)));
  if (jobs.empty()) co_return;
  std::vector<std::int64_t> ids;
  for (const JobInfo& job : jobs) ids.push_back(job.id);
  db::Test going = db::in(&InstanceInfo::job_id, ids) && db::in(&InstanceInfo::status, running);
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(instances_of_apps(group, std::move(going)));
  std::set<std::int64_t> busy;
  for (const InstanceInfo& row : rows) busy.insert(row.job_id);

  for (const std::int64_t id : ids) {
    if (busy.contains(id)) continue;
    std::optional<JobInfo> job = co_await server_.tables.jobs.find(id);
    if (!job) continue;
    const SecondLevelStep step = second_level_step(*job, server_.now(), server_.profile);
    if (step.kind == SecondLevelStep::Kind::disable) {
      job->status = SwitchStatus::disable;
      job->gmt_modified = server_.now();
      co_await server_.tables.jobs.save(*job);
    } else if (step.kind == SecondLevelStep::Kind::run) {
      ConsoleAction run;
      run.method = "runJob";
      run.app_id = job->app_id;
      run.target = job->id;
      run.delay = step.delay;
      co_await server_.operators->perform(std::move(run));
    }
  }
}

}  // namespace chronofault::powerjob
