#include "fields.hpp"

#include <algorithm>

namespace chronofault::scenarios {

Fields::Fields(const Node& node, std::string what, Problems& problems)
    : node_(&node), what_(std::move(what)), problems_(&problems) {
  if (!node.is_map() && !node.is_null()) problems.add(node.place, what_ + " is " + described(node), "a map");
}

const Node* Fields::get(std::string_view key) {
  know(key);
  return node_->find(key);
}

const Node* Fields::need(std::string_view key, std::string_view expected) {
  const Node* const value = get(key);
  if (value != nullptr) return value;
  if (node_->is_map() || node_->is_null()) missing_.emplace_back(key, expected);
  return nullptr;
}

void Fields::know(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

void Fields::done() {
  for (const auto& [key, value] : node_->entries) {
    if (std::find(known_.begin(), known_.end(), key.text) != known_.end()) continue;
    const std::string nearest = nearest_name(key.text, known_);
    std::erase_if(missing_, [&nearest](const auto& missing) { return missing.first == nearest; });
    problems_->add(key.place, "unknown key '" + key.text + "' in " + what_, listed(known_), nearest);
  }
  for (const auto& [key, expected] : missing_) {
    problems_->add(node_->place, what_ + " without '" + key + "'", expected);
  }
  missing_.clear();
}

}  // namespace chronofault::scenarios
