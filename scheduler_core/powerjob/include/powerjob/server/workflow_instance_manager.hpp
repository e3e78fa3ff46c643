// Workflow instances: created, started, moved on, ended (powerjob 7.8 and its [V340] paragraph). What follows from a
// node's end is decided by rules/workflow_move.hpp; here the rows are read and written and the nodes are run.
//
// A dispatch that fails at once comes back into move() in the same thread, which already holds the lock.
#pragma once

#include <optional>
#include <string>

#include <powerjob/rules/workflow_move.hpp>
#include <powerjob/server/context.hpp>
#include <powerjob/server/instance_service.hpp>

namespace chronofault::powerjob {

class WorkflowInstanceManager {
 public:
  explicit WorkflowInstanceManager(ServerContext& server) : server_(server) {}

  /// Inserts the row; one that cannot run is inserted as FAILED and ended. Returns its id.
  Task<std::int64_t> create(WorkflowInfo workflow, std::string init_params, WallTime expected,
                            std::optional<std::int64_t> parent);
  Task<> start(WorkflowInfo workflow, std::int64_t wf_instance_id);
  /// Of a timer: the same, after the policy owner-check has had its say.
  Task<> start_by_timer(WorkflowInfo workflow, std::int64_t wf_instance_id);
  Task<> move(std::int64_t wf_instance_id, std::int64_t node_instance_id, InstanceStatus status, std::string result);
  /// 7.8.6; errors are swallowed.
  Task<> update_context(std::int64_t wf_instance_id, StringMap added);

  Task<Performed> run_workflow(std::int64_t workflow_id, std::string init_params, Duration delay);
  Task<> stop(std::int64_t wf_instance_id);
  Task<> retry(std::int64_t wf_instance_id);
  Task<> mark_node_as_success(std::int64_t wf_instance_id, std::int64_t node_id);
  Task<std::int64_t> latest(std::int64_t workflow_id);

 private:
  Task<std::optional<WorkflowInstanceInfo>> find(std::int64_t wf_instance_id);
  Task<WorkflowInstanceInfo> get(std::int64_t wf_instance_id);
  Task<> start_locked(WorkflowInfo workflow, std::int64_t wf_instance_id);
  Task<> move_unlocked(std::int64_t wf_instance_id, std::int64_t node_instance_id, InstanceStatus status,
                       std::string result);
  Task<> carry_out(WorkflowStep step);
  Task<> run_nodes(WorkflowInstanceInfo row, std::vector<ReadyNode> ready);
  Task<std::int64_t> run_nested(WorkflowInstanceInfo row, ReadyNode node);
  Task<> end(WorkflowInstanceInfo row);
  Task<> merge_into_parent(WorkflowInstanceInfo row);
  Task<> stop_locked(WorkflowInstanceInfo row);
  std::string move_lock_type() const;
  std::int64_t move_lock_key(std::int64_t wf_instance_id) const;

  ServerContext& server_;
};

}  // namespace chronofault::powerjob
