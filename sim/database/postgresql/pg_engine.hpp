// The dialect's engine: statements.cpp runs them, postgresql.cpp has snapshots, ends of transactions and pruning.
#pragma once

#include <deque>
#include <set>
#include <vector>

#include <ports/assert.hpp>
#include <sim/database/plan.hpp>

#include "row_locks.hpp"

namespace chronofault::sim::postgresql {

class PgEngine final : public DialectEngine {
 public:
  explicit PgEngine(DatabaseStorage& storage) : storage_(storage), rows_(waits_) {}

  db::Isolation default_isolation() const noexcept override { return db::Isolation::read_committed; }
  bool supports(db::Isolation level) const noexcept override { return level != db::Isolation::serializable; }
  // The level of `begin` is its transaction's alone.
  db::Isolation autocommit_isolation(db::Isolation) const noexcept override { return db::Isolation::read_committed; }
  bool ends_transaction(db::ErrorClass) const noexcept override { return true; }
  bool leaves_failed_block() const noexcept override { return true; }

  std::unique_ptr<Transaction> begin(SessionId session, db::Isolation level, bool autocommit) override {
    return std::make_unique<PgTransaction>(session, level, autocommit);
  }
  void statement_ended(Transaction& ending) noexcept override;
  void undo_statement(Transaction&) override { CF_ASSERT(false && "every error ends the transaction"); }
  std::vector<RowImage> changes(const Transaction& changing) const override;
  void commit(Transaction& ending) override;
  void rollback(Transaction& ending) override;

  void cancel_wait(Transaction& transaction) override { waits_.cancel(of(transaction)); }
  bool deadlocked(const Transaction& transaction) const override {
    return waits_.closes_cycle(static_cast<const PgTransaction&>(transaction));
  }
  void purge(CommitNumber) override {}  // pruned at once: nobody can tell
  bool purgeable() const noexcept override { return false; }
  std::size_t waiting() const noexcept override { return waits_.waiting(); }
  std::size_t locks() const noexcept override { return waits_.size() + rows_.locked(); }
  std::vector<WaitEnd> take_ended() override { return waits_.take_ended(); }

 private:
  struct Dead {
    CommitNumber since;
    Heap* heap;
    HeapVersion* version;
  };

  static PgTransaction& of(Transaction& transaction) { return static_cast<PgTransaction&>(transaction); }
  Heap& heap_of(const StatementRun& run) { return static_cast<Heap&>(storage_.table_of(run.statement())); }
  static bool visible(const HeapVersion& version, const PgTransaction& reader) noexcept;
  static std::vector<HeapVersion*> found(const Heap& heap, const AccessPath& path, bool scan,
                                         const PgTransaction& reader, std::size_t limit);

  void statement_begins(const StatementRun& run) override;
  Task<> select(StatementRun* run) override;
  Task<> insert(StatementRun* run) override;
  Task<> update(StatementRun* run) override;
  Task<> upsert(StatementRun* run) override;
  Task<> remove(StatementRun* run) override;
  Task<> plain_select(StatementRun* run);
  Task<> locking_select(StatementRun* run);
  /// The version to change, after all waits; null: the row is to be passed over.
  Task<HeapVersion*> version_to_change(StatementRun* run, HeapVersion* shown, const AccessPath* path);
  Task<> supersede(StatementRun* run, Heap* heap, HeapVersion* version, ImagePtr image);
  /// Appends and enters it; null: done. Else the version that has the same key in the index `entered` of the chain,
  /// and the new one counts as never made.
  Task<HeapVersion*> append(StatementRun* run, Heap* heap, ImagePtr image, std::size_t* index);
  Task<HeapVersion*> find_duplicate(StatementRun* run, Heap* heap, std::size_t index, ImagePtr image,
                                    const HeapVersion* self);
  void take_snapshot(PgTransaction& transaction);
  void drop_snapshot(PgTransaction& transaction) noexcept;
  void end(PgTransaction& transaction);
  void prune();

  DatabaseStorage& storage_;
  Waits waits_;
  RowLocks rows_;
  std::multiset<CommitNumber> snapshots_;
  std::deque<Dead> dead_;  // in order of `since`
};

}  // namespace chronofault::sim::postgresql
