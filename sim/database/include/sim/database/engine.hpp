// The database server's core: sessions, transactions and statements as a state machine without time, tasks or network.
// Whoever drives it (the server's session tasks, a replay of recorded traces, a test) submits one statement per session
// at a time and carries waiting sessions on in the order in which their waits ended:
//
//   Answer or nothing := execute(session, ...)        nothing: it waits for a lock
//   while (auto next = take_runnable()) resume(*next)  -> Answer or nothing again
//
// Here stand sessions and what both dialects share: autocommit, lost and killed connections (database 2), what an error
// does to a transaction (1.4). The dialects behind it are innodb/ (database 3) and postgresql/ (database 4); the
// storage says which.
//
// Time is the driver's: it ends waits that last too long (end_wait), looks for a deadlock when a wait has lasted
// deadlock_timeout (check_deadlock; postgresql alone, innodb looks at once), and lets purge() run when its delay is
// over.
//
// Invariants: a session that waits has exactly one request in a queue, and goes on exactly once; after the end of all
// transactions no lock is left.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

class DialectEngine;

struct EngineSettings {
  EngineSettings() {}
  std::optional<db::Isolation> default_isolation;  // tx_isolation, default_transaction_isolation; none: the dialect's
  bool read_only = false;                          // every writing statement fails
  bool disk_full = false;                          // the same, with another error
  bool snapshot_isolation = false;                 // innodb_snapshot_isolation (database 3.16)
  bool hold_commits = false;  // an autocommit statement that changed rows leaves its transaction open: see held()
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
  void disconnect(SessionId id);
  /// Ended by the administrator: rolls back at once; a waiting statement answers connection_lost at resume().
  void kill(SessionId id);

  /// Commits an open transaction first. None: the default level. Fails with not_supported, and changes nothing.
  Answer begin(SessionId id, std::optional<db::Isolation> level);
  void commit(SessionId id);
  void rollback(SessionId id);
  /// The session's transaction changed rows in autocommit mode under `hold_commits`, and awaits commit().
  bool held(SessionId id) const;
  /// What the open transaction leaves of each row that it has changed so far.
  std::vector<RowImage> changes(SessionId id) const;
  /// Rolls back, autocommit on, default level: what a pool does with a connection that is given back.
  void reset(SessionId id);

  /// Nothing: the statement waits. `now` is the server's clock.
  std::optional<Answer> execute(SessionId id, std::shared_ptr<const db::Statement> statement, WallTime now);
  /// Goes on after take_runnable() named the session.
  std::optional<Answer> resume(SessionId id);
  /// Ends a wait with lock_timeout or statement_timeout: the session becomes runnable and answers that. False: it does
  /// not wait any more.
  bool end_wait(SessionId id, db::ErrorClass error);
  /// The session's wait has lasted deadlock_timeout: if it is part of a cycle it ends with an error. True: it was.
  bool check_deadlock(SessionId id);

  /// The next session whose wait ended; resume() it.
  std::optional<SessionId> take_runnable();
  /// How many there are, and any of them: the order of those that one event set free is a race (database 2.1).
  std::size_t runnable() const noexcept { return runnable_.size(); }
  SessionId take_runnable(std::size_t position);

  /// Removes what no read view can see, of transactions committed up to `until` (database 3.12).
  void purge(CommitNumber until);
  /// True: there is something that purge() may remove some day.
  bool purgeable() const noexcept;
  CommitNumber committed_until() const noexcept { return storage_->committed_until(); }

  bool waiting(SessionId id) const;
  /// Increases with every wait of the session's transaction.
  std::uint64_t wait_number(SessionId id) const;
  bool alive(SessionId session) const { return sessions_.contains(session); }
  std::size_t sessions() const noexcept { return sessions_.size(); }
  std::size_t waiting_sessions() const noexcept;
  std::size_t open_transactions() const noexcept;
  std::size_t locks() const noexcept;

 private:
  struct Session {
    explicit Session(db::Isolation level) : level(level) {}
    bool autocommit = true;
    bool failed = false;  // postgresql: the block is over, its end is awaited
    bool gone = false;    // disconnected or killed while its statement was under way
    bool killed = false;
    db::Isolation level;
    std::unique_ptr<Transaction> transaction;
    std::unique_ptr<StatementRun> run;
  };
  Session& session(SessionId id);
  db::Isolation default_isolation() const noexcept;
  std::optional<Answer> advance(SessionId id, Session& session, bool first);
  void fail(Session& session, db::ErrorClass error);
  void commit_transaction(Session& session);
  void rollback_transaction(Session& session);
  void collect_ended();

  DatabaseStorage* storage_;
  EngineSettings settings_;
  StatementObserver* observer_;
  std::unique_ptr<DialectEngine> dialect_;
  std::map<SessionId, Session> sessions_;
  std::deque<SessionId> runnable_;
  SessionId last_session_ = 0;
};

}  // namespace chronofault::sim
