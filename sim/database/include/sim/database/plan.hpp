// A statement's predicate, with names resolved against its table: a test per row, and the stretches of an index that
// its key condition names. Which entries of a stretch are looked at, locked or passed over is the dialect's matter.
#pragma once

#include <string_view>
#include <vector>

#include <sim/database/storage.hpp>

namespace chronofault::sim {

/// A db::Test that knows its columns by number. Comparisons with NULL are false.
class RowTest {
 public:
  RowTest() = default;
  RowTest(const StoredTable& table, const db::Test& test);
  bool operator()(const db::Values& row) const;

 private:
  db::Test::Kind kind_ = db::Test::Kind::always;
  std::size_t column_ = 0;
  db::Values values_;
  std::vector<RowTest> children_;
};

/// Consecutive keys of an index: those that begin with `prefix` and whose next column lies within the bounds.
struct KeyRange {
  struct Bound {
    Bound(KeyBytes key, bool inclusive) : key(std::move(key)), inclusive(inclusive) {}
    KeyBytes key;  // with the prefix
    bool inclusive;
  };
  KeyRange() = default;
  KeyBytes prefix;
  std::size_t columns = 0;  // of the prefix
  std::optional<Bound> low;
  std::optional<Bound> high;

  bool bounded() const noexcept { return low || high; }
  /// Every entry of the index.
  bool whole() const noexcept { return prefix.empty() && !bounded(); }
  /// Equality on the columns of the prefix and nothing else.
  bool equality() const noexcept { return !prefix.empty() && !bounded(); }

  enum class Place { before, inside, beyond };
  Place place(std::string_view key) const noexcept;
  /// The first entry of an ordered index that is not before the range.
  template <class Map>
  auto first(Map& entries) const {
    if (low) return entries.lower_bound(low->inclusive ? low->key : after(low->key));
    if (high) {  // NULL is below no bound
      KeyBytes null = prefix;
      append(null, Null{});
      return entries.lower_bound(after(null));
    }
    return prefix.empty() ? entries.begin() : entries.lower_bound(prefix);
  }
};

class AccessPath {
 public:
  AccessPath(const StoredTable& table, const db::Where& where);

  std::size_t index() const noexcept { return index_; }
  /// In ascending order; none: nothing can match (a comparison with NULL).
  const std::vector<KeyRange>& ranges() const noexcept { return ranges_; }
  /// Equality on all columns of a unique index.
  bool unique_lookup() const noexcept { return unique_lookup_; }
  bool residual(const db::Values& row) const { return residual_(row); }
  /// Key condition and residual.
  bool matches(const db::Values& row) const;

 private:
  const StoredTable* table_;
  std::size_t index_;
  bool unique_lookup_ = false;
  std::vector<KeyRange> ranges_;
  RowTest residual_;
};

}  // namespace chronofault::sim
