// A directed graph of named or numbered nodes, and whether it is acyclic: what workflows of every system, and the
// scenario reader, ask of one. Parallel edges and self edges are accepted as input; a self edge is a cycle.
//
// Boost.Graph does the work and stays inside dag.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chronofault::workflow {

/// "extract" or 7. Numbers order before names.
using NodeId = std::variant<std::int64_t, std::string>;
std::string to_string(const NodeId& id);

class Dag {
 public:
  /// False: the id is taken, nothing changed.
  bool add_node(NodeId id);
  /// False: one of the ends is unknown, nothing changed.
  bool add_edge(const NodeId& from, const NodeId& to);

  std::size_t size() const noexcept { return ids_.size(); }
  const std::vector<NodeId>& nodes() const noexcept { return ids_; }  // as added
  bool contains(const NodeId& id) const { return index_of(id) != npos; }

  /// Nodes without a predecessor, as added.
  std::vector<NodeId> roots() const;
  /// In the order in which the edges were added; a parallel edge counts again.
  std::vector<NodeId> successors(const NodeId& id) const;
  std::vector<NodeId> predecessors(const NodeId& id) const;

  /// The nodes of one cycle in its direction, the first repeated at the end; empty: acyclic. Which cycle is decided by
  /// the order of nodes and edges alone.
  std::vector<NodeId> cycle() const;
  /// Nodes that no root leads to (all of them lie on or behind a cycle), as added.
  std::vector<NodeId> unreachable() const;
  /// Predecessors first, otherwise as added; empty if there is a cycle.
  std::vector<NodeId> topological_order() const;

  /// The first thing wrong, as a person would say it ("a cycle: a -> b -> a"); empty: a DAG with at least one node.
  std::string complaint() const;

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  std::size_t index_of(const NodeId& id) const;

  std::vector<NodeId> ids_;
  std::vector<std::pair<NodeId, std::size_t>> sorted_;      // by id
  std::vector<std::pair<std::size_t, std::size_t>> edges_;  // as added
};

/// "a -> b -> a"
std::string path_text(const std::vector<NodeId>& path);

}  // namespace chronofault::workflow
