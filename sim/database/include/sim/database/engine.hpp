// The database server's core: sessions, transactions and statements as a state machine without time, tasks or network.
// Whoever drives it (the server's session tasks, a replay of recorded traces, a test) submits one statement per session
// at a time and carries waiting sessions on in the order in which their locks were granted:
//
//   Answer or nothing := execute(session, ...)        nothing: it waits for a lock
//   while (auto next = take_runnable()) resume(*next)  -> Answer or nothing again
//
// What is modelled: database 1 (statements, errors, counts), 2 (sessions, transactions, lost connections), the
// versions, views and isolation levels of innodb (3.1, 3.2, 3.14), row locks with FIFO queues, waits and timeouts
// (3.6), implicit duplicate checks that wait (3.10), undo, generated ids (3.13), semi-consistent updates. What is not,
// yet: gap and next-key locks, locks on secondary index entries, insert intentions, the choice of a deadlock's victim
// by weight (here: the requester), purge delays (here: at once); the postgresql dialect. So phantoms are not kept out
// of locking scans, a `for update` that finds nothing locks nothing, and some of the real server's waits and deadlocks
// do not occur. Both dialects come behind this same interface.
//
// Invariants: a row with an uncommitted version is exclusively locked by its writer; a session that waits has exactly
// one waiting request; after the end of all transactions no lock is left.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

struct EngineSettings {
  db::Isolation default_isolation = db::Isolation::repeatable_read;  // tx_isolation
  bool read_only = false;                                            // every writing statement fails
  bool disk_full = false;                                            // the same, with another error
};

/// What a statement came to: a result, or an error (then the result is empty).
struct Answer {
  Answer() = default;
  explicit Answer(db::Result result) : result(std::move(result)) {}
  Answer(db::ErrorClass error, std::string what) : error(error), what(std::move(what)) {}
  db::ErrorClass error = db::ErrorClass::none;
  std::string what;
  db::Result result;
};

class Engine {
 public:
  /// Recovers the storage first: open transactions of an earlier engine are gone. `observer` may be null.
  Engine(DatabaseStorage& storage, EngineSettings settings, StatementObserver* observer);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  EngineSettings& settings() noexcept { return settings_; }

  /// A new session, in autocommit mode at the default level.
  SessionId open();
  /// The connection ended. Idle: rolls back at once. Waiting: the statement keeps its place, is carried out when its
  /// turn comes, and only then the session ends; in autocommit mode it is committed (database 2.2).
  void disconnect(SessionId session);
  /// Ended by the administrator: rolls back at once; a waiting statement answers connection_lost at resume().
  void kill(SessionId session);

  /// Commits an open transaction first. None: the default level.
  void begin(SessionId session, std::optional<db::Isolation> level);
  void commit(SessionId session);
  void rollback(SessionId session);
  /// Rolls back, autocommit on, default level: what a pool does with a connection that is given back.
  void reset(SessionId session);

  /// Nothing: the statement waits. `now` is the server's clock.
  std::optional<Answer> execute(SessionId session, std::shared_ptr<const db::Statement> statement, WallTime now);
  /// Goes on after take_runnable() named the session.
  std::optional<Answer> resume(SessionId session);
  /// Ends a wait with lock_timeout or statement_timeout: the session becomes runnable and answers that. False: it does
  /// not wait any more.
  bool end_wait(SessionId session, db::ErrorClass error);

  /// The next session whose wait ended; resume() it.
  std::optional<SessionId> take_runnable();
  bool waiting(SessionId session) const;
  bool alive(SessionId session) const { return sessions_.contains(session); }
  std::size_t sessions() const noexcept { return sessions_.size(); }
  std::size_t open_transactions() const;

 private:
  struct Session {
    explicit Session(db::Isolation level) : level(level) {}
    bool autocommit = true;
    bool gone = false;  // disconnected while its statement waited
    db::Isolation level;
    std::unique_ptr<Transaction> transaction;
    std::unique_ptr<StatementRun> run;
    db::ErrorClass pending = db::ErrorClass::none;  // of end_wait or kill
  };
  Session& session(SessionId id);
  std::optional<Answer> advance(SessionId id, Session& session);
  void undo_to(Transaction& transaction, std::size_t mark);
  void commit_transaction(Session& session);
  void rollback_transaction(Session& session);
  /// Ends the transaction, whose rows `changed` are as they shall stay.
  void release(Session& session, std::vector<Transaction::At> changed);
  void collect_granted();
  CommitNumber oldest_view() const noexcept;
  void trim(const Transaction::At& at, CommitNumber oldest);

  DatabaseStorage* storage_;
  EngineSettings settings_;
  StatementObserver* observer_;
  LockManager locks_;
  std::map<SessionId, Session> sessions_;
  std::deque<SessionId> runnable_;
  std::vector<std::pair<StoredTable*, Key>> untrimmed_;  // rows that kept versions for an open view
  SessionId last_session_ = 0;
};

}  // namespace chronofault::sim
