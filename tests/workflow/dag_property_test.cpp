#include <algorithm>

#include <catch2/catch.hpp>

#include <support/property.hpp>
#include <workflow/dag.hpp>

namespace {

using chronofault::workflow::Dag;
using chronofault::workflow::NodeId;
using chronofault::workflow::path_text;

Dag graph(const std::vector<NodeId>& nodes, const std::vector<std::pair<NodeId, NodeId>>& edges) {
  Dag dag;
  for (const NodeId& node : nodes) REQUIRE(dag.add_node(node));
  for (const auto& [from, to] : edges) REQUIRE(dag.add_edge(from, to));
  return dag;
}

}  // namespace

TEST_CASE("a cycle is named with its path", "[powerjob:7.8.1]") {
  const Dag dag = graph({"a", "b", "c", "d"}, {{"a", "b"}, {"b", "c"}, {"c", "d"}, {"d", "b"}});
  CHECK(dag.complaint() == "a cycle: b -> c -> d -> b");
  CHECK(path_text(dag.unreachable()).empty());
  CHECK(path_text(dag.roots()) == "a");
  CHECK(dag.topological_order().empty());
}

TEST_CASE("small graphs", "[powerjob:7.8.1]") {
  CHECK(Dag().complaint() == "no nodes");
  CHECK(graph({7}, {{7, 7}}).complaint() == "a cycle: 7 -> 7");
  const Dag circle = graph({1, 2}, {{1, 2}, {2, 1}});
  CHECK(path_text(circle.unreachable()) == "1 -> 2");
  const Dag order = graph({3, 1, 2}, {{1, 3}});
  CHECK(order.complaint().empty());
  CHECK(path_text(order.topological_order()) == "1 -> 3 -> 2");
  CHECK(path_text(order.successors(1)) == "3");
  CHECK(path_text(order.predecessors(3)) == "1");
  Dag dag = order;
  CHECK_FALSE(dag.add_node(1));
  CHECK_FALSE(dag.add_edge(1, 99));
  CHECK(dag.contains(2));
  CHECK_FALSE(dag.contains("2"));
}

TEST_CASE("any graph has an order or a cycle, never both", "[powerjob:7.8.1]") {
  support::check_property("random edges", [] {
    const int n = *rc::gen::inRange(1, 10);
    Dag dag;
    for (int i = 0; i < n; ++i) dag.add_node(std::int64_t{(i * 5) % n + i * 100});
    std::vector<std::pair<NodeId, NodeId>> edges;
    for (const auto& [a, b] : *rc::gen::container<std::vector<std::pair<int, int>>>(
             rc::gen::pair(rc::gen::inRange(0, n), rc::gen::inRange(0, n)))) {
      if (edges.size() > 14) break;
      const auto from = dag.nodes()[static_cast<std::size_t>(a)];
      const auto to = dag.nodes()[static_cast<std::size_t>(b)];
      dag.add_edge(from, to);
      edges.emplace_back(from, to);
    }
    const auto has_edge = [&](const NodeId& from, const NodeId& to) {
      return std::find(edges.begin(), edges.end(), std::make_pair(from, to)) != edges.end();
    };
    const std::vector<NodeId> order = dag.topological_order();
    const std::vector<NodeId> cycle = dag.cycle();
    RC_ASSERT(order.empty() == !cycle.empty());
    for (std::size_t i = 1; i < cycle.size(); ++i) RC_ASSERT(has_edge(cycle[i - 1], cycle[i]));
    if (!cycle.empty()) RC_ASSERT(cycle.front() == cycle.back() && cycle.size() >= 2);
    if (cycle.empty()) {
      RC_ASSERT(order.size() == dag.size());
      const auto place = [&](const NodeId& id) { return std::find(order.begin(), order.end(), id) - order.begin(); };
      for (const auto& [from, to] : edges) RC_ASSERT(place(from) < place(to));
      RC_ASSERT(dag.unreachable().empty());
      RC_ASSERT(!dag.roots().empty());
    }
  });
}
