// The database server: a process like any other, on a host of its own, reached by the network alone. What faults do to
// its host, its process and its links they therefore do to it. Which dialect it speaks its storage says.
//
//   - One session per connection, one request at a time, in order. A statement's latency is spent before it takes
//     effect (database 5.6); its locks are held meanwhile, and the wait for a lock comes on top.
//   - While a statement waits, nothing is noticed of its connection: it is carried out in its turn, and only then the
//     lost connection is found (database 2.2). A half-open connection keeps its transaction for ever (half_open_detect
//     is never).
//   - Each wait has its own lock timeout, and on postgresql its own check for deadlocks, once (database 3.6, 4.7).
//   - Purge follows each commit after a while (database 3.12). Where nobody waits its moment cannot be seen from
//     outside but by the next statement, so it is made up then; only while somebody waits is it an event of its own.
//   - A primary whose storage keeps a binlog sends each commit to the replicas that asked for them; a replica carries
//     them out in a session of its own, one after the other, each some time after it came (database 5.3). So a replica
//     is a prefix of its primary, its readers may be late, and whoever promotes it loses what it has not received.
//   - Semi-synchronous: the answer to a commit waits for one replica. AFTER_COMMIT: others see the commit meanwhile.
//     AFTER_SYNC: nobody does, and its locks are held; what a crash finds in that state is committed at the restart.
//   - A crash ends sessions, locks and open transactions; what was committed, and was durable by then, is in the
//     storage, which the world owns (database 5.1, 5.2).
#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ports/system.hpp>
#include <sim/database/commit_times.hpp>
#include <sim/database/engine.hpp>
#include <sim/database/messages.hpp>

namespace chronofault::sim {

/// What faults do to the server beyond its host and links; owned by the world, so that it outlives a restart.
struct DatabaseConditions {
  /// Extra time of statements of this kind on this table; an empty table: all tables, no kind: all kinds. Added up.
  struct Slow {
    Slow(std::string table, std::optional<db::StatementKind> kind, Duration by, bool after = false)
        : table(std::move(table)), kind(kind), by(by), after(after) {}
    std::string table;
    std::optional<db::StatementKind> kind;
    Duration by;
    bool after;  // it has taken effect already
  };
  /// The next so many commits of clients on these hosts are carried out, and their connections end without an answer.
  struct LostAcknowledgements {
    LostAcknowledgements(std::vector<std::string> clients, std::int64_t left, RecordId because)
        : clients(std::move(clients)), left(left), because(because) {}
    std::vector<std::string> clients;  // ips; none: all
    std::int64_t left;
    RecordId because;
  };
  // A fault keeps the iterator of its own entry.
  std::list<Slow> slow;
  std::list<LostAcknowledgements> lost_acknowledgements;
  bool read_only = false;
  Duration replication_lag;  // of a replica: from the arrival of a commit to its effect

  Duration latency(std::string_view table, db::StatementKind kind, bool after) const noexcept;
};

enum class SemiSync { off, after_commit, after_sync };

struct DatabaseServerOptions {
  DatabaseServerOptions() {}
  int port = 3306;
  Dialect dialect = Dialect::innodb;                 // of the storage that is made for this server
  std::optional<db::Isolation> default_isolation;    // transaction_isolation; none: the dialect's
  Duration base_latency = Duration::us(200);         // per statement and commit
  std::optional<Duration> lock_wait_timeout;         // innodb_lock_wait_timeout, lock_timeout; none: 50 s, for ever
  std::optional<Duration> statement_timeout;         // max_statement_time, statement_timeout; none: 0
  Duration deadlock_timeout = Duration::seconds(1);  // postgresql
  std::size_t max_connections = 151;                 // max_connections; postgresql: 100
  Duration purge_delay_min = Duration::ms(1);        // innodb: from commit to purge
  Duration purge_delay_max = Duration::ms(100);
  std::uint64_t purge_seed = 0;       // of these delays; the world's own
  bool snapshot_isolation = false;    // innodb_snapshot_isolation (database 3.16)
  bool random_resume_order = false;   // of sessions that one event sets free (2.1); false: as they were granted
  Duration recovery_time;             // after a start nobody is served for so long
  Duration durability_lag;            // a crash loses what was committed within it (database 5.1)
  std::optional<Address> replica_of;  // it follows this primary, and takes no writes until promote()
  Duration replica_retry = Duration::seconds(1);  // between attempts to reach the primary
  SemiSync semi_sync =
      SemiSync::off;  // rpl_semi_sync_master_enabled, _wait_point; synchronous_standby_names: after_sync
  /// Then it goes on asynchronously until a replica answers; none, as postgresql has it: it waits for ever.
  std::optional<Duration> semi_sync_timeout = Duration::seconds(10);
};

class DatabaseServer final : public Program, private StatementObserver {
 public:
  /// Storage and conditions outlive it.
  DatabaseServer(Ports& ports, DatabaseStorage& storage, DatabaseConditions& conditions, DatabaseServerOptions options);
  ~DatabaseServer() override;
  Task<> main() override;

  /// Between steps: locks the row of this primary key (an empty key: every row) as another client would, in its turn,
  /// and holds it until release_hold() or the end of the process.
  SessionId hold_lock(std::string table, db::Values primary_key, db::Lock lock = db::Lock::update);
  void release_hold(SessionId hold);

  /// Between steps: ends a client's connection, as an administrator does (database 2.2).
  void kill(SessionId session);
  /// Clients' sessions, in the order in which they connected.
  std::vector<SessionId> client_sessions() const;

  /// Between steps: a replica carries out what it has received, and then is a primary (failover).
  void promote();
  /// Between steps: a replica goes on from another primary, which has all that it has received.
  void follow(Address primary);
  /// Takes no writes, as it follows a primary.
  bool replica() const noexcept { return following_; }
  /// Of a replica: how far it has received what its primary wrote.
  BinlogPosition received() const noexcept;

  const Engine& engine() const noexcept { return engine_; }

 private:
  struct Peer {
    Connection* connection = nullptr;
    Condition changed;
    bool runnable = false;       // its wait ended
    bool syncing = false;        // its commit is written, and waits for a replica before it takes effect
    bool committed = false;      // by the present request
    BinlogPosition written = 0;  // of that commit
    std::optional<Duration> lock_wait_timeout;
    std::optional<Duration> statement_timeout;
  };
  // server.cpp: sessions and statements
  Task<> serve(std::unique_ptr<Connection> accepted);
  Task<Answer> obey(SessionId id, const StatementRequest* request);
  Task<Answer> perform(SessionId id, std::shared_ptr<const db::Statement> statement);
  /// Carries a statement on; notes whether it committed.
  std::optional<Answer> carry_on(SessionId id, std::shared_ptr<const db::Statement> statement);
  Task<> commit(SessionId id);
  /// After a call of the engine for the session: whether that committed anything.
  void note_commit(SessionId id, CommitNumber before);
  bool loses_acknowledgement(const Peer& peer);
  /// Until the session's wait, which has just begun, has ended: granted, or by one of its timers.
  Task<> await_lock(SessionId id, std::optional<MonoTime> statement_deadline);
  /// Lets the sessions whose wait ended go on, in order.
  void wake_runnable();

  // server_upkeep.cpp
  /// After anything that may have committed.
  void note_commits();
  void purge_due();
  Task<> purge_while_somebody_waits();

  // server_replication.cpp
  Task<> ship(Connection* connection, BinlogPosition position);
  Task<> receive_binlog();
  Task<> apply_relay();
  Task<> apply(BinlogEntry entry);
  Task<bool> apply_row(const RowImage* row, bool insert);
  void open_applier();
  /// Commits what a crash left written and not committed (AFTER_SYNC).
  Task<> finish_commits();
  /// Semi-synchronous: until a replica has everything up to `position`, or patience ends.
  Task<> await_replica(BinlogPosition position);

  void read(RecordId record) override;
  RecordId wrote(const db::Statement& statement) override;

  Ports& ports_;
  DatabaseStorage& storage_;
  DatabaseConditions& conditions_;
  DatabaseServerOptions options_;
  Engine engine_;
  std::map<SessionId, Peer> peers_;
  std::map<SessionId, std::string> holds_;  // table names that the held statements refer to
  CommitTimes to_purge_;                    // when the purge of each commit is due
  CommitTimes undurable_;                   // when each commit will be durable
  bool purging_ = false;

  struct Relayed {
    Relayed(BinlogEntry entry, MonoTime due) : entry(std::move(entry)), due(due) {}
    BinlogEntry entry;
    MonoTime due;
  };
  Condition binlog_grew_;
  Condition replica_received_;
  BinlogPosition received_by_replica_ = 0;
  bool asynchronous_ = false;  // semi-synchronous replication gave up for the time being
  bool following_ = false;
  bool promoted_ = false;
  SessionId applier_ = 0;
  std::deque<Relayed> relay_;  // received, not yet carried out
  Condition relay_changed_;
  Condition redirected_;
  Scope sessions_;
};

}  // namespace chronofault::sim
