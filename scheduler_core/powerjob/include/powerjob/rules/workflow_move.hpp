// How a workflow instance advances (powerjob 7.8.2 - 7.8.8 and the [V340] paragraph): pure transitions over its row.
//
// The loop holds the lock, reads the row, calls start or move, and does what the step says:
//
//   ignore     return
//   save       row save
//   finish     row save (the row already has status, result and finished time); then 7.8.5: merge into the parent and
//              move the parent; alarm if FAILED
//   run        for each of `ready`: create the instance, node_started; then row save; then dispatch or start each
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/rules/workflow_graph.hpp>
#include <powerjob/workflow_context.hpp>

namespace chronofault::powerjob {

inline constexpr const char* result_no_enabled_nodes = "no enabled nodes";
inline constexpr const char* result_middle_job_failed = "middle job failed";
inline constexpr const char* result_middle_job_stopped = "middle job stopped by user";
inline constexpr const char* result_job_not_found = "can't find some job";
inline constexpr const char* result_node_not_found = "can't find some node";

struct ReadyNode {
  ReadyNode() = default;
  std::int64_t node_id = 0;
  NodeType type = NodeType::job;
  std::int64_t job_id = 0;
  std::string job_params;       // of the node
  std::string instance_params;  // the workflow's context as JSON; V340: {predecessor's job id: result}
};

struct WorkflowStep {
  WorkflowStep() = default;
  enum class Kind { ignore, save, finish, run } kind = Kind::ignore;
  WorkflowInstanceInfo row;
  std::vector<ReadyNode> ready;
};

/// Whether start must count instances of the workflow in {WAITING, RUNNING} (itself included).
bool start_counts(const WorkflowInfo& workflow, const Profile& profile);
/// Key of the lock `processWfInstance` of start; move's key is always the workflow instance id. None: V340, no lock.
std::optional<std::int64_t> start_lock_key(const WorkflowInfo& workflow, std::int64_t wf_instance_id,
                                           const Profile& profile);

/// running_count: 0 if start_counts says no.
WorkflowStep start_workflow(WorkflowInstanceInfo row, const WorkflowInfo& workflow, std::int64_t running_count,
                            WallTime now, const Profile& profile, const Decide& decide = decision_of);

/// A node's instance ended with `status` and `result`.
WorkflowStep move_workflow(WorkflowInstanceInfo row, std::int64_t node_instance_id, InstanceStatus status,
                           const std::string& result, WallTime now, const Profile& profile,
                           const Decide& decide = decision_of);

/// 7.8.7: the instance that was created for a ready node.
void node_started(WorkflowInstanceInfo& row, std::int64_t node_id, std::int64_t instance_id);

/// 7.8.5: the row after the end of the workflow.
WorkflowInstanceInfo finished_row(WorkflowInstanceInfo row, WorkflowStatus status, std::string result, WallTime now);

/// 7.8.2: the new row, its dag completed from the node rows. The error is the result with which the row is inserted as
/// FAILED and then finished. `jobs`: rows of this app in {ENABLE, DISABLE} (V340: ENABLE alone) that the dag names.
struct WorkflowCreation {
  WorkflowCreation() = default;
  WorkflowInstanceInfo row;
  std::optional<std::string> error;
};
WorkflowCreation create_workflow_instance(const WorkflowInfo& workflow, const std::vector<WorkflowNodeInfo>& nodes,
                                          const std::vector<JobInfo>& jobs, std::int64_t wf_instance_id,
                                          const std::string& init_params, WallTime expected, WallTime now,
                                          std::optional<std::int64_t> parent, const Profile& profile);

/// 7.8.8 retry: the row reset to WAITING, or why not.
tl::expected<WorkflowInstanceInfo, std::string> retried_row(WorkflowInstanceInfo row, WallTime now,
                                                            const Profile& profile);

}  // namespace chronofault::powerjob
