#include "wait_graph.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

namespace chronofault::sim {

bool WaitGraph::cycle_through(std::size_t node) const {
  std::size_t size = node + 1;
  for (const auto& [waiter, blocker] : edges_) size = std::max({size, waiter + 1, blocker + 1});
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  const Graph graph(edges_.begin(), edges_.end(), size);
  std::vector<std::size_t> component(size);
  boost::strong_components(graph,
                           boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  return std::count(component.begin(), component.end(), component[node]) > 1;
}

}  // namespace chronofault::sim
