// Files and their merging: size limit, `include:`, chaos scripts.
//
// `include:` (a path or a list of them, relative to the including file) merges: maps key by key, and what the including
// file says wins; the lists jobs, workflows, do, faults, links and of roles are joined, the included ones first; any
// other list is replaced.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <scenarios/node.hpp>
#include <scenarios/source.hpp>

namespace chronofault::scenarios {

inline constexpr std::size_t file_bytes_max = std::size_t{4} << 20;

/// Parses and merges. The files that `include:` named, and those that they named, are added to `included`.
tl::expected<Node, Problem> load(const Source& source, std::vector<std::string>& included);

/// True for the content of a chaos script.
bool is_script(const Node& tree);

/// Puts a chaos script onto a scenario: faults are added, `let` is joined, `expect` is replaced by the script's list
/// for each of the variants.
tl::expected<Node, Problem> apply_script(Node scenario, const Node& script);

}  // namespace chronofault::scenarios
