// A map of strings with the iteration order of Java's ConcurrentHashMap, which upstream's caches hand on: by slot of
// the table, and within one by insertion. The table grows as Java's does and never shrinks. Not modelled: that growing
// may turn around the order of keys within one slot.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace chronofault::curator {

/// String.hashCode() of UTF-8 text, over its UTF-16 units.
std::int32_t java_hash(std::string_view text) noexcept;

template <class V>
class JavaHashMap {
 public:
  const V* find(std::string_view key) const {
    const auto found = all_.find(key);
    return found == all_.end() ? nullptr : &found->second.value;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// What stood there before.
  std::optional<V> put(const std::string& key, V value) {
    const auto [at, added] = all_.try_emplace(key, Entry{value, next_});
    if (!added) return std::exchange(at->second.value, std::move(value));
    ++next_;
    if (all_.size() >= slots_ / 4 * 3) slots_ *= 2;
    return std::nullopt;
  }
  std::optional<V> take(std::string_view key) {
    const auto found = all_.find(key);
    if (found == all_.end()) return std::nullopt;
    std::optional<V> value(std::move(found->second.value));
    all_.erase(found);
    return value;
  }
  void clear() noexcept { all_.clear(); }
  std::size_t size() const noexcept { return all_.size(); }
  bool empty() const noexcept { return all_.empty(); }

  std::vector<std::pair<std::string, V>> entries() const {
    std::vector<std::tuple<std::uint32_t, std::uint64_t, const std::string*, const V*>> order;
    for (const auto& [key, entry] : all_) {
      const auto hash = static_cast<std::uint32_t>(java_hash(key));
      const auto slot = (hash ^ (hash >> 16)) & static_cast<std::uint32_t>(slots_ - 1);
      order.emplace_back(slot, entry.number, &key, &entry.value);
    }
    // Numbers differ, so no address is ever compared.
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return std::pair(std::get<0>(a), std::get<1>(a)) < std::pair(std::get<0>(b), std::get<1>(b));
    });
    std::vector<std::pair<std::string, V>> result;
    for (const auto& [slot, number, key, value] : order) result.emplace_back(*key, *value);
    return result;
  }

 private:
  struct Entry {
    V value;
    std::uint64_t number;
  };
  std::map<std::string, Entry, std::less<>> all_;
  std::uint64_t next_ = 0;
  std::size_t slots_ = 16;
};

}  // namespace chronofault::curator
