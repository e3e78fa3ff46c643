// The relational database, as a scheduler's process uses it: a pool of connections, transactions, statements.
//
//   - A statement is awaited and returns its Result or throws one of ports/database/errors.hpp.
//   - A connection is in autocommit mode unless begin() was called: each statement commits before its answer.
//   - One statement at a time per connection. Two connections may be open at once, each with its own transaction.
//   - After the death of the process every call does nothing; its connections end as the network says, and the server
//     ends the transactions as database 2.2 says.
//   - Interrupts end the wait for a connection of the pool (Interrupted), never a statement.
// What a statement locks, sees and waits for is the server's dialect's, not the port's: specification "database".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <ports/database/errors.hpp>
#include <ports/database/statement.hpp>
#include <ports/database/table.hpp>
#include <ports/network.hpp>
#include <ports/task/task.hpp>
#include <ports/time.hpp>

namespace chronofault {

namespace db {

/// HikariCP's keys and defaults (database 6.1), and the driver's timeouts (5.5).
struct PoolOptions {
  PoolOptions() {}
  int maximum_pool_size = 10;                           // maximumPoolSize
  int minimum_idle = 10;                                // minimumIdle
  Duration connection_timeout = Duration::seconds(30);  // connectionTimeout
  Duration validation_timeout = Duration::seconds(5);   // validationTimeout
  Duration alive_bypass_window = Duration::ms(500);     // com.zaxxer.hikari.aliveBypassWindowMs
  Duration idle_timeout = Duration::minutes(10);        // idleTimeout, if minimumIdle < maximumPoolSize
  Duration max_lifetime = Duration::minutes(30);        // maxLifetime
  Duration housekeeping = Duration::seconds(30);        // com.zaxxer.hikari.housekeeping.periodMs
  std::optional<Duration> connect_timeout;              // connectTimeout; none: connection_timeout bounds it
  std::optional<Duration> socket_timeout;               // socketTimeout; none: waits for ever
  std::optional<Duration> lock_wait_timeout;            // innodb_lock_wait_timeout, lock_timeout; none: the server's
  std::optional<Duration> statement_timeout;            // max_statement_time, statement_timeout; none: the server's
};

/// One connection to the server; see PooledConnection for its life.
class Session {
 public:
  virtual ~Session() = default;
  /// Switches autocommit off. Reads, locks and snapshots nothing; the transaction starts with its first statement.
  /// None: the server's default level.
  virtual Task<> begin(std::optional<Isolation> isolation) = 0;
  /// Ends the transaction and switches autocommit on; without a transaction it succeeds. ConnectionLost with
  /// outcome_unknown if the answer did not come.
  virtual Task<> commit() = 0;
  virtual Task<> rollback() = 0;
  /// A locking select needs begin() before it, else BadStatement: its locks would end with it.
  virtual Task<Result> execute(Statement statement) = 0;
  /// False after begin() until commit() or rollback().
  virtual bool autocommit() const noexcept = 0;
  /// False once ConnectionLost was thrown.
  virtual bool usable() const noexcept = 0;
};

/// A connection lent by a pool; destroying it gives it back. An open transaction is rolled back first, then autocommit
/// and isolation are as they were at the start; a broken connection is closed.
class PooledConnection {
 public:
  class Lender {
   public:
    virtual void give_back(std::shared_ptr<Session> session) noexcept = 0;

   protected:
    ~Lender() = default;
  };
  PooledConnection() = default;
  PooledConnection(std::shared_ptr<Session> session, Lender* lender) : session_(std::move(session)), lender_(lender) {}
  PooledConnection(PooledConnection&&) = default;
  PooledConnection& operator=(PooledConnection&& other) noexcept {
    if (this != &other) {
      close();
      session_ = std::move(other.session_);
      lender_ = other.lender_;
    }
    return *this;
  }
  ~PooledConnection() { close(); }

  explicit operator bool() const noexcept { return session_ != nullptr; }
  Session* operator->() const noexcept { return session_.get(); }
  Session& operator*() const noexcept { return *session_; }
  /// Gives it back before the end of the handle's life.
  void close() noexcept {
    if (session_) lender_->give_back(std::exchange(session_, nullptr));
  }

 private:
  std::shared_ptr<Session> session_;
  Lender* lender_ = nullptr;
};

}  // namespace db

class Database {
 public:
  /// Called once, before the first statement: where the server is, and upstream's settings of the pool.
  /// Until then the pool has its defaults and the cluster's server.
  virtual void configure(db::PoolOptions options) = 0;

  /// A connection of the pool, FIFO. Throws db::PoolTimeout after connectionTimeout; interruptible.
  virtual Task<db::PooledConnection> acquire() = 0;

  /// The same of a second pool, whose connections lead to replicas in turn; to the primary where there is none. What is
  /// read there is late: neither one's own writes nor what another replica has shown need be there (database 5.3).
  /// Writes throw ReadOnly.
  virtual Task<db::PooledConnection> acquire_replica();

  /// One statement in autocommit mode on a pooled connection. Throws PoolTimeout and the statement's errors;
  /// ConnectionLost of a writing statement has outcome_unknown.
  Task<db::Result> execute(db::Statement statement);

  /// One statement in a transaction of its own: begin, statement, commit. An error rolls back and is rethrown.
  Task<db::Result> transact(db::Statement statement);

  /// JPA's save of an entity, one transaction: select by primary key; if the row is there and any column differs,
  /// update *all* columns (the last writer wins on every column); if it is gone, insert it, with a new id if the key is
  /// generated. A NULL key: insert. `row` names every column. Returns the id that was generated, if any.
  Task<std::optional<std::int64_t>> save(db::Insert row, std::string_view key_column, bool generated_key);

 protected:
  ~Database() = default;
};

}  // namespace chronofault
