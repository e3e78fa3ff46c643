#include <algorithm>
#include <set>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/visitors.hpp>

#include <workflow/dag.hpp>

namespace chronofault::workflow {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;
using Edges = std::vector<std::pair<std::size_t, std::size_t>>;

Graph graph_of(std::size_t nodes, const Edges& edges) { return Graph(edges.begin(), edges.end(), nodes); }

struct CycleFound {
  Vertex from;
  Vertex to;  // an ancestor of `from` in the search tree
};

class CycleFinder : public boost::default_dfs_visitor {
 public:
  explicit CycleFinder(std::vector<Vertex>& parent) : parent_(&parent) {}
  void tree_edge(Edge e, const Graph& g) { (*parent_)[boost::target(e, g)] = boost::source(e, g); }
  void back_edge(Edge e, const Graph& g) { throw CycleFound{boost::source(e, g), boost::target(e, g)}; }

 private:
  std::vector<Vertex>* parent_;
};

/// Vertices of a cycle, the first repeated at the end; empty: none.
std::vector<Vertex> find_cycle(const Graph& graph) {
  std::vector<Vertex> parent(boost::num_vertices(graph));
  try {
    boost::depth_first_search(graph, boost::visitor(CycleFinder(parent)));
  } catch (const CycleFound& found) {
    std::vector<Vertex> path{found.to};
    for (Vertex v = found.from; v != found.to; v = parent[v]) path.push_back(v);
    path.push_back(found.to);
    std::reverse(path.begin(), path.end());
    return path;
  }
  return {};
}

}  // namespace

std::string to_string(const NodeId& id) {
  const std::int64_t* number = std::get_if<std::int64_t>(&id);
  return number != nullptr ? std::to_string(*number) : std::get<std::string>(id);
}

std::string path_text(const std::vector<NodeId>& path) {
  std::string text;
  for (const NodeId& id : path) text += (text.empty() ? "" : " -> ") + to_string(id);
  return text;
}

std::size_t Dag::index_of(const NodeId& id) const {
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), id,
                                      [](const auto& entry, const NodeId& key) { return entry.first < key; });
  return found == sorted_.end() || found->first != id ? npos : found->second;
}

bool Dag::add_node(NodeId id) {
  const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), id,
                                   [](const auto& entry, const NodeId& key) { return entry.first < key; });
  if (at != sorted_.end() && at->first == id) return false;
  sorted_.emplace(at, id, ids_.size());
  ids_.push_back(std::move(id));
  return true;
}

bool Dag::add_edge(const NodeId& from, const NodeId& to) {
  const std::size_t source = index_of(from);
  const std::size_t target = index_of(to);
  if (source == npos || target == npos) return false;
  edges_.emplace_back(source, target);
  return true;
}

std::vector<NodeId> Dag::roots() const {
  std::vector<bool> has_predecessor(ids_.size());
  for (const auto& [from, to] : edges_) has_predecessor[to] = true;
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (!has_predecessor[i]) found.push_back(ids_[i]);
  }
  return found;
}

std::vector<NodeId> Dag::successors(const NodeId& id) const {
  const std::size_t source = index_of(id);
  std::vector<NodeId> found;
  for (const auto& [from, to] : edges_) {
    if (from == source) found.push_back(ids_[to]);
  }
  return found;
}

std::vector<NodeId> Dag::predecessors(const NodeId& id) const {
  const std::size_t target = index_of(id);
  std::vector<NodeId> found;
  for (const auto& [from, to] : edges_) {
    if (to == target) found.push_back(ids_[from]);
  }
  return found;
}

std::vector<NodeId> Dag::cycle() const {
  std::vector<NodeId> path;
  for (const Vertex v : find_cycle(graph_of(ids_.size(), edges_))) path.push_back(ids_[v]);
  return path;
}

std::vector<NodeId> Dag::unreachable() const {
  const Graph graph = graph_of(ids_.size(), edges_);
  std::vector<boost::default_color_type> colors(ids_.size(), boost::white_color);
  for (Vertex v = 0; v < ids_.size(); ++v) {
    if (boost::in_degree(v, graph) == 0) {
      boost::depth_first_visit(graph, v, boost::default_dfs_visitor(), colors.data());
    }
  }
  std::vector<NodeId> found;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (colors[i] == boost::white_color) found.push_back(ids_[i]);
  }
  return found;
}

std::vector<NodeId> Dag::topological_order() const {
  // boost::topological_sort would give some order; ours must not depend on how it walks.
  const Graph graph = graph_of(ids_.size(), edges_);
  std::vector<std::size_t> waiting_for(ids_.size());
  std::set<Vertex> ready;
  for (Vertex v = 0; v < ids_.size(); ++v) {
    waiting_for[v] = boost::in_degree(v, graph);
    if (waiting_for[v] == 0) ready.insert(v);
  }
  std::vector<NodeId> order;
  while (!ready.empty()) {
    const Vertex v = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(ids_[v]);
    const auto [begin, end] = boost::adjacent_vertices(v, graph);
    for (auto next = begin; next != end; ++next) {
      if (--waiting_for[*next] == 0) ready.insert(*next);
    }
  }
  if (order.size() != ids_.size()) order.clear();
  return order;
}

std::string Dag::complaint() const {
  if (ids_.empty()) return "no nodes";
  const std::vector<NodeId> circle = cycle();
  return circle.empty() ? std::string() : "a cycle: " + path_text(circle);
}

}  // namespace chronofault::workflow
