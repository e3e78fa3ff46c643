#include "lock_names.hpp"

#include <algorithm>

namespace chronofault::curator {

std::vector<std::string> sorted_by_sequence(std::vector<std::string> names, std::string_view lock_name) {
  const auto sequence = [lock_name](std::string_view name) {
    const std::size_t at = name.rfind(lock_name);
    return at == std::string_view::npos ? name : name.substr(at + lock_name.size());
  };
  // Equal keys can only be foreign nodes; ordered by name, so that the servers' order of names does not show.
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    const std::string_view left = sequence(a);
    const std::string_view right = sequence(b);
    return left != right ? left < right : a < b;
  });
  return names;
}

}  // namespace chronofault::curator
