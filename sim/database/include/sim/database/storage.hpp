// What the database keeps: rows with their versions, indexes, counters of generated ids. It belongs to the world and
// outlives the server's process; an Engine (engine.hpp) works on it while the process lives.
//
// A row is a chain of versions, oldest first. A version is written by one transaction and is uncommitted (commit 0)
// until that transaction commits with the next number of the commit order. Only the newest versions of a chain are
// uncommitted, and they are of one transaction, which holds the row's exclusive lock.
//
// An index has an entry for each key that any version of a row has, so a reader checks that the version which it sees
// still has the entry's key. Entries go when the last version with that key goes.
//
// Invariants: at most one committed version per row that every later snapshot sees (trim); a record without versions
// and locks does not exist; recover() leaves committed versions alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database.hpp>
#include <ports/events.hpp>

namespace chronofault::sim {

/// Increasing in the order of begin; 0: nobody.
using TransactionId = std::uint64_t;
/// Position in the commit order, from 1; 0: not committed.
using CommitNumber = std::uint64_t;
/// Values of key columns. An index's keys are its columns followed by the primary key.
using Key = db::Values;

struct Version {
  TransactionId writer = 0;
  CommitNumber commit = 0;
  std::shared_ptr<const db::Image> image;  // null: the row is deleted
  RecordId record = 0;                     // of the trace: what wrote it
};

struct Transaction;

/// A lock that a transaction holds or waits for. Dies with the server's process.
struct LockRequest {
  Transaction* transaction;
  bool exclusive;
  bool waiting;
};

struct StoredRow {
  const Key* key = nullptr;
  std::vector<Version> versions;   // oldest first
  std::vector<LockRequest> locks;  // in the order in which they were asked for

  const Version* newest() const noexcept { return versions.empty() ? nullptr : &versions.back(); }
  const Version* newest_committed() const noexcept;
  /// What a snapshot sees: its own changes, else the newest that was committed by then. Null: nothing.
  const Version* visible(CommitNumber snapshot, TransactionId reader) const noexcept;
};

/// Order of keys: column by column, NULL first, text by bytes.
struct KeyLess {
  using is_transparent = void;
  bool operator()(const Key& a, const Key& b) const noexcept { return a < b; }
};

struct SecondaryIndex {
  IndexSpec spec;
  std::vector<std::size_t> columns;
  std::map<Key, StoredRow*, KeyLess> entries;  // key: spec.columns, then the primary key
};

/// What a datetime column does with decimals that it does not keep (database 5.7).
enum class Fractions { cut, round };

class StoredTable {
 public:
  StoredTable(TableSpec spec, Fractions fractions);

  const TableSpec& spec() const noexcept { return spec_; }
  const std::shared_ptr<const db::Columns>& columns() const noexcept { return columns_; }
  /// The column must exist.
  std::size_t column(std::string_view name) const;
  const std::vector<std::size_t>& key_columns() const noexcept { return key_columns_; }
  /// Column that generates ids, if any.
  const std::optional<std::size_t>& generated() const noexcept { return generated_; }

  std::map<Key, StoredRow, KeyLess>& rows() noexcept { return rows_; }
  const std::map<Key, StoredRow, KeyLess>& rows() const noexcept { return rows_; }
  std::vector<SecondaryIndex>& indexes() noexcept { return indexes_; }
  /// -1: the primary key (also "scan"); else the position in indexes(). The name must exist.
  int index(std::string_view via) const;

  /// A value as it compares with the column's: an integer widened to a real, a flag to an integer. Of another kind:
  /// ours.
  Value comparable(std::size_t column, Value value) const;
  /// A value as the column stores it: a datetime is cut or rounded to the column's precision.
  Value stored(std::size_t column, Value value) const;
  Key primary_key_of(const db::Values& values) const;
  /// True if the image's columns are the first columns of the entry.
  static bool matches(const SecondaryIndex& index, const Key& entry, const db::Image& image);
  /// The values of the index's columns; none if one of them is NULL.
  static std::optional<Key> unique_key(const SecondaryIndex& index, const db::Values& values);

  StoredRow& record(const Key& key);
  void push(StoredRow& record, Version version);
  /// Takes the newest version back.
  void pop(StoredRow& record);
  /// Drops versions that no snapshot from `oldest` on can see.
  void trim(StoredRow& record, CommitNumber oldest);
  /// Removes a record that has neither versions nor locks; true if it did.
  bool drop_if_empty(StoredRow& record);

  std::int64_t next_id() noexcept { return next_id_++; }
  void seen_id(std::int64_t id) noexcept { next_id_ = std::max(next_id_, id + 1); }

 private:
  Key entry_of(const SecondaryIndex& index, const db::Image& image, const Key& primary) const;
  void forget_entries(StoredRow& record, const db::Image& image);

  TableSpec spec_;
  Fractions fractions_;
  std::shared_ptr<const db::Columns> columns_;
  std::vector<std::size_t> key_columns_;
  std::optional<std::size_t> generated_;
  std::map<Key, StoredRow, KeyLess> rows_;
  std::vector<SecondaryIndex> indexes_;
  std::int64_t next_id_ = 1;
};

class DatabaseStorage {
 public:
  explicit DatabaseStorage(std::vector<TableSpec> tables, Fractions fractions = Fractions::cut);
  DatabaseStorage(const DatabaseStorage&) = delete;
  DatabaseStorage& operator=(const DatabaseStorage&) = delete;

  /// Before the first server starts. Table and columns must exist; a second row with the same unique key must not.
  void load(const InitialRow& row);

  /// Committed rows in primary-key order, at any moment, without disturbing anything. Empty: no such table.
  std::vector<db::Row> committed(std::string_view table) const;
  /// The same as StateView wants it.
  std::vector<std::map<std::string, Value>> rows(std::string_view table) const;
  std::vector<std::string> tables() const;

  /// What a restarted server finds: no locks, no uncommitted versions (database 5.2).
  void recover();

  /// Null: no such table.
  StoredTable* table(std::string_view name);
  CommitNumber committed_until() const noexcept { return last_commit_; }
  CommitNumber next_commit() noexcept { return ++last_commit_; }
  TransactionId next_transaction() noexcept { return ++last_transaction_; }

 private:
  std::map<std::string, StoredTable, std::less<>> tables_;
  CommitNumber last_commit_ = 0;
  TransactionId last_transaction_ = 0;
};

}  // namespace chronofault::sim
