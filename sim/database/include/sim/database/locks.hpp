// Row locks: shared and exclusive, one FIFO queue per row. A request waits for every conflicting request before it in
// the queue, granted or waiting, so nobody overtakes. Locks end with their transaction; a lock object is on a row only
// (gap and next-key locks belong to the dialects, database 3.3).
//
// Deadlock: when a request begins to wait, the waits-for graph is walked over all of its blockers. If it closes a cycle
// the requester is the victim.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <sim/database/storage.hpp>

namespace chronofault::sim {

using SessionId = std::uint64_t;

/// How a statement ends when it fails; caught by the engine.
struct Failure {
  db::ErrorClass error;
  std::string what;
};

struct Transaction {
  struct At {
    StoredTable* table;
    StoredRow* record;
  };
  Transaction(TransactionId id, SessionId session, db::Isolation level) : id(id), session(session), level(level) {}
  TransactionId id;
  SessionId session;
  db::Isolation level;
  std::optional<CommitNumber> view;  // repeatable read: what plain reads see
  std::vector<At> undo;              // rows that got a version, in order
  std::vector<At> locked;            // rows that have a request of ours, in order of the first
  StoredRow* waits_at = nullptr;
};

class LockManager {
 public:
  enum class Outcome {
    held,     // the transaction has it, and had a lock on this row before
    granted,  // the transaction has it, and it is its first on this row
    waits,
  };

  /// Asks for a lock; `waits` has put it into the queue. Throws Failure (deadlock) and leaves nothing behind.
  Outcome acquire(Transaction& transaction, StoredTable& table, StoredRow& record, bool exclusive);
  static bool would_wait(const Transaction& transaction, const StoredRow& record, bool exclusive) noexcept;
  /// Gives up one row that did not match, before the end of the transaction. May remove the record.
  void release(Transaction& transaction, StoredTable& table, StoredRow& record);
  /// From the last to the first. May remove records.
  void release_all(Transaction& transaction);
  /// Ends the wait of a transaction that waits. Its session does not become runnable by it.
  void cancel_wait(Transaction& transaction);

  /// Sessions whose wait was granted since the last call, in that order.
  std::deque<SessionId> take_granted() { return std::exchange(granted_, {}); }

 private:
  static bool held(const Transaction& transaction, const StoredRow& record, bool exclusive) noexcept;
  static void remove(const Transaction& transaction, StoredRow& record);
  static bool closes_cycle(const Transaction& start);
  void regrant(StoredRow& record);

  std::deque<SessionId> granted_;
};

}  // namespace chronofault::sim
