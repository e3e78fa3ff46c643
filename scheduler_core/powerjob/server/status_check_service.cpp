#include <array>

#include <ports/loop.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/status_check_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

void StatusCheckService::start() {
  if (!server_.profile.passes_overlap) {
    start_v511();
    return;
  }
  Ports& ports = server_.ports;
  LoopBody fire = [this]() -> Task<> {
    server_.threads.spawn("status check pass", pass());
    co_return;
  };
  LoopSpec spec("status check", Duration(), server_.profile.status_check_period);
  server_.threads.spawn("status check", fixed_rate(ports.clock, ports.events, std::move(spec), std::move(fire)));
}

db::Select StatusCheckService::rows_of(const Apps& group, InstanceStatus status) const {
  const WallTime now = server_.now();
  db::Test old;
  switch (status) {
    case InstanceStatus::waiting_dispatch:
      old = db::lt(&InstanceInfo::expected_trigger_time, waiting_dispatch_before(now, server_.profile));
      break;
    case InstanceStatus::waiting_worker_receive:
      old = db::lt(&InstanceInfo::actual_trigger_time, waiting_receive_before(now, server_.profile));
      break;
    default:
      old = db::lt(&InstanceInfo::gmt_modified, running_before(now, server_.profile));
      break;
  }
  db::Select rows(InstanceInfo::table,
                  instances_of_apps(group, db::eq(&InstanceInfo::status, status) && std::move(old)));
  if (server_.profile.check_rows_limit > 0) rows.limit = static_cast<std::size_t>(server_.profile.check_rows_limit);
  return rows;
}

Task<> StatusCheckService::pass() {
  Apps apps = co_await server_.owned_apps();
  if (apps.empty()) {
    server_.journal->owns_nothing("status check");
    co_return;
  }
  static constexpr std::array order{InstanceStatus::waiting_dispatch, InstanceStatus::waiting_worker_receive,
                                    InstanceStatus::running};
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) {
    for (const InstanceStatus status : order) co_await check_group(group, status);
  }
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) co_await check_workflows(group);
}

Task<> StatusCheckService::check_group(Apps group, InstanceStatus status) {
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(rows_of(group, status));
  for (const InstanceInfo& row : rows) co_await check_row(row);
}

Task<> StatusCheckService::check_row(InstanceInfo row) {
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(row.job_id);
  const CheckStep step = check_instance(row, job, server_.now(), server_.profile);
  switch (step.kind) {
    case CheckStep::Kind::dispatch:
    case CheckStep::Kind::redispatch: {
      const std::int64_t count = step.run_count.value_or(row.running_times);
      JobInfo effective = job.value_or(JobInfo());
      co_await server_.dispatch->redispatch(std::move(effective), std::move(row), count);
      co_return;
    }
    case CheckStep::Kind::fail:
      co_await fail(std::move(row), step.result);
      co_return;
    case CheckStep::Kind::raise:
      throw Failure("can't find job of instance " + std::to_string(row.instance_id));
    default:
      co_return;
  }
}

Task<> StatusCheckService::fail(InstanceInfo row, std::string result) {
  const InstanceInfo failed = failed_row(std::move(row), result, server_.now());
  co_await server_.tables.instances.save(failed);
  server_.journal->outcome(failed, InstanceStatus::failed, result);
  co_await server_.instance_manager->finished(failed, InstanceStatus::failed, result);
}

Task<> StatusCheckService::check_workflows(Apps group) {
  db::Test old =
      db::eq(&WorkflowInstanceInfo::status, WorkflowStatus::waiting) &&
      db::lt(&WorkflowInstanceInfo::expected_trigger_time, workflow_waiting_before(server_.now(), server_.profile));
  std::vector<WorkflowInstanceInfo> rows =
      co_await server_.tables.workflow_instances.select(workflow_instances_of_apps(group, std::move(old)));
  for (const WorkflowInstanceInfo& row : rows) {
    std::optional<WorkflowInfo> workflow = co_await server_.tables.workflows.find(row.workflow_id);
    const CheckStep step = check_workflow_instance(row, workflow.has_value(), server_.now(), server_.profile);
    if (step.kind == CheckStep::Kind::start)
      co_await server_.workflows->start(std::move(*workflow), row.wf_instance_id);
  }
}

}  // namespace chronofault::powerjob
