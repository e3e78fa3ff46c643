// A map of strings with the iteration order of Java's ConcurrentHashMap, which upstream's caches hand on: by slot of
// the table, and within one by insertion. The table grows as Java's does and never shrinks. Not modelled: that growing
// may turn around the order of keys within one slot.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chronofault::curator {

/// String.hashCode() of UTF-8 text, over its UTF-16 units.
std::int32_t java_hash(std::string_view text) noexcept;

template <class V>
class JavaHashMap {
 public:
  JavaHashMap() = default;
  JavaHashMap(const JavaHashMap&) = delete;
  JavaHashMap& operator=(const JavaHashMap&) = delete;

  const V* find(std::string_view key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->value;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// What stood there before.
  std::optional<V> put(const std::string& key, V value) {
    if (const auto found = index_.find(key); found != index_.end()) {
      return std::exchange(found->second->value, std::move(value));
    }
    const auto entry = all_.insert(all_.end(), Entry{key, std::move(value)});
    index_.emplace(entry->key, entry);
    if (all_.size() >= slots_ / 4 * 3) slots_ *= 2;
    return std::nullopt;
  }
  std::optional<V> take(std::string_view key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    const auto entry = found->second;
    index_.erase(found);
    std::optional<V> value(std::move(entry->value));
    all_.erase(entry);
    return value;
  }
  void clear() noexcept {
    index_.clear();
    all_.clear();
  }
  std::size_t size() const noexcept { return all_.size(); }
  bool empty() const noexcept { return all_.empty(); }

  std::vector<std::pair<std::string, V>> entries() const {
    std::vector<std::pair<std::uint32_t, const Entry*>> order;
    for (const Entry& entry : all_) {
      const auto hash = static_cast<std::uint32_t>(java_hash(entry.key));
      order.emplace_back((hash ^ (hash >> 16)) & static_cast<std::uint32_t>(slots_ - 1), &entry);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::pair<std::string, V>> result;
    for (const auto& [slot, entry] : order) result.emplace_back(entry->key, entry->value);
    return result;
  }

 private:
  struct Entry {
    std::string key;
    V value;
  };
  std::list<Entry> all_;                                                             // by insertion
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;  // looked up, never walked
  std::size_t slots_ = 16;
};

}  // namespace chronofault::curator
