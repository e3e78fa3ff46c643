// Lock objects, their queues, and who waits for whom (database 3.3 to 3.7): a transcription of lock0lock.cc, rule by
// rule, because who waits and who dies depends on it.
//
//   - A lock object is (transaction, index, mode, kind) and a set of records; each index has one queue of them.
//   - A request looks at all objects before it, also waiting ones: strict FIFO, nobody overtakes.
//   - Of all the transactions that it waits for, a waiter knows only the first (waits_for). A cycle through the second
//     is not seen until the first is gone, and then looked for again (to_check).
//   - Changing a row leaves no object: its newest version is an exclusive lock of its writer until somebody else asks
//     for the row, who then makes it explicit (convert).
//
// Invariant: a waiting object has exactly one record; a transaction waits exactly while it has one waiting object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "../dialect.hpp"
#include "table.hpp"

namespace chronofault::sim::innodb {

enum class Mode { shared, exclusive };
enum class Kind { next_key, record, gap };

struct InnodbTransaction;

struct LockObject {
  InnodbTransaction* owner = nullptr;
  Index* index = nullptr;
  Mode mode = Mode::shared;
  Kind kind = Kind::next_key;
  bool insert_intention = false;
  bool waiting = false;
  std::uint64_t sequence = 0;
  std::vector<Entry*> records;

  bool granted_as(Mode m, Kind k) const noexcept { return !insert_intention && !waiting && mode == m && kind == k; }
};

/// What undoes one change of a row, and how far the change has come.
struct UndoRecord {
  enum class Kind { insert, insert_by_modify, update, remove };
  Kind kind = Kind::insert;
  Table* table = nullptr;
  Row* row = nullptr;
  std::size_t next_index = 1;  // secondary indexes before this one are done
  bool old_marked = false;     // of next_index: the old entry is marked, the new one is not yet there
};

struct InnodbTransaction final : Transaction {
  using Transaction::Transaction;

  TransactionId id = 0;              // from the first change on
  std::optional<CommitNumber> view;  // repeatable read: what plain reads see, from the first one on
  std::vector<UndoRecord> undo;
  std::size_t statement_undo = 0;  // changes from here on are the running statement's
  std::vector<std::unique_ptr<LockObject>> objects;
  std::vector<std::pair<const Table*, bool>> table_locks;  // true: IX
  LockObject* request = nullptr;                           // the waiting one
  InnodbTransaction* waits_for = nullptr;
  bool upserting = false;
  bool first_committer_wins = false;

  bool read_committed() const noexcept { return level <= db::Isolation::read_committed; }
  std::size_t weight() const noexcept { return undo.size() + objects.size() + table_locks.size(); }
};

enum class Grant {
  fresh,  // granted, and it was not held before
  held,
  waits,    // a waiting object was made: await, then repeat the step
  refused,  // it would have to wait, and the caller did not want that; nothing was left behind
};

class LockSystem {
 public:
  enum class Else { wait, refuse };

  /// A transaction takes part in implicit locks from the moment it has an id.
  void activate(InnodbTransaction& transaction, TransactionId id);

  void lock_table(InnodbTransaction& transaction, const Table& table, bool exclusive);
  /// The lock of a scan or a duplicate check. Throws Failure (deadlock).
  Grant read_lock(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind, Else otherwise);
  /// Before the newest version of a row changes.
  Grant modify_clustered(InnodbTransaction& transaction, Index& index, Entry& entry);
  /// Before a secondary entry is marked or unmarked.
  Grant modify_secondary(InnodbTransaction& transaction, Index& index, Entry& entry);
  /// Before an entry is put in before `next`.
  Grant insert_check(InnodbTransaction& transaction, Index& index, Entry& next);
  /// After it was: the gap's locks hold for both halves.
  void inserted(Index& index, Entry& entry, Entry& next);
  /// Before an entry is taken out: its locks become gap locks of `next`, its waiters go on.
  void removing(Index& index, Entry& entry, Entry& next);
  /// The transaction that holds the entry implicitly; null: none. `precise` leaves out the test of max_trx.
  InnodbTransaction* implicit_holder(const InnodbTransaction& asking, const Index& index, const Entry& entry,
                                     bool precise) const;
  void unlock(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode);

  void cancel_wait(InnodbTransaction& transaction);
  /// All of a transaction's objects, from the last to the first.
  void release(InnodbTransaction& transaction);

  std::size_t waiting() const noexcept { return waiting_; }
  std::size_t objects() const noexcept { return objects_; }
  std::vector<WaitEnd> take_ended() { return std::exchange(ended_, {}); }

 private:
  static bool conflict(const InnodbTransaction& asking, Mode mode, Kind kind, bool insert_intention, const Entry& entry,
                       const LockObject& other) noexcept;
  static LockObject* first_conflict(const InnodbTransaction& asking, Mode mode, Kind kind, bool insert_intention,
                                    const Entry& entry) noexcept;
  static LockObject* has(const InnodbTransaction& transaction, const Entry& entry, Mode mode, Kind kind) noexcept;
  LockObject& make(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind);
  static void put(LockObject& object, Entry& entry);
  static void take_out(LockObject& object, Entry& entry) noexcept;
  void add(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind);
  Grant acquire(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind, bool keep,
                Else otherwise);
  InnodbTransaction* convert(InnodbTransaction& asking, Index& index, Entry& entry);
  Grant enqueue(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind, bool insert_intention,
                InnodbTransaction& blocker);
  void grant(LockObject& object);
  void regrant(Index& index, const Entry* only, bool check);
  void remove(LockObject& object);

  // deadlock.cpp
  /// Ends the wait of the lightest member of the cycle that `start` runs into, if there is one.
  void resolve(InnodbTransaction& start);
  void check_others();

  std::vector<InnodbTransaction*> active_;  // in order of ids
  std::vector<InnodbTransaction*> to_check_;
  std::vector<WaitEnd> ended_;
  InnodbTransaction* requesting_ = nullptr;  // goes on by itself when its wait is granted at once
  bool requester_died_ = false;
  std::uint64_t last_sequence_ = 0;
  std::size_t objects_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace chronofault::sim::innodb
