// Vectors about workflow graphs: dag_valid, dag_ready_nodes, decision_node.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <powerjob/rules/workflow_graph.hpp>
#include <support/vectors.hpp>

namespace {

using namespace chronofault::powerjob;
using nlohmann::json;

WorkflowDag dag_of(const json& c) {
  WorkflowDag dag;
  for (const json& n : c["nodes"]) {
    DagNode node;
    if (n.is_number()) {
      node.node_id = n;
    } else {
      node.node_id = n["nodeId"];
      node.type = static_cast<NodeType>(n.value("nodeType", 1));
      node.enable = n.value("enable", true);
      if (n.contains("status")) node.status = static_cast<InstanceStatus>(n["status"].get<int>());
    }
    dag.nodes.push_back(node);
  }
  for (const json& e : c["edges"]) {
    if (e.is_array()) {
      dag.edges.emplace_back(e[0].get<std::int64_t>(), e[1].get<std::int64_t>());
    } else {
      dag.edges.emplace_back(e["from"].get<std::int64_t>(), e["to"].get<std::int64_t>(), e.value("property", ""));
    }
  }
  return dag;
}

std::vector<std::int64_t> ids(const json& list) { return list.get<std::vector<std::int64_t>>(); }

}  // namespace

TEST_CASE("valid graph vectors", "[powerjob:7.8.1]") {
  for (const json& c : support::cases_of("powerjob/dag_valid.json")) {
    CAPTURE(c.dump());
    REQUIRE(check_dag(dag_of(c), Profile::v411()).has_value() == c["valid"].get<bool>());
  }
}

TEST_CASE("ready node vectors", "[powerjob:7.8.4]") {
  for (const json& c : support::cases_of("powerjob/dag_ready_nodes.json")) {
    CAPTURE(c.dump());
    WorkflowDag dag = dag_of(c);
    const WorkflowDag before = dag;
    std::vector<std::int64_t> ready = list_ready(dag);
    REQUIRE(ready == ids(c["ready_in_order_derived"]));
    std::sort(ready.begin(), ready.end());
    REQUIRE(ready == ids(c["ready"]));
    std::vector<std::int64_t> skipped;
    for (std::size_t i = 0; i < dag.nodes.size(); ++i) {
      if (dag.nodes[i].status == before.nodes[i].status) continue;
      REQUIRE(dag.nodes[i].status == InstanceStatus::succeed);
      REQUIRE(dag.nodes[i].result == std::string("disable node"));
      skipped.push_back(dag.nodes[i].node_id);
    }
    REQUIRE(skipped == ids(c["skipped_now_succeeded_derived"]));
  }
}

TEST_CASE("decision node vectors", "[powerjob:7.8.4]") {
  for (const json& c : support::cases_of("powerjob/decision_node.json")) {
    CAPTURE(c.dump());
    WorkflowDag dag = dag_of(c);
    for (const json& step : c["steps"]) {
      const std::int64_t decided = step["decide"];
      apply_decision(dag, decided, step["value"]);
      REQUIRE(dag.find(decided)->status == InstanceStatus::succeed);
      REQUIRE(dag.find(decided)->result == std::string(step["value"].get<bool>() ? "true" : "false"));
      std::vector<std::int64_t> disabled;
      for (const DagNode& node : dag.nodes) {
        if (node.enable) continue;
        REQUIRE(node.disabled_by_control_node);
        REQUIRE(node.status == InstanceStatus::canceled);
        disabled.push_back(node.node_id);
      }
      REQUIRE(disabled == ids(step["disabled_nodes"]));
      std::set<std::pair<std::int64_t, std::int64_t>> edges;
      std::set<std::pair<std::int64_t, std::int64_t>> wanted;
      for (const DagEdge& edge : dag.edges) {
        if (!edge.enable) edges.emplace(edge.from, edge.to);
      }
      for (const json& edge : step["disabled_edges"]) wanted.emplace(edge[0], edge[1]);
      REQUIRE(edges == wanted);
      for (const std::int64_t id : ids(step["untouched_nodes"])) {
        REQUIRE(dag.find(id)->enable);
        REQUIRE_FALSE(dag.find(id)->status.has_value());
      }
    }
  }
}
