// How a transaction comes to lock or change a row version that others may hold (database 4.3 to 4.5): heap_lock_tuple,
// heap_update and EvalPlanQual, as coroutines that wait in between.
#pragma once

#include "waits.hpp"

namespace chronofault::sim::postgresql {

enum class Fate {
  ok,
  self,     // this transaction has changed it already
  updated,  // a newer version is committed
  deleted,
  blocked,  // it would have to wait, and the statement does not want that
};

class RowLocks {
 public:
  explicit RowLocks(Waits& waits) : waits_(waits) {}

  /// `chain`: the newer versions of an update that was waited for are locked too (locking selects).
  Task<Fate> lock(StatementRun* run, HeapVersion* version, bool exclusive, db::Wait wait, bool chain);
  /// Read committed, after `updated`: locks the newest version of the row and names it in `version`.
  Task<Fate> lock_newest(StatementRun* run, HeapVersion** version, bool exclusive, db::Wait wait, bool chain);
  /// ok: nobody stands in the way of an update or delete.
  Task<Fate> modify(StatementRun* run, HeapVersion* version);
  /// Until the transaction `xid` has ended.
  void wait_for(PgTransaction& transaction, TransactionId xid);

  void begun(PgTransaction& transaction) { open_.emplace(transaction.xid, &transaction); }
  /// Its row locks are gone; whoever waits for its end is told elsewhere.
  void ended(PgTransaction& transaction);
  /// Row locks of open transactions.
  std::size_t locked() const noexcept { return locked_; }

 private:
  Task<Fate> lock_chain(StatementRun* run, HeapVersion* version, bool exclusive);
  /// Transactions that are open and in the way.
  static std::vector<TransactionId> conflicts(const PgTransaction& transaction, const HeapVersion& version,
                                              bool exclusive);
  void join(PgTransaction& transaction, HeapVersion& version, bool exclusive);
  bool open(TransactionId xid) const { return open_.contains(xid); }

  Waits& waits_;
  std::map<TransactionId, PgTransaction*> open_;
  std::size_t locked_ = 0;
};

}  // namespace chronofault::sim::postgresql
