// What a dialect is to the engine: it makes transactions, runs their statements, ends them, and says whose wait ended.
// Sessions, autocommit, lost connections and the order in which sessions go on are the engine's (engine.cpp), the same
// for both.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

/// A session that goes on: its wait was granted (none), or ended with an error.
struct WaitEnd {
  SessionId session;
  db::ErrorClass error;
};

/// The memory of a server's life over a storage that outlives it.
class DialectEngine {
 public:
  virtual ~DialectEngine() = default;

  virtual db::Isolation default_isolation() const noexcept = 0;
  virtual bool supports(db::Isolation level) const noexcept = 0;
  /// The level of a session's next autocommit statement, after it asked for `level` once.
  virtual db::Isolation autocommit_isolation(db::Isolation level) const noexcept = 0;
  /// False: an error undoes the statement, and the transaction goes on.
  virtual bool ends_transaction(db::ErrorClass error) const noexcept = 0;
  /// After such an error the session refuses statements until commit or rollback.
  virtual bool leaves_failed_block() const noexcept = 0;

  virtual std::unique_ptr<Transaction> begin(SessionId session, db::Isolation level, bool autocommit) = 0;
  Task<> run(StatementRun* run);
  /// The statement is over, well or not; its transaction may go on.
  virtual void statement_ended(Transaction& transaction) noexcept = 0;
  /// Undoes the changes of the statement that failed; its locks stay.
  virtual void undo_statement(Transaction& transaction) = 0;
  /// What the transaction leaves of each row that it has changed so far.
  virtual std::vector<RowImage> changes(const Transaction& transaction) const = 0;
  virtual void commit(Transaction& transaction) = 0;
  virtual void rollback(Transaction& transaction) = 0;

  /// Takes the request of a waiting transaction back. Its session is not among those that take_ended() names.
  virtual void cancel_wait(Transaction& transaction) = 0;
  /// Whether the wait of this transaction closes a cycle, where the server looks only after a time (database 4.7).
  virtual bool deadlocked(const Transaction& transaction) const = 0;
  /// Removes what no read view can see and what was committed up to `until`.
  virtual void purge(CommitNumber until) = 0;
  virtual bool purgeable() const noexcept = 0;
  /// Transactions that wait.
  virtual std::size_t waiting() const noexcept = 0;
  /// Lock objects and queue entries of all kinds: none after the end of all transactions.
  virtual std::size_t locks() const noexcept = 0;

  /// Whose wait ended since the last call, in the order in which they go on.
  virtual std::vector<WaitEnd> take_ended() = 0;

 private:
  /// Before a statement's first step.
  virtual void statement_begins(const StatementRun& run) = 0;
  virtual Task<> select(StatementRun* run) = 0;
  virtual Task<> insert(StatementRun* run) = 0;
  virtual Task<> update(StatementRun* run) = 0;
  virtual Task<> upsert(StatementRun* run) = 0;
  virtual Task<> remove(StatementRun* run) = 0;
};

}  // namespace chronofault::sim
