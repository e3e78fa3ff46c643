#include "graph.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/transitive_reduction.hpp>

namespace chronofault::scenarios {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
constexpr std::size_t reduced_most = 1000;

struct Finder : boost::default_bfs_visitor {
  explicit Finder(std::vector<bool>* found) : found(found) {}
  void discover_vertex(Vertex v, const Graph&) const { (*found)[v] = true; }
  std::vector<bool>* found;
};

std::vector<bool> reached_from(const Graph& graph, const std::vector<std::uint32_t>& roots) {
  std::vector<bool> found(boost::num_vertices(graph));
  std::vector<boost::default_color_type> colors(boost::num_vertices(graph));
  boost::queue<Vertex> queue;
  for (const std::uint32_t root : roots) {
    if (found[root]) continue;
    boost::breadth_first_visit(
        graph, Vertex{root}, queue, Finder(&found),
        boost::make_iterator_property_map(colors.begin(), boost::get(boost::vertex_index, graph)));
  }
  return found;
}

}  // namespace

std::vector<bool> reduce(std::vector<std::vector<std::uint32_t>>& causes, const std::vector<std::uint32_t>& roots) {
  Graph graph(causes.size());
  for (std::uint32_t n = 0; n < causes.size(); ++n) {
    for (const std::uint32_t cause : causes[n]) boost::add_edge(n, cause, graph);
  }
  std::vector<bool> needed = reached_from(graph, roots);

  std::vector<std::uint32_t> old_of;  // nodes that stay
  std::vector<std::uint32_t> new_of(causes.size());
  for (std::uint32_t n = 0; n < causes.size(); ++n) {
    if (!needed[n]) continue;
    new_of[n] = static_cast<std::uint32_t>(old_of.size());
    old_of.push_back(n);
  }
  if (old_of.empty() || old_of.size() > reduced_most) return needed;  // Boost reads an empty vector of an empty graph
  Graph kept(old_of.size());
  for (const std::uint32_t n : old_of) {
    for (const std::uint32_t cause : causes[n]) boost::add_edge(new_of[n], new_of[cause], kept);
  }
  Graph reduced;
  std::vector<Vertex> image(old_of.size());
  const auto index = boost::get(boost::vertex_index, kept);
  boost::transitive_reduction(kept, reduced, boost::make_iterator_property_map(image.begin(), index), index);
  std::vector<std::uint32_t> origin(old_of.size());
  for (std::uint32_t v = 0; v < image.size(); ++v) origin[image[v]] = v;
  for (const std::uint32_t n : old_of) {
    causes[n].clear();
    for (auto [e, end] = boost::out_edges(image[new_of[n]], reduced); e != end; ++e) {
      causes[n].push_back(old_of[origin[boost::target(*e, reduced)]]);
    }
    std::sort(causes[n].begin(), causes[n].end());
  }
  return needed;
}

}  // namespace chronofault::scenarios
