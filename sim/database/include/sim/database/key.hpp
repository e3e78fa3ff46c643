// Keys of indexes: values column by column. A key that is the beginning of another one comes first; NULL comes first;
// text compares by bytes.
//
// Indexes hold a key as bytes that compare as its values do, so that neither a comparison nor a copy looks at values.
// Such bytes are those of the columns, one after the other:
//
//   NULL, a flag       one byte, which says that it is this
//   integer, instant   a byte for kind, sign and number of bytes, then these, the most significant first
//   real               a byte for the kind, then its bits in the order of what they mean; -0 is 0
//   text               a byte for the kind, then its own, then 0 1; a 0 within is 0 255
//
// Invariant: the bytes of one column never begin those of another one, so a key begins with given values exactly if its
// bytes begin with theirs.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <ports/database/table.hpp>

namespace chronofault::sim {

/// Values of key columns, in the index's order.
using Key = db::Values;
/// The same as bytes.
using KeyBytes = std::string;

void append(KeyBytes& key, const Value& value);
KeyBytes bytes_of(const Key& key);
/// Stands behind every key that begins with this one, before all that are greater.
KeyBytes after(std::string_view prefix);
/// A column of this key that begins with `prefix` and goes on is NULL.
bool null_follows(std::string_view key, std::string_view prefix) noexcept;

/// Over the bytes that both have: 0 if one is the beginning of the other.
inline int compare_common(std::string_view a, std::string_view b) noexcept {
  const std::size_t n = a.size() < b.size() ? a.size() : b.size();
  return a.substr(0, n).compare(b.substr(0, n));
}

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

}  // namespace chronofault::sim
