// Who waits for what on PostgreSQL (database 4.2, 4.7): for the end of a transaction, or for a place in the queue of a
// row version. There are no other locks: rows are locked by being named in the version itself (HeapVersion::lockers),
// and whoever finds a name there waits for the end of that transaction.
//
// Nobody looks for deadlocks until a wait has lasted deadlock_timeout; then the waiter itself is the victim.
#pragma once

#include <optional>
#include <vector>

#include "../dialect.hpp"
#include "heap.hpp"

namespace chronofault::sim::postgresql {

struct PgTransaction final : Transaction {
  using Transaction::Transaction;

  TransactionId xid = 0;                 // from the first statement that locks or writes
  std::optional<CommitNumber> snapshot;  // of the running statement; repeatable read: of the transaction
  std::vector<std::pair<Heap*, HeapVersion*>> made;
  std::vector<std::pair<Heap*, HeapVersion*>> ended;  // whose xmax this is
  std::vector<HeapVersion*> locked;
  HeapVersion* queued_at = nullptr;              // holds or waits for its tuple lock
  const PgTransaction* waits_for_end = nullptr;  // while waiting, unless it waits for the tuple lock
  std::uint64_t wait_began = 0;                  // position in the order of all waits

  bool keeps_snapshot() const noexcept { return level >= db::Isolation::repeatable_read; }
  bool locks(const HeapVersion& version, bool exclusive) const noexcept;
};

class Waits {
 public:
  /// The transaction waits from now on until `other` has ended.
  void wait_for_end(PgTransaction& transaction, const PgTransaction& other);
  /// Takes the tuple lock, or waits for it. A transaction has at most one.
  void take_tuple(PgTransaction& transaction, HeapVersion& version, bool exclusive);
  static bool tuple_is_free(const PgTransaction& transaction, const HeapVersion& version, bool exclusive) noexcept;
  /// Gives up the tuple lock, or the place in its queue, if there is one.
  void leave_tuple(PgTransaction& transaction);

  void cancel(PgTransaction& transaction);
  /// Those that waited for its end go on.
  void ended(const PgTransaction& transaction);
  bool closes_cycle(const PgTransaction& transaction) const;

  std::size_t waiting() const noexcept { return waiting_.size(); }
  /// With the tuple locks that are held.
  std::size_t size() const noexcept { return waiting_.size() + tuple_locks_; }
  /// In the order in which they began to wait.
  std::vector<WaitEnd> take_ended();

 private:
  void begin(PgTransaction& transaction);
  void end(PgTransaction& transaction);

  std::vector<PgTransaction*> waiting_;  // in the order in which they began to
  struct Ended {
    std::uint64_t began;
    SessionId session;
  };
  std::vector<Ended> ended_;
  std::uint64_t last_began_ = 0;
  std::size_t tuple_locks_ = 0;
};

}  // namespace chronofault::sim::postgresql
