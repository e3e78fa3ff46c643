// The kept records as a graph: which of them the evidence still rests on, and which causes follow from others.
#pragma once

#include <cstdint>
#include <vector>

namespace chronofault::scenarios {

/// `causes[n]` are the nodes that n rests on; the graph is acyclic. Removes from `causes` what is reached through
/// another cause as well (of graphs of at most 1,000 nodes), and returns which nodes the roots lead to, roots included.
std::vector<bool> reduce(std::vector<std::vector<std::uint32_t>>& causes, const std::vector<std::uint32_t>& roots);

}  // namespace chronofault::scenarios
