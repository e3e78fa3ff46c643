// A workflow's graph as it stands in the JSON columns `pe_dag` and `dag` (powerjob 2.1, 7.8): points in their order,
// edges in theirs, and on each point what became of it in this workflow instance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

struct DagNode {
  DagNode() = default;
  DagNode(std::int64_t node_id, std::int64_t job_id) : node_id(node_id), job_id(job_id) {}
  std::int64_t node_id = 0;
  NodeType type = NodeType::job;
  std::int64_t job_id = 0;  // nested workflow: its workflow id
  std::string name;
  std::string params;  // decision node: what its script decides
  bool enable = true;
  bool skip_when_failed = false;
  bool disabled_by_control_node = false;
  std::optional<std::int64_t> instance_id;
  std::optional<InstanceStatus> status;  // absent counts as waiting_dispatch
  std::optional<std::string> result;
  std::optional<std::int64_t> finished_at_ms;

  InstanceStatus status_or_waiting() const { return status.value_or(InstanceStatus::waiting_dispatch); }
};

struct DagEdge {
  DagEdge() = default;
  DagEdge(std::int64_t from, std::int64_t to, std::string property = {})
      : from(from), to(to), property(std::move(property)) {}
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string property;  // out of a decision node: "true" or "false"
  bool enable = true;
};

struct WorkflowDag {
  WorkflowDag() = default;
  std::vector<DagNode> nodes;
  std::vector<DagEdge> edges;

  DagNode* find(std::int64_t node_id) noexcept;
  const DagNode* find(std::int64_t node_id) const noexcept;
};

/// The column's text, and back. Keys as upstream's: nodes, edges, nodeId, nodeType, jobId, nodeName, nodeParams,
/// enable, skipWhenFailed, disableByControlNode, instanceId, status, result, finishedTime; from, to, property, enable.
/// Absent keys take the defaults above. The error says what is wrong; in broken JSON, at which byte.
std::string to_json(const WorkflowDag& dag);
tl::expected<WorkflowDag, std::string> parse_dag(const std::string& text);

}  // namespace chronofault::powerjob
