// The waits-for graph, where a transaction may wait for several others.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace chronofault::sim {

/// Nodes are small numbers.
class WaitGraph {
 public:
  void add(std::size_t waiter, std::size_t blocker) { edges_.emplace_back(waiter, blocker); }
  /// Whether a cycle goes through the node.
  bool cycle_through(std::size_t node) const;

 private:
  std::vector<std::pair<std::size_t, std::size_t>> edges_;
};

}  // namespace chronofault::sim
