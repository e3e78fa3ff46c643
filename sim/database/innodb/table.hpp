// A table as InnoDB keeps it (database 3.1): sorted indexes, each entry of which can be locked, and rows as chains of
// versions.
//
//   clustered index   entry = primary key; it owns the row. Marked deleted = the newest version is a deleted one.
//   secondary index   entry = (index columns, primary key) + deleted mark. Deleting a row or changing an indexed column
//                     only marks entries: they stay, can be locked, and separate gaps.
//   supremum          stands behind the last entry of every index; locks on it mean the gap before it.
//
// An entry goes physically by the rollback of the insert that made it, or by purge, and by nothing else. Every index is
// one page: real lock objects are per page, so with more pages only their counts differ.
//
// Invariants: only the newest versions of a row are uncommitted, and they are of one transaction, which holds the row's
// exclusive lock, if only an implicit one. A secondary entry is unmarked exactly if the newest version is alive and has
// its key (but for the moment in which its writer waits in mid-statement).
#pragma once

#include <iterator>
#include <memory>
#include <vector>

#include <sim/database/key_map.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::sim::innodb {

struct LockObject;
struct Row;

/// One record of an index: what a lock may stand on.
struct Entry {
  Entry() = default;
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  std::vector<LockObject*> locks;  // that contain it, in queue order
  const KeyBytes* key = nullptr;   // null: the supremum
  Row* row = nullptr;
  std::unique_ptr<Row> owned;  // clustered
  bool deleted = false;

  bool supremum() const noexcept { return key == nullptr; }
};

struct Version {
  TransactionId writer = 0;
  CommitNumber commit = 0;  // 0: not committed
  ImagePtr image;           // of a deleted version: the values that were deleted
  bool deleted = false;
  RecordId record = 0;  // of the trace: what wrote it
};

/// A row's versions, oldest first. Dropping the oldest costs no more than having added them.
class Versions {
 public:
  std::size_t size() const noexcept { return all_.size() - first_; }
  auto begin() const noexcept { return all_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() const noexcept { return all_.end(); }
  auto rbegin() const noexcept { return all_.rbegin(); }
  auto rend() const noexcept { return std::make_reverse_iterator(begin()); }
  const Version& operator[](std::size_t i) const noexcept { return all_[first_ + i]; }
  const Version& front() const noexcept { return all_[first_]; }
  const Version& back() const noexcept { return all_.back(); }
  Version& back() noexcept { return all_.back(); }

  void push_back(Version version) { all_.push_back(std::move(version)); }
  void pop_back() noexcept { all_.pop_back(); }
  void drop_oldest(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) all_[first_ + i].image.reset();
    first_ += count;
    if (2 * first_ < all_.size()) return;
    all_.erase(all_.begin(), begin());
    first_ = 0;
  }
  /// Gives all that are not committed their number.
  void commit(CommitNumber number) noexcept {
    for (std::size_t i = all_.size(); i > first_ && all_[i - 1].commit == 0; --i) all_[i - 1].commit = number;
  }

 private:
  std::vector<Version> all_;
  std::size_t first_ = 0;  // those before are dropped
};

struct Row {
  Entry* entry = nullptr;  // in the clustered index
  Versions versions;
  std::size_t history = 0;  // undo records of committed transactions that purge has yet to see

  const Version& newest() const noexcept { return versions.back(); }
  /// The newest that was committed up to `until`; null: none.
  const Version* newest_committed(CommitNumber until = ~CommitNumber{0}) const noexcept;
};

class Table;

struct Index {
  using Entries = KeyMap<Entry>;
  using Position = Entries::iterator;

  Table* table = nullptr;
  std::size_t number = 0;  // 0: clustered
  Entries entries;
  Entry supremum;
  std::vector<LockObject*> queue;  // all lock objects, in order of creation
  std::size_t waiting = 0;         // of these
  TransactionId max_trx = 0;       // secondary: the highest that changed an entry; never goes down

  bool clustered() const noexcept { return number == 0; }
  Entry& at(Position position) noexcept { return position == entries.end() ? supremum : position->second; }
  /// In front of `next`, where the key belongs; no entry has it.
  Entry& put(Position next, KeyBytes key, Row& row);
};

class Table final : public StoredTable {
 public:
  Table(TableSpec spec, Fractions fractions);

  Index& clustered() noexcept { return *physical_.front(); }
  Index& physical(std::size_t number) noexcept { return *physical_[number]; }
  /// Number of indexes, the clustered one included.
  std::size_t size() const noexcept { return physical_.size(); }

  /// The key under which a row with these values stands in a secondary index.
  KeyBytes entry_key(std::size_t index, const db::Values& values) const;
  /// True if the entry's index columns are those of the values.
  bool has_key(std::size_t index, std::string_view entry, const db::Values& values) const;
  /// The secondary entry of these values; null: none.
  Entry* find(std::size_t index, const db::Values& values);

  void load(ImagePtr image, CommitNumber commit) override;
  std::vector<ImagePtr> committed(CommitNumber until) const override;
  void recover(CommitNumber until) override;
  void clear() override;
  std::string flaw() const override;
  RecordId written_by(const Key& key) const override;

 private:
  std::vector<std::unique_ptr<Index>> physical_;
};

}  // namespace chronofault::sim::innodb
