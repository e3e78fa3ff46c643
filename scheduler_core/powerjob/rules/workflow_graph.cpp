#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <ports/assert.hpp>
#include <powerjob/rules/workflow_graph.hpp>
#include <workflow/dag.hpp>

namespace chronofault::powerjob {

namespace {

std::string plain_word(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_true(const std::string& property) { return plain_word(property) == "true"; }

tl::expected<void, std::string> check_decision(const WorkflowDag& dag, const DagNode& node) {
  std::vector<std::string> properties;
  for (const DagEdge& edge : dag.edges) {
    if (edge.from == node.node_id) properties.push_back(plain_word(edge.property));
  }
  std::sort(properties.begin(), properties.end());
  if (properties == std::vector<std::string>{"false", "true"}) return {};
  return tl::unexpected("decision node " + std::to_string(node.node_id) +
                        " needs exactly two edges out of it, \"true\" and \"false\"");
}

/// A node finished, or none of its predecessors is in progress, as list_ready asks it.
class Readiness {
 public:
  explicit Readiness(WorkflowDag& dag) : dag_(&dag) {
    for (std::size_t i = 0; i < dag.nodes.size(); ++i) index_[dag.nodes[i].node_id] = i;
    before_.resize(dag.nodes.size());
    after_.resize(dag.nodes.size());
    for (const DagEdge& edge : dag.edges) {
      const std::size_t from = index_.at(edge.from);
      const std::size_t to = index_.at(edge.to);
      before_[to].push_back(from);
      after_[from].push_back(to);
    }
  }

  bool ready(std::size_t i) const {
    const InstanceStatus status = dag_->nodes[i].status_or_waiting();
    if (is_finished(status) || status == InstanceStatus::running) return false;
    return std::none_of(before_[i].begin(), before_[i].end(),
                        [this](std::size_t p) { return is_generalised_running(dag_->nodes[p].status_or_waiting()); });
  }

  /// A disabled ready node succeeds; what that makes ready is added, depth first. An explicit stack: chains may be
  /// long.
  void skip(std::size_t start, std::vector<std::int64_t>& found) {
    struct Visit {
      std::size_t node;
      std::size_t next = 0;
    };
    std::vector<Visit> stack;
    const auto enter = [&](std::size_t i) {
      dag_->nodes[i].status = InstanceStatus::succeed;
      dag_->nodes[i].result = "disable node";
      stack.push_back(Visit{i});
    };
    enter(start);
    while (!stack.empty()) {
      Visit& visit = stack.back();
      if (visit.next == after_[visit.node].size()) {
        stack.pop_back();
        continue;
      }
      const std::size_t successor = after_[visit.node][visit.next++];
      if (!ready(successor)) continue;
      const DagNode& node = dag_->nodes[successor];
      if (!node.enable) {
        enter(successor);
      } else if (std::find(found.begin(), found.end(), node.node_id) == found.end()) {
        found.push_back(node.node_id);
      }
    }
  }

 private:
  WorkflowDag* dag_;
  std::map<std::int64_t, std::size_t> index_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::vector<std::size_t>> after_;
};

}  // namespace

tl::expected<void, std::string> check_dag(const WorkflowDag& dag, const Profile& profile) {
  workflow::Dag graph;
  for (const DagNode& node : dag.nodes) {
    if (!graph.add_node(node.node_id))
      return tl::unexpected("node id " + std::to_string(node.node_id) + " comes twice");
  }
  for (const DagEdge& edge : dag.edges) {
    if (!graph.add_edge(edge.from, edge.to)) {
      return tl::unexpected("edge " + std::to_string(edge.from) + " -> " + std::to_string(edge.to) +
                            " has an end that is no node");
    }
  }
  if (const std::string complaint = graph.complaint(); !complaint.empty()) return tl::unexpected(complaint);
  if (profile.plain_workflows) return {};
  for (const DagNode& node : dag.nodes) {
    if (node.type != NodeType::decision) continue;
    auto checked = check_decision(dag, node);
    if (!checked) return checked;
  }
  return {};
}

std::vector<std::int64_t> list_ready(WorkflowDag& dag) {
  Readiness readiness(dag);
  std::vector<std::int64_t> found;
  std::vector<std::size_t> disabled;
  for (std::size_t i = 0; i < dag.nodes.size(); ++i) {
    if (!readiness.ready(i)) continue;
    if (dag.nodes[i].enable) {
      found.push_back(dag.nodes[i].node_id);
    } else {
      disabled.push_back(i);
    }
  }
  for (const std::size_t i : disabled) readiness.skip(i, found);
  return found;
}

tl::expected<bool, std::string> decision_of(const DagNode& node) {
  const std::string word = plain_word(node.params);
  if (word == "true") return true;
  if (word == "false") return false;
  // Only the sign matters, and only whether anything but zeros stands before an exponent.
  const std::string digits = word.substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
  const bool number = !digits.empty() && digits.find_first_not_of("0123456789.") == std::string::npos &&
                      std::count(digits.begin(), digits.end(), '.') <= 1 && digits != ".";
  if (number) return !word.starts_with('-') && digits.find_first_not_of("0.") != std::string::npos;
  return tl::unexpected("decision node " + std::to_string(node.node_id) + " answers neither true, false nor a number");
}

void apply_decision(WorkflowDag& dag, std::int64_t node_id, bool answer) {
  DagNode* const decision = dag.find(node_id);
  CF_ASSERT(decision != nullptr && decision->type == NodeType::decision);
  decision->status = InstanceStatus::succeed;
  decision->result = answer ? "true" : "false";

  std::vector<std::int64_t> closed;  // targets of edges that were disabled just now
  for (DagEdge& edge : dag.edges) {
    if (edge.from != node_id || is_true(edge.property) == answer) continue;
    edge.enable = false;
    closed.push_back(edge.to);
  }
  while (!closed.empty()) {
    const std::int64_t id = closed.back();
    closed.pop_back();
    DagNode* const node = dag.find(id);
    if (node == nullptr || node->disabled_by_control_node) continue;
    const bool still_open = std::any_of(dag.edges.begin(), dag.edges.end(),
                                        [id](const DagEdge& edge) { return edge.to == id && edge.enable; });
    if (still_open) continue;
    node->enable = false;
    node->disabled_by_control_node = true;
    node->status = InstanceStatus::canceled;
    for (DagEdge& edge : dag.edges) {
      if (edge.from != id || !edge.enable) continue;
      edge.enable = false;
      closed.push_back(edge.to);
    }
  }
}

bool all_finished(const WorkflowDag& dag) {
  return std::all_of(dag.nodes.begin(), dag.nodes.end(),
                     [](const DagNode& node) { return is_finished(node.status_or_waiting()); });
}

}  // namespace chronofault::powerjob
