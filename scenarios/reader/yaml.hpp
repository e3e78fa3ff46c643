// The only place that knows the YAML library: text to tree.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include <scenarios/node.hpp>

namespace chronofault::scenarios {

/// Aliases may stand for so many nodes in all: a file of a few lines can otherwise stand for billions.
inline constexpr std::size_t alias_nodes_max = 10'000;
/// Lists and maps inside each other. Far below what the library's own recursion allows.
inline constexpr std::size_t nesting_max = 100;

/// The first document. Fails with one problem: not YAML or not UTF-8 (with the place), a second document, a key twice,
/// a key that is no scalar, aliases above `alias_nodes_max` (noticed before anything is copied), an alias inside its
/// own anchor, nesting above `nesting_max`. A key without a value has a null whose place is the key's.
tl::expected<Node, Problem> parse_yaml(const std::string& text, std::shared_ptr<const std::string> file);

}  // namespace chronofault::scenarios
