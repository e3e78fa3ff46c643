// What a user does to a workflow instance (powerjob 7.8.8).
#include <powerjob/server/instance_service.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/local_locks.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

Task<> WorkflowInstanceManager::stop(std::int64_t wf_instance_id) {
  WorkflowInstanceInfo row = co_await get(wf_instance_id);
  if (row.parent_wf_instance_id) {
    co_await stop(*row.parent_wf_instance_id);
    co_return;
  }
  if (!is_generalised_running(row.status)) throw Failure("workflow instance can't be stopped: it is finished");
  LocalLocks::Guard held = co_await server_.local_locks->lock(move_lock_type(), move_lock_key(wf_instance_id));
  co_await stop_locked(std::move(row));
}

Task<> WorkflowInstanceManager::stop_locked(WorkflowInstanceInfo row) {
  auto dag = parse_dag(row.dag);
  if (!dag) throw Failure(dag.error());
  std::vector<DagNode> to_stop;
  for (DagNode& node : dag->nodes) {
    if (!node.instance_id || !is_generalised_running(node.status_or_waiting())) continue;
    to_stop.push_back(node);
    node.status = InstanceStatus::stopped;
  }
  row.dag = to_json(*dag);
  row.status = WorkflowStatus::stopped;
  row.result = "stopped by user";
  row.finished_time = row.gmt_modified = server_.now();
  for (const DagNode& node : to_stop) {
    if (node.type == NodeType::nested_workflow) {
      WorkflowInstanceInfo child = co_await get(*node.instance_id);
      co_await stop_locked(std::move(child));
    } else {
      co_await server_.instances->stop(*node.instance_id);
    }
  }
  co_await server_.tables.workflow_instances.save(row);
  server_.journal->outcome(row);
}

Task<> WorkflowInstanceManager::retry(std::int64_t wf_instance_id) {
  LocalLocks::Guard held = co_await server_.local_locks->lock(move_lock_type(), move_lock_key(wf_instance_id));
  WorkflowInstanceInfo row = co_await get(wf_instance_id);
  std::optional<WorkflowInfo> workflow = co_await server_.tables.workflows.find(row.workflow_id);
  if (!workflow || workflow->status != SwitchStatus::enable) throw Failure("the workflow is gone or disabled");
  auto again = retried_row(std::move(row), server_.now(), server_.profile);
  if (!again) throw Failure(again.error());
  co_await server_.tables.workflow_instances.save(*again);
  co_await start(std::move(*workflow), wf_instance_id);
}

Task<> WorkflowInstanceManager::mark_node_as_success(std::int64_t wf_instance_id, std::int64_t node_id) {
  LocalLocks::Guard held = co_await server_.local_locks->lock(move_lock_type(), move_lock_key(wf_instance_id));
  WorkflowInstanceInfo row = co_await get(wf_instance_id);
  if (is_generalised_running(row.status)) throw Failure("the workflow instance is running");
  auto dag = parse_dag(row.dag);
  if (!dag) throw Failure(dag.error());
  DagNode* node = dag->find(node_id);
  const bool markable = node != nullptr && node->instance_id && !node->skip_when_failed &&
                        node->status_or_waiting() == InstanceStatus::failed;
  if (!markable) throw Failure("only a failed node that can't be skipped can be marked");
  node->status = InstanceStatus::succeed;
  row.dag = to_json(*dag);
  row.gmt_modified = server_.now();
  co_await server_.tables.workflow_instances.save(row);
}

}  // namespace chronofault::powerjob
