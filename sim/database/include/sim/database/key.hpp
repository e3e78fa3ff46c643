// Keys of indexes: values column by column. A key that is the beginning of another one comes first; NULL comes first;
// text compares by bytes.
#pragma once

#include <algorithm>
#include <compare>

#include <ports/database/table.hpp>

namespace chronofault::sim {

/// Values of key columns, in the index's order.
using Key = db::Values;

/// Negative, zero or positive. The kinds that keys are made of are compared here; std::variant's own way is slow.
inline int compare(const Value& a, const Value& b) noexcept {
  if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
  if (const std::int64_t* x = std::get_if<std::int64_t>(&a)) {
    const std::int64_t y = *std::get_if<std::int64_t>(&b);
    return *x < y ? -1 : *x > y;
  }
  if (const std::string* x = std::get_if<std::string>(&a)) return x->compare(*std::get_if<std::string>(&b));
  return a < b ? -1 : b < a;
}

/// Over the columns that both have.
inline int compare_common(const Key& a, const Key& b) noexcept {
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (const int order = compare(a[i], b[i]); order != 0) return order;
  }
  return 0;
}

inline bool starts_with(const Key& key, const Key& prefix) noexcept {
  return key.size() >= prefix.size() && compare_common(key, prefix) == 0;
}

/// Stands behind every key that begins with this one: lower_bound(After{p}) is the first entry beyond the prefix.
struct After {
  const Key& prefix;
};

struct KeyLess {
  using is_transparent = void;
  bool operator()(const Key& a, const Key& b) const noexcept {
    const int order = compare_common(a, b);
    return order != 0 ? order < 0 : a.size() < b.size();
  }
  bool operator()(const Key& a, const After& b) const noexcept { return compare_common(a, b.prefix) <= 0; }
  bool operator()(const After& a, const Key& b) const noexcept { return compare_common(a.prefix, b) < 0; }
};

}  // namespace chronofault::sim
