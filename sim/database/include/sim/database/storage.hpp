// What the database keeps, whatever its dialect: tables, committed rows, counters of generated ids. It belongs to the
// world and outlives the server's process; an Engine (engine.hpp) works on it while the process lives.
//
// How rows, versions and index entries are laid out is the dialect's own matter (innodb/table.hpp: clustered rows with
// chains of versions; postgresql/heap.hpp: an append-only heap). Here stands what both have: shape, conversion of
// values, and the view from outside.
//
// Invariant: recover() leaves committed rows alone and nothing else; committed() may be asked at any moment, also while
// transactions are open, and disturbs nothing.
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
#include <sim/database/binlog.hpp>
#include <sim/database/key.hpp>

namespace chronofault::sim {

enum class Dialect { innodb, postgresql };
std::string_view name_of(Dialect dialect) noexcept;

/// Increasing in the order of the first change; 0: none.
using TransactionId = std::uint64_t;
/// Position in the order of commits, from 1; 0: not committed.
using CommitNumber = std::uint64_t;
using ImagePtr = std::shared_ptr<const db::Image>;

/// What a datetime column does with decimals that it does not keep (database 5.7).
enum class Fractions { cut, round };

/// An index as its declaration says it; number 0 is the primary key.
struct IndexShape {
  IndexShape(std::string name, std::vector<std::size_t> columns, bool unique)
      : name(std::move(name)), columns(std::move(columns)), unique(unique) {}
  std::string name;                  // "PRIMARY"
  std::vector<std::size_t> columns;  // of the table
  bool unique;
};

class StoredTable {
 public:
  StoredTable(TableSpec spec, Fractions fractions);
  StoredTable(const StoredTable&) = delete;
  StoredTable& operator=(const StoredTable&) = delete;
  virtual ~StoredTable() = default;

  const TableSpec& spec() const noexcept { return spec_; }
  const std::shared_ptr<const db::Columns>& columns() const noexcept { return columns_; }
  /// Throws Failure (bad_statement) if there is no such column.
  std::size_t column(std::string_view name) const;
  const std::vector<std::size_t>& key_columns() const noexcept { return shapes_.front().columns; }
  /// Column that generates ids, if any.
  const std::optional<std::size_t>& generated() const noexcept { return generated_; }
  /// In order of declaration, the primary key first.
  const std::vector<IndexShape>& indexes() const noexcept { return shapes_; }
  /// Of "pk", "scan" (both 0) or an index. Throws Failure (bad_statement) if there is none.
  std::size_t index(std::string_view via) const;

  /// A value as it compares with the column's: an integer widened to a real, a flag to an integer. Of another kind:
  /// throws Failure (bad_statement).
  Value comparable(std::size_t column, Value value) const;
  /// A value as the column stores it: a datetime is cut or rounded to the column's precision.
  Value stored(std::size_t column, Value value) const;
  /// The values of the index's columns.
  Key key_of(std::size_t index, const db::Values& values) const;
  KeyBytes key_bytes(std::size_t index, const db::Values& values) const;
  bool same_key(std::size_t index, const db::Values& a, const db::Values& b) const noexcept;
  /// An entry that contains NULL conflicts with nothing.
  bool can_conflict(std::size_t index, const db::Values& values) const noexcept;

  std::int64_t next_id() noexcept { return next_id_++; }
  /// The next id will be larger than this one.
  void seen_id(std::int64_t id) noexcept { next_id_ = std::max(next_id_, id + 1); }
  std::int64_t coming_id() const noexcept { return next_id_; }
  void set_coming_id(std::int64_t id) noexcept { next_id_ = id; }

  /// A committed row that no transaction wrote. Nothing with the same unique key may be there.
  virtual void load(ImagePtr image, CommitNumber commit) = 0;
  /// As of a commit, in primary-key order.
  virtual std::vector<ImagePtr> committed(CommitNumber until) const = 0;
  /// Drops whatever was not committed up to `until`, and what only ended transactions could see.
  virtual void recover(CommitNumber until) = 0;
  /// Forgets every row.
  virtual void clear() = 0;
  /// What is wrong with it while no transaction is open and everything is purged; empty: nothing.
  virtual std::string flaw() const = 0;
  /// The record of the trace that wrote the newest version of a row; 0: none.
  virtual RecordId written_by(const Key& key) const = 0;

 private:
  std::optional<std::size_t> find_column(std::string_view name) const noexcept;

  TableSpec spec_;
  Fractions fractions_;
  std::shared_ptr<const db::Columns> columns_;
  std::vector<IndexShape> shapes_;
  std::optional<std::size_t> generated_;
  std::int64_t next_id_ = 1;
};

class DatabaseStorage {
 public:
  explicit DatabaseStorage(std::vector<TableSpec> tables, Dialect dialect = Dialect::innodb,
                           Fractions fractions = Fractions::cut);
  DatabaseStorage(const DatabaseStorage&) = delete;
  DatabaseStorage& operator=(const DatabaseStorage&) = delete;

  Dialect dialect() const noexcept { return dialect_; }

  /// Before the first server starts. Table and columns must exist; a second row with the same unique key must not.
  void load(const InitialRow& row);

  /// Committed rows in primary-key order, at any moment, without disturbing anything. Empty: no such table.
  std::vector<db::Row> committed(std::string_view name) const;
  /// The same as StateView wants it.
  std::vector<std::map<std::string, Value>> rows(std::string_view name) const;
  std::vector<std::string> tables() const;

  /// What a restarted server finds: no locks, no uncommitted versions (database 5.2), and, after lose_after(), nothing
  /// of the commits that were lost. Then generated ids go on after the largest that is left (3.13).
  void recover();
  /// Commits after this one did not reach the disk, or the replica: the next recover() forgets them
  /// (database 5.1, 5.3).
  void lose_after(CommitNumber commit) noexcept { lost_after_ = commit; }
  /// What was committed at `commit` and later stays known, until `who` says a later one.
  void keep_from(std::string_view who, CommitNumber commit);
  void keep_no_more(std::string_view who);
  /// Nothing that somebody could see at this commit may be removed for good.
  CommitNumber oldest_kept() const noexcept;
  /// Rows as they were committed at an earlier moment that is kept, in primary-key order.
  std::vector<db::Row> committed_at(std::string_view name, CommitNumber commit) const;
  /// StoredTable::flaw of all tables.
  std::string flaw() const;

  /// From now on every commit is written to it (log_bin); null while there is none.
  void keep_binlog() { binlog_ = std::make_unique<Binlog>(); }
  Binlog* binlog() noexcept { return binlog_.get(); }
  const Binlog* binlog() const noexcept { return binlog_.get(); }
  /// Forgets its own rows and takes those of another server of the same tables, which keeps a binlog, as a new replica
  /// does. From then on its binlog goes on where that one's commits end.
  void copy_from(const DatabaseStorage& primary);

  /// Null: no such table.
  StoredTable* table(std::string_view name);
  /// The table that a statement names. Throws Failure (bad_statement) if there is none.
  StoredTable& table_of(const db::Statement& statement);
  const StoredTable* table(std::string_view name) const;
  CommitNumber committed_until() const noexcept { return last_commit_; }
  CommitNumber next_commit() noexcept { return ++last_commit_; }
  TransactionId next_transaction() noexcept { return ++last_transaction_; }
  TransactionId last_transaction() const noexcept { return last_transaction_; }

 private:
  Dialect dialect_;
  std::map<std::string, std::unique_ptr<StoredTable>, std::less<>> tables_;
  std::map<std::string, CommitNumber, std::less<>> kept_;
  std::optional<CommitNumber> lost_after_;
  std::unique_ptr<Binlog> binlog_;
  CommitNumber last_commit_ = 0;
  TransactionId last_transaction_ = 0;
};

}  // namespace chronofault::sim
