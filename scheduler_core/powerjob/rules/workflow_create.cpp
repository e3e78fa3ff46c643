// 7.8.2: a workflow instance's row.
#include <algorithm>
#include <set>

#include <powerjob/rules/workflow_move.hpp>

namespace chronofault::powerjob {

namespace {

template <class Row>
const Row* row_of(const std::vector<Row>& rows, std::int64_t id) {
  const auto found = std::find_if(rows.begin(), rows.end(), [id](const Row& row) { return row.id == id; });
  return found == rows.end() ? nullptr : &*found;
}

std::string context_of(const std::string& init_params, bool nested) {
  const std::optional<StringMap> map = parse_string_map(init_params);
  if (map && (nested || !map->empty())) return to_json(*map);
  if (nested) return to_json(StringMap());
  return to_json(StringMap{{"initParams", init_params}});
}

bool exists_for(const JobInfo& job, const Profile& profile) {
  if (profile.plain_workflows) return job.status == SwitchStatus::enable;
  return job.status != SwitchStatus::deleted;
}

/// Completes the stored graph from its node rows; the error is the instance's result.
tl::expected<void, std::string> complete(WorkflowDag& dag, const std::vector<WorkflowNodeInfo>& nodes,
                                         const std::vector<JobInfo>& jobs) {
  for (DagNode& node : dag.nodes) {
    const WorkflowNodeInfo* const row = row_of(nodes, node.node_id);
    if (row == nullptr) return tl::unexpected(std::string(result_node_not_found));
    node.type = row->type;
    node.job_id = row->job_id;
    node.name = row->node_name;
    node.params = row->node_params;
    node.enable = row->enable;
    node.skip_when_failed = row->skip_when_failed;
    node.status = InstanceStatus::waiting_dispatch;
    if (node.type != NodeType::job) continue;
    const JobInfo* const job = row_of(jobs, node.job_id);
    if (job == nullptr) return tl::unexpected(std::string(result_job_not_found));
    if (node.params.empty()) node.params = job->job_params;
  }
  return {};
}

}  // namespace

WorkflowCreation create_workflow_instance(const WorkflowInfo& workflow, const std::vector<WorkflowNodeInfo>& nodes,
                                          const std::vector<JobInfo>& jobs, std::int64_t wf_instance_id,
                                          const std::string& init_params, WallTime expected, WallTime now,
                                          std::optional<std::int64_t> parent, const Profile& profile) {
  WorkflowCreation creation;
  WorkflowInstanceInfo& row = creation.row;
  row.app_id = workflow.app_id;
  row.wf_instance_id = wf_instance_id;
  row.parent_wf_instance_id = parent;
  row.workflow_id = workflow.id;
  row.wf_init_params = init_params;
  row.dag = workflow.pe_dag;
  row.expected_trigger_time = expected;
  row.actual_trigger_time = now;
  row.gmt_create = now;
  row.gmt_modified = now;
  if (!profile.plain_workflows) row.wf_context = context_of(init_params, parent.has_value());

  const auto fail = [&](std::string why) {
    creation.error = why;
    row = finished_row(std::move(row), WorkflowStatus::failed, std::move(why), now);
    return creation;
  };
  auto dag = parse_dag(workflow.pe_dag);
  if (!dag) return fail(dag.error());
  if (!profile.plain_workflows) {
    const auto completed = complete(*dag, nodes, jobs);
    if (!completed) return fail(completed.error());
  }
  std::set<std::int64_t> wanted;
  for (const DagNode& node : dag->nodes) {
    if (node.type == NodeType::job) wanted.insert(node.job_id);
  }
  const bool all_there = std::all_of(wanted.begin(), wanted.end(), [&](std::int64_t id) {
    const JobInfo* const job = row_of(jobs, id);
    return job != nullptr && exists_for(*job, profile);
  });
  if (!all_there) return fail(result_job_not_found);
  if (!profile.plain_workflows) row.dag = to_json(*dag);
  return creation;
}

}  // namespace chronofault::powerjob
