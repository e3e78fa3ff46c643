// Paths of znodes, and what ZKPaths does to them by several plain requests. These requests are not retried: an error of
// any of them ends the whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <ports/coordination.hpp>

namespace chronofault::curator {

/// make_path("/a", "b") is "/a/b"; of the root: "/b".
std::string make_path(std::string_view parent, std::string_view child);
/// The part after the last slash.
std::string_view node_of(std::string_view path) noexcept;
/// The part before it; "/" for what lies right below the root.
std::string parent_of(std::string_view path);

/// ZKPaths.mkdirs: for each ancestor (and the last node itself, if asked for): exists, and create if it is missing,
/// with empty data; NodeExists is ignored.
Task<> make_parents(std::shared_ptr<zk::Handle> handle, std::string path, bool last_node, bool containers);
/// ZKPaths.deleteChildren: the whole subtree, children first; nodes that vanish are ignored, new children start it
/// over.
Task<> delete_children(std::shared_ptr<zk::Handle> handle, std::string path, bool self);

}  // namespace chronofault::curator
