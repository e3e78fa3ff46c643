#include <algorithm>
#include <array>

#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/id_service.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/local_locks.hpp>
#include <powerjob/server/timer_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

namespace {

constexpr const char* lock_type = "processWfInstance";
constexpr std::int64_t segments = 16;  // [V340] SegmentLock
constexpr std::array counted{WorkflowStatus::waiting, WorkflowStatus::running};

bool has_begun(const WorkflowInstanceInfo& row) {
  const auto dag = parse_dag(row.dag);
  return dag && std::any_of(dag->nodes.begin(), dag->nodes.end(),
                            [](const DagNode& node) { return node.instance_id.has_value(); });
}

std::vector<std::int64_t> job_ids(const WorkflowInfo& workflow, const std::vector<WorkflowNodeInfo>& nodes) {
  std::vector<std::int64_t> ids;
  const auto dag = parse_dag(workflow.pe_dag);
  if (!dag) return ids;
  for (const DagNode& node : dag->nodes) {
    std::int64_t job_id = node.type == NodeType::job ? node.job_id : 0;
    for (const WorkflowNodeInfo& row : nodes) {
      if (row.id == node.node_id) job_id = row.type == NodeType::job ? row.job_id : 0;
    }
    if (job_id != 0) ids.push_back(job_id);
  }
  return ids;
}

}  // namespace

std::string WorkflowInstanceManager::move_lock_type() const {
  return server_.profile.plain_workflows ? std::string(LocalLocks::segment) : std::string(lock_type);
}

std::int64_t WorkflowInstanceManager::move_lock_key(std::int64_t wf_instance_id) const {
  return server_.profile.plain_workflows ? wf_instance_id % segments : wf_instance_id;
}

Task<std::optional<WorkflowInstanceInfo>> WorkflowInstanceManager::find(std::int64_t wf_instance_id) {
  std::vector<WorkflowInstanceInfo> rows =
      co_await server_.tables.workflow_instances.select(by_workflow_instance_id(wf_instance_id));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front();
}

Task<WorkflowInstanceInfo> WorkflowInstanceManager::get(std::int64_t wf_instance_id) {
  std::optional<WorkflowInstanceInfo> row = co_await find(wf_instance_id);
  if (!row) throw Failure("can't find workflow instance " + std::to_string(wf_instance_id));
  co_return *row;
}

Task<std::int64_t> WorkflowInstanceManager::create(WorkflowInfo workflow, std::string init_params, WallTime expected,
                                                   std::optional<std::int64_t> parent) {
  const std::int64_t id = co_await server_.ids->next();
  std::vector<WorkflowNodeInfo> nodes;
  if (!server_.profile.plain_workflows) {
    db::Where of_workflow("idx02_workflow_node_info", db::Values(1, Value(workflow.id)));
    nodes = co_await server_.tables.workflow_nodes.select(std::move(of_workflow));
  }
  std::vector<SwitchStatus> usable{SwitchStatus::enable};
  if (!server_.profile.plain_workflows) usable.push_back(SwitchStatus::disable);
  const std::vector<std::int64_t> apps(1, workflow.app_id);
  db::Where named =
      jobs_of_apps(apps, db::in(&JobInfo::id, job_ids(workflow, nodes)) && db::in(&JobInfo::status, usable));
  std::vector<JobInfo> jobs = co_await server_.tables.jobs.select(std::move(named));

  WorkflowCreation made = create_workflow_instance(workflow, nodes, jobs, id, init_params, expected, server_.now(),
                                                   parent, server_.profile);
  made.row.gmt_create = made.row.gmt_modified = server_.now();
  if (made.error) made.row = finished_row(made.row, WorkflowStatus::failed, *made.error, server_.now());
  made.row.id = co_await server_.tables.workflow_instances.insert(made.row);
  if (!parent) server_.journal->workflow_fire_taken(workflow, expected, id);
  if (made.error) co_await end(made.row);
  co_return id;
}

Task<> WorkflowInstanceManager::start_by_timer(WorkflowInfo workflow, std::int64_t wf_instance_id) {
  const bool mine = co_await server_.dispatch->may_act_for(workflow.app_id);
  if (!mine) co_return;
  co_await start(std::move(workflow), wf_instance_id);
}

Task<> WorkflowInstanceManager::start(WorkflowInfo workflow, std::int64_t wf_instance_id) {
  const std::optional<std::int64_t> key = start_lock_key(workflow, wf_instance_id, server_.profile);
  if (!key) {
    co_await start_locked(std::move(workflow), wf_instance_id);
    co_return;
  }
  LocalLocks::Guard held = co_await server_.local_locks->lock(lock_type, *key);
  co_await start_locked(std::move(workflow), wf_instance_id);
}

Task<> WorkflowInstanceManager::start_locked(WorkflowInfo workflow, std::int64_t wf_instance_id) {
  std::optional<WorkflowInstanceInfo> row = co_await find(wf_instance_id);
  if (!row || row->status != WorkflowStatus::waiting) co_return;
  std::int64_t running = 0;
  if (start_counts(workflow, server_.profile)) {
    db::Where same("idx01_wf_instance", db::Values(1, Value(workflow.id)),
                   db::in(&WorkflowInstanceInfo::status, counted));
    running = co_await server_.tables.workflow_instances.count(std::move(same));
  }
  WorkflowStep step = start_workflow(*row, workflow, running, server_.now(), server_.profile);
  const bool too_many = step.kind == WorkflowStep::Kind::finish && start_counts(workflow, server_.profile) &&
                        running > workflow.max_wf_instance_num;
  if (too_many) server_.journal->run_rejected(step.row, step.row.result.value_or(""));
  auto done = co_await attempt(carry_out(std::move(step)));
  if (done) co_return;
  WorkflowInstanceInfo failed = finished_row(std::move(*row), WorkflowStatus::failed, done.error(), server_.now());
  co_await server_.tables.workflow_instances.save(failed);
  co_await end(std::move(failed));
}

Task<> WorkflowInstanceManager::move(std::int64_t wf_instance_id, std::int64_t node_instance_id, InstanceStatus status,
                                     std::string result) {
  LocalLocks::Guard held = co_await server_.local_locks->lock(move_lock_type(), move_lock_key(wf_instance_id));
  co_await move_unlocked(wf_instance_id, node_instance_id, status, std::move(result));
}

Task<> WorkflowInstanceManager::move_unlocked(std::int64_t wf_instance_id, std::int64_t node_instance_id,
                                              InstanceStatus status, std::string result) {
  std::optional<WorkflowInstanceInfo> row = co_await find(wf_instance_id);
  if (!row) co_return;
  WorkflowStep step = move_workflow(*row, node_instance_id, status, result, server_.now(), server_.profile);
  WorkflowInstanceInfo moved = step.row;
  auto done = co_await attempt(carry_out(std::move(step)));
  if (done) co_return;
  WorkflowInstanceInfo failed =
      finished_row(std::move(moved), WorkflowStatus::failed, "MOVE NEXT STEP FAILED: " + done.error(), server_.now());
  co_await server_.tables.workflow_instances.save(failed);
  co_await end(std::move(failed));
}

Task<> WorkflowInstanceManager::carry_out(WorkflowStep step) {
  switch (step.kind) {
    case WorkflowStep::Kind::ignore:
      co_return;
    case WorkflowStep::Kind::save:
      co_await server_.tables.workflow_instances.save(step.row);
      co_return;
    case WorkflowStep::Kind::finish:
      co_await server_.tables.workflow_instances.save(step.row);
      co_await end(std::move(step.row));
      co_return;
    case WorkflowStep::Kind::run:
      co_await run_nodes(std::move(step.row), std::move(step.ready));
      co_return;
  }
}

Task<> WorkflowInstanceManager::run_nodes(WorkflowInstanceInfo row, std::vector<ReadyNode> ready) {
  const bool advances = has_begun(row);
  std::vector<std::int64_t> ids;
  for (const ReadyNode& node : ready) {
    std::int64_t id = 0;
    if (node.type == NodeType::nested_workflow) {
      id = co_await run_nested(row, node);
    } else {
      JobInfo job;
      job.id = node.job_id;
      job.app_id = row.app_id;
      InstanceInfo made = co_await server_.instances->create(job, node.job_params, node.instance_params, server_.now(),
                                                             row.wf_instance_id);
      id = made.instance_id;
      if (advances) server_.journal->workflow_advanced(row, node.job_id, id);
    }
    node_started(row, node.node_id, id);
    ids.push_back(id);
  }
  row.gmt_modified = server_.now();
  co_await server_.tables.workflow_instances.save(row);

  for (std::size_t i = 0; i < ready.size(); ++i) {
    if (ready[i].type == NodeType::nested_workflow) {
      std::optional<WorkflowInfo> nested = co_await server_.tables.workflows.find(ready[i].job_id);
      if (!nested) throw Failure("can't find workflow " + std::to_string(ready[i].job_id));
      co_await start(std::move(*nested), ids[i]);
      continue;
    }
    std::optional<JobInfo> job = co_await server_.tables.jobs.find(ready[i].job_id);
    JobInfo effective = job.value_or(JobInfo());
    effective.time_expression_type = TimeExpressionType::workflow;
    co_await server_.dispatch->dispatch(std::move(effective), ids[i], 0);
  }
}

Task<std::int64_t> WorkflowInstanceManager::run_nested(WorkflowInstanceInfo row, ReadyNode node) {
  const auto dag = parse_dag(row.dag);
  const DagNode* known = dag ? dag->find(node.node_id) : nullptr;
  if (known != nullptr && known->instance_id) {
    // A retry in place: the child goes on where it failed.
    WorkflowInstanceInfo child = co_await get(*known->instance_id);
    auto again = retried_row(std::move(child), server_.now(), server_.profile);
    if (!again) throw Failure(again.error());
    co_await server_.tables.workflow_instances.save(*again);
    co_return again->wf_instance_id;
  }
  std::optional<WorkflowInfo> nested = co_await server_.tables.workflows.find(node.job_id);
  if (!nested) throw Failure("can't find workflow " + std::to_string(node.job_id));
  const std::int64_t id = co_await create(std::move(*nested), row.wf_context, server_.now(), row.wf_instance_id);
  co_return id;
}

Task<> WorkflowInstanceManager::end(WorkflowInstanceInfo row) {
  server_.journal->outcome(row);
  const std::string result = row.result.value_or("");
  if (row.status == WorkflowStatus::failed) server_.journal->alarm(row, result);
  if (!row.parent_wf_instance_id) co_return;
  const std::int64_t parent = *row.parent_wf_instance_id;
  const InstanceStatus status = node_status_of(row.status);
  if (row.status == WorkflowStatus::succeed) co_await merge_into_parent(row);
  if (server_.profile.nested_calls_take_lock) {
    co_await move(parent, row.wf_instance_id, status, result);
  } else {
    co_await move_unlocked(parent, row.wf_instance_id, status, result);
  }
}

Task<> WorkflowInstanceManager::merge_into_parent(WorkflowInstanceInfo row) {
  const StringMap added = parse_string_map(row.wf_context).value_or(StringMap());
  co_await update_context(*row.parent_wf_instance_id, added);
}

Task<> WorkflowInstanceManager::update_context(std::int64_t wf_instance_id, StringMap added) {
  LocalLocks::Guard held = co_await server_.local_locks->lock("updateWfContext", wf_instance_id);
  auto row = co_await attempt(get(wf_instance_id));
  if (!row) co_return;
  row->wf_context = merged_context(row->wf_context, added);
  row->gmt_modified = server_.now();
  (void)co_await attempt(server_.tables.workflow_instances.save(*row));
}

Task<Performed> WorkflowInstanceManager::run_workflow(std::int64_t workflow_id, std::string init_params,
                                                      Duration delay) {
  std::optional<WorkflowInfo> workflow = co_await server_.tables.workflows.find(workflow_id);
  if (!workflow) throw Failure("can't find workflow " + std::to_string(workflow_id));
  const WallTime expected = server_.now() + std::max(delay, Duration());
  const std::int64_t id = co_await create(*workflow, std::move(init_params), expected, std::nullopt);
  if (delay <= Duration()) {
    co_await start(*workflow, id);
  } else {
    TimerService::Callback fire = [this, row = *workflow, id] { return start_by_timer(row, id); };
    co_await server_.timers->schedule(id, delay, std::move(fire));
  }
  co_return Performed(id, expected);
}

Task<std::int64_t> WorkflowInstanceManager::latest(std::int64_t workflow_id) {
  db::Select newest(WorkflowInstanceInfo::table, db::Where("idx01_wf_instance", db::Values(1, Value(workflow_id))));
  newest.order_by.emplace_back("id", true);
  newest.limit = 1;
  std::vector<WorkflowInstanceInfo> rows = co_await server_.tables.workflow_instances.select(std::move(newest));
  if (rows.empty()) throw Failure("workflow " + std::to_string(workflow_id) + " has no instance");
  co_return rows.front().wf_instance_id;
}

}  // namespace chronofault::powerjob
