// One statement under way. advance() carries it on until it is done or waits for a row lock; after the lock was granted
// it goes on where it stood: a scan at the same index entry, an insert with its checks.
//
//   select without lock   reads its snapshot, never waits
//   locking scans         lock each row found, then judge its newest version; update and delete change rows afterwards
//   insert                duplicate checks (a shared lock on the row that may be the duplicate), then the new version
//
// At read committed a row that was locked by this statement and does not match is unlocked again, and an update passes
// over a locked row whose newest committed version does not match (semi-consistent read, database 3.8).
#pragma once

#include <memory>

#include <sim/database/locks.hpp>
#include <sim/database/plan.hpp>

namespace chronofault::sim {

/// The trace, as the engine sees it: called in the step that carries the statement on.
class StatementObserver {
 public:
  /// The statement rests on the record that wrote a row version.
  virtual void read(RecordId record) = 0;
  /// The statement writes: once, before its first change.
  virtual RecordId wrote(const db::Statement& statement) = 0;

 protected:
  ~StatementObserver() = default;
};

class StatementRun {
 public:
  StatementRun(DatabaseStorage& storage, LockManager& locks, StatementObserver* observer, Transaction& transaction,
               bool autocommit, std::shared_ptr<const db::Statement> statement, WallTime now);

  /// True: done, result() is complete. False: it waits. Throws Failure.
  bool advance();
  db::Result take_result() { return std::move(result_); }
  /// Changes from here on in Transaction::undo are this statement's.
  std::size_t undo_mark() const noexcept { return undo_mark_; }

 private:
  bool advance(const db::Select& select);
  bool advance(const db::Insert& insert);
  bool advance(const db::Update& update);
  bool advance(const db::Upsert& upsert);
  bool advance(const db::Delete& statement);

  void read_plain(const db::Select& select);
  bool lock_matches(const db::Where& where, bool exclusive, db::Wait wait, std::optional<std::size_t> limit,
                    bool semi_consistent);
  void order_and_cut(const db::Select& select, std::vector<std::shared_ptr<const db::Image>>& images);

  struct Duplicate {
    StoredRow* record;  // null: none
    std::string index;
  };
  /// The row that has the same unique key, locked; none: Duplicate{}; nullopt: waits.
  std::optional<Duplicate> find_duplicate(const db::Values& values, const StoredRow* self, const db::Values* before,
                                          bool exclusive);
  void prepare_insert(const db::Insert& insert);
  /// True: inserted; false: waits. `duplicate` is set if there is one.
  bool try_insert(bool exclusive, std::optional<Duplicate>& duplicate);
  /// True: the row is as `set` says; false: waits.
  bool assign(StoredRow& record, const db::Assignments& set, bool& changed);
  void write(StoredRow& record, std::shared_ptr<const db::Image> image);
  void cite(const Version& version);
  bool read_committed() const noexcept { return transaction_->level <= db::Isolation::read_committed; }

  DatabaseStorage* storage_;
  LockManager* locks_;
  StatementObserver* observer_;
  Transaction* transaction_;
  bool autocommit_;
  std::shared_ptr<const db::Statement> statement_;
  WallTime now_;
  std::size_t undo_mark_;
  StoredTable* table_;

  std::optional<Cursor> cursor_;
  RowTest residual_;
  bool waited_ = false;  // at the cursor's entry
  bool scanned_ = false;
  std::vector<StoredRow*> matches_;  // locked, so they stay
  std::size_t applied_ = 0;
  std::optional<db::Values> row_;  // insert: complete
  StoredRow* upsert_target_ = nullptr;
  bool writes_ = false;  // said so to the observer
  RecordId wrote_ = 0;
  db::Result result_;
};

}  // namespace chronofault::sim
