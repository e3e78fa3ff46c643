// The graph of a workflow: is it one, what may run next, what a decision closes (powerjob 7.8.1, 7.8.4).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <powerjob/profile.hpp>
#include <powerjob/workflow_dag.hpp>

namespace chronofault::powerjob {

/// The error names what is wrong ("cycle: 1 -> 2 -> 1"). Decision nodes of V411 and later: two edges out, "true" and
/// "false".
tl::expected<void, std::string> check_dag(const WorkflowDag& dag, const Profile& profile);

/// listReady: ids of the nodes that may run now, enabled ready nodes in node order first, then those behind disabled
/// ones. Disabled ready nodes succeed by this call.
std::vector<std::int64_t> list_ready(WorkflowDag& dag);

/// Result of a decision node's script: none of our scripts run; the answer is what the node's parameters spell.
/// "true", "false", or a number (true above zero); else the error that upstream's handler throws.
tl::expected<bool, std::string> decision_of(const DagNode& node);
using Decide = std::function<tl::expected<bool, std::string>(const DagNode&)>;

/// Completes the decision node and disables what its answer closes.
void apply_decision(WorkflowDag& dag, std::int64_t node_id, bool answer);

/// All nodes have a finished status.
bool all_finished(const WorkflowDag& dag);

}  // namespace chronofault::powerjob
