// A statement's predicate, with names resolved against its table: a test per row, and a cursor over an access path.
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

/// Walks the index entries that fulfil a key condition, in index order. Entries may come and go between two calls, also
/// the current one; a cursor that was suspended goes on at the same entry if it is still there, else at the next.
class Cursor {
 public:
  Cursor(StoredTable& table, const db::Where& where);

  /// The entry to look at, or null at the end. The same until next().
  StoredRow* record();
  void next() noexcept { fresh_ = false; }
  /// Call before anything else may change the index: afterwards record() looks the entry up again.
  void suspend();

  /// -1: the primary key.
  int index() const noexcept { return index_; }
  /// True if the image still has the key under which the cursor found it.
  bool current(const db::Image& image) const;
  /// True if at most one row can be found.
  bool unique_lookup() const noexcept { return unique_lookup_; }

 private:
  struct Range {
    Key prefix;
    std::optional<db::Where::Bound> low;
    std::optional<db::Where::Bound> high;
  };
  enum class Fit { inside, skip, past };
  Fit fit(const Range& range, const Key& entry) const;
  template <class Map>
  StoredRow* seek(Map& entries, typename Map::iterator& at);
  const Key& key() const noexcept { return index_ < 0 ? row_->first : entry_->first; }

  StoredTable* table_;
  int index_;
  bool unique_lookup_ = false;
  std::vector<Range> ranges_;
  std::size_t range_ = 0;
  std::map<Key, StoredRow, KeyLess>::iterator row_;     // index_ < 0
  std::map<Key, StoredRow*, KeyLess>::iterator entry_;  // index_ >= 0
  bool started_ = false;                                // row_ or entry_ is in ranges_[range_]
  bool fresh_ = false;                                  // it was not passed by next() yet
  std::optional<Key> saved_;                            // of suspend()
};

}  // namespace chronofault::sim
