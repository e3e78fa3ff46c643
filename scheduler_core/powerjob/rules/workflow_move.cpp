#include <algorithm>
#include <set>

#include <ports/assert.hpp>
#include <powerjob/rules/workflow_move.hpp>

namespace chronofault::powerjob {

namespace {

using Kind = WorkflowStep::Kind;

struct Problem {
  std::string text;
};

WorkflowDag dag_of(const std::string& text) {
  auto dag = parse_dag(text);
  if (!dag) throw Problem{dag.error()};
  return std::move(*dag);
}

WorkflowStep step(Kind kind, WorkflowInstanceInfo row) {
  WorkflowStep s;
  s.kind = kind;
  s.row = std::move(row);
  return s;
}

WorkflowStep finish(WorkflowInstanceInfo row, WorkflowStatus status, std::string result, WallTime now) {
  return step(Kind::finish, finished_row(std::move(row), status, std::move(result), now));
}

bool is_control(const WorkflowDag& dag, std::int64_t id) { return dag.find(id)->type == NodeType::decision; }

/// Evaluates control nodes until only task nodes are ready.
std::vector<std::int64_t> after_control_nodes(WorkflowDag& dag, std::vector<std::int64_t> ready, const Decide& decide) {
  while (std::any_of(ready.begin(), ready.end(), [&](std::int64_t id) { return is_control(dag, id); })) {
    for (const std::int64_t id : ready) {
      if (!is_control(dag, id)) continue;
      const auto answer = decide(*dag.find(id));
      if (!answer) throw Problem{answer.error()};
      apply_decision(dag, id, *answer);
    }
    ready = list_ready(dag);
  }
  return ready;
}

WorkflowStep run(WorkflowInstanceInfo row, const WorkflowDag& dag, const std::vector<std::int64_t>& ready,
                 WallTime now) {
  WorkflowStep s = step(Kind::run, std::move(row));
  s.row.status = WorkflowStatus::running;
  s.row.dag = to_json(dag);
  s.row.gmt_modified = now;
  for (const std::int64_t id : ready) {
    const DagNode& node = *dag.find(id);
    ReadyNode r;
    r.node_id = id;
    r.type = node.type;
    r.job_id = node.job_id;
    r.job_params = node.params;
    r.instance_params = s.row.wf_context;
    s.ready.push_back(std::move(r));
  }
  return s;
}

// --- V340 (the paragraph of that profile in 7.8) ---

bool may_run_plain(const WorkflowDag& dag, const DagNode& node) {
  if (node.instance_id || is_finished(node.status_or_waiting())) return false;
  return std::all_of(dag.edges.begin(), dag.edges.end(), [&](const DagEdge& edge) {
    return edge.to != node.node_id || dag.find(edge.from)->status == InstanceStatus::succeed;
  });
}

WorkflowStep run_plain(WorkflowInstanceInfo row, const WorkflowDag& dag, WallTime now) {
  std::vector<std::int64_t> ready;
  for (const DagNode& node : dag.nodes) {
    if (may_run_plain(dag, node)) ready.push_back(node.node_id);
  }
  const std::string init_params = row.wf_init_params;
  WorkflowStep s = run(std::move(row), dag, ready, now);
  for (ReadyNode& node : s.ready) {
    StringMap params;
    for (const DagEdge& edge : dag.edges) {
      if (edge.to != node.node_id) continue;
      const DagNode& before = *dag.find(edge.from);
      params[std::to_string(before.job_id)] = before.result.value_or("");
    }
    if (params.empty()) params["-1"] = init_params;
    node.instance_params = to_json(params);
  }
  if (s.ready.empty()) s.kind = Kind::save;
  return s;
}

void check_edges(const WorkflowDag& dag) {
  for (const DagEdge& edge : dag.edges) {
    if (dag.find(edge.from) == nullptr || dag.find(edge.to) == nullptr) throw Problem{"dag: an edge without a node"};
  }
}

}  // namespace

bool start_counts(const WorkflowInfo& workflow, const Profile& profile) {
  return profile.plain_workflows || workflow.max_wf_instance_num > 0;
}

std::optional<std::int64_t> start_lock_key(const WorkflowInfo& workflow, std::int64_t wf_instance_id,
                                           const Profile& profile) {
  if (profile.plain_workflows) return std::nullopt;
  return workflow.max_wf_instance_num > 0 ? workflow.id : wf_instance_id;
}

WorkflowInstanceInfo finished_row(WorkflowInstanceInfo row, WorkflowStatus status, std::string result, WallTime now) {
  row.status = status;
  row.result = std::move(result);
  row.finished_time = now;
  row.gmt_modified = now;
  return row;
}

WorkflowStep start_workflow(WorkflowInstanceInfo row, const WorkflowInfo& workflow, std::int64_t running_count,
                            WallTime now, const Profile& profile, const Decide& decide) {
  if (row.status != WorkflowStatus::waiting) return step(Kind::ignore, std::move(row));
  if (start_counts(workflow, profile) && running_count > workflow.max_wf_instance_num) {
    const std::string result = "too many instances(" + std::to_string(running_count) + ">" +
                               std::to_string(workflow.max_wf_instance_num) + ")";
    return finish(std::move(row), WorkflowStatus::failed, result, now);
  }
  try {
    if (profile.plain_workflows) {
      row.dag = workflow.pe_dag;
      const WorkflowDag dag = dag_of(row.dag);
      check_edges(dag);
      return run_plain(row, dag, now);
    }
    WorkflowDag dag = dag_of(row.dag);
    check_edges(dag);
    std::vector<std::int64_t> ready = list_ready(dag);
    ready = after_control_nodes(dag, std::move(ready), decide);
    if (!ready.empty()) return run(row, dag, ready, now);
    row.dag = to_json(dag);
    return finish(std::move(row), WorkflowStatus::succeed, result_no_enabled_nodes, now);
  } catch (const Problem& problem) {
    return finish(std::move(row), WorkflowStatus::failed, problem.text, now);
  }
}

WorkflowStep move_workflow(WorkflowInstanceInfo row, std::int64_t node_instance_id, InstanceStatus status,
                           const std::string& result, WallTime now, const Profile& profile, const Decide& decide) {
  const bool in_progress = is_generalised_running(row.status);
  if (status == InstanceStatus::stopped && !in_progress) return step(Kind::ignore, std::move(row));
  try {
    WorkflowDag dag = dag_of(row.dag);
    check_edges(dag);
    const DagNode* moved = nullptr;
    for (DagNode& node : dag.nodes) {
      if (node.instance_id != node_instance_id) continue;
      node.status = status;
      node.result = result;
      node.finished_at_ms = now.ms();
      moved = &node;
    }
    if (moved == nullptr) return step(Kind::ignore, std::move(row));
    const bool fails = status == InstanceStatus::failed && (profile.plain_workflows || !moved->skip_when_failed);
    row.dag = to_json(dag);
    row.gmt_modified = now;
    if (!in_progress) return step(Kind::save, std::move(row));
    if (fails) return finish(std::move(row), WorkflowStatus::failed, result_middle_job_failed, now);
    if (status == InstanceStatus::stopped) {
      return finish(std::move(row), WorkflowStatus::stopped, result_middle_job_stopped, now);
    }
    if (profile.plain_workflows) {
      if (all_finished(dag)) return finish(std::move(row), WorkflowStatus::succeed, result, now);
      return run_plain(std::move(row), dag, now);
    }
    std::vector<std::int64_t> ready = list_ready(dag);
    const auto ended = [&] {
      row.dag = to_json(dag);
      return finish(row, WorkflowStatus::succeed, result, now);
    };
    if (all_finished(dag)) return ended();
    ready = after_control_nodes(dag, std::move(ready), decide);
    if (!ready.empty()) return run(row, dag, ready, now);
    if (all_finished(dag)) return ended();
    row.dag = to_json(dag);
    return step(Kind::save, std::move(row));
  } catch (const Problem& problem) {
    return finish(std::move(row), WorkflowStatus::failed, "MOVE NEXT STEP FAILED: " + problem.text, now);
  }
}

void node_started(WorkflowInstanceInfo& row, std::int64_t node_id, std::int64_t instance_id) {
  auto dag = parse_dag(row.dag);
  CF_ASSERT(dag.has_value());
  DagNode* const node = dag->find(node_id);
  CF_ASSERT(node != nullptr);
  node->instance_id = instance_id;
  node->status = InstanceStatus::running;
  row.dag = to_json(*dag);
}

tl::expected<WorkflowInstanceInfo, std::string> retried_row(WorkflowInstanceInfo row, WallTime now,
                                                            const Profile& profile) {
  const auto refuse = [](std::string why) { return tl::unexpected(std::move(why)); };
  if (is_generalised_running(row.status)) return refuse("the workflow instance is running");
  if (row.status == WorkflowStatus::succeed) return refuse("the workflow instance has succeeded");
  if (row.result == result_job_not_found) return refuse("the workflow instance names a job that does not exist");
  auto dag = parse_dag(row.dag);
  if (!dag) return refuse(dag.error());
  const auto checked = check_dag(*dag, profile);
  if (!checked) return refuse(checked.error());
  for (DagNode& node : dag->nodes) {
    const bool failed = node.status == InstanceStatus::failed && !node.skip_when_failed;
    if (!failed && node.status != InstanceStatus::stopped) continue;
    node.status = InstanceStatus::waiting_dispatch;
    if (node.type == NodeType::job) node.instance_id.reset();
  }
  row.dag = to_json(*dag);
  row.status = WorkflowStatus::waiting;
  row.gmt_modified = now;
  return row;
}

}  // namespace chronofault::powerjob
