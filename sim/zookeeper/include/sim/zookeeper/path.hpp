// Paths of znodes. The root is "/" and, as a parent that was cut off another path, "".
#pragma once

#include <string_view>

namespace chronofault::sim {

/// "/a" of "/a/b", "" of "/a". The path has a slash.
constexpr std::string_view parent_of(std::string_view path) { return path.substr(0, path.rfind('/')); }
/// "b" of "/a/b".
constexpr std::string_view last_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
/// As events and clients name it: "/" for the root.
constexpr std::string_view shown(std::string_view path) { return path.empty() ? std::string_view("/") : path; }

/// What the server does not let anyone delete (zookeeper 3, delete).
constexpr bool is_special_path(std::string_view path) {
  return path.empty() || path == "/" || path == "/zookeeper" || path == "/zookeeper/quota" ||
         path == "/zookeeper/config";
}

}  // namespace chronofault::sim
