// The database server: a process like any other, on a host of its own, reached by the network alone. What faults do to
// its host, its process and its links they therefore do to it.
//
//   - One session per connection, one request at a time, in order. A statement's latency is spent before it takes
//   effect
//     (database 5.6); its locks are held meanwhile, and the wait for a lock comes on top.
//   - While a statement waits, nothing is noticed of its connection: it is carried out in its turn, and only then the
//   lost
//     connection is found (database 2.2). A half-open connection keeps its transaction for ever (half_open_detect is
//     never).
//   - A crash ends sessions, locks and open transactions; what was committed is in the storage, which the world owns.
// Not modelled: durability lag, replication, recovery time (database 5.1 to 5.3).
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include <ports/system.hpp>
#include <sim/database/engine.hpp>
#include <sim/database/messages.hpp>

namespace chronofault::sim {

/// What faults do to the server beyond its host and links; owned by the world, so that it outlives a restart.
struct DatabaseConditions {
  /// Extra latency of statements of this kind on this table; an empty table: all tables, no kind: all kinds. Added up.
  struct Slow {
    Slow(std::string table, std::optional<db::StatementKind> kind, Duration by)
        : table(std::move(table)), kind(kind), by(by) {}
    std::string table;
    std::optional<db::StatementKind> kind;
    Duration by;
  };
  std::list<Slow> slow;  // a fault keeps the iterator of its own
  bool read_only = false;
  bool disk_full = false;

  Duration latency(std::string_view table, db::StatementKind kind) const noexcept;
};

struct DatabaseServerOptions {
  DatabaseServerOptions() {}
  int port = 3306;
  db::Isolation default_isolation = db::Isolation::repeatable_read;  // transaction_isolation
  Duration base_latency = Duration::us(200);                         // per statement and commit
  Duration lock_wait_timeout = Duration::seconds(50);                // innodb_lock_wait_timeout
  std::optional<Duration> statement_timeout;                         // max_statement_time; none: 0
  std::size_t max_connections = 151;                                 // max_connections
};

class DatabaseServer final : public Program, private StatementObserver {
 public:
  /// Storage and conditions outlive it.
  DatabaseServer(Ports& ports, DatabaseStorage& storage, const DatabaseConditions& conditions,
                 DatabaseServerOptions options);
  ~DatabaseServer() override;
  Task<> main() override;

  /// Between steps: locks the row of this primary key (an empty key: every row) as another client would, in its turn,
  /// and holds it until release_hold() or the end of the process.
  SessionId hold_lock(std::string table, db::Values primary_key);
  void release_hold(SessionId hold);

  const Engine& engine() const noexcept { return engine_; }

 private:
  struct Peer {
    Condition changed;
    bool runnable = false;  // its wait ended
    std::optional<Duration> lock_wait_timeout;
    std::optional<Duration> statement_timeout;
  };
  Task<> serve(std::unique_ptr<Connection> accepted);
  Task<Answer> perform(SessionId id, std::shared_ptr<const db::Statement> statement);
  /// Lets the sessions whose wait ended go on, in order.
  void wake_runnable();
  void read(RecordId record) override;
  RecordId wrote(const db::Statement& statement) override;

  Ports& ports_;
  const DatabaseConditions& conditions_;
  DatabaseServerOptions options_;
  Engine engine_;
  std::map<SessionId, Peer> peers_;
  std::map<SessionId, std::string> holds_;  // table names that the held statements refer to
  Scope sessions_;
};

}  // namespace chronofault::sim
