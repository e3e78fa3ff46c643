// A pool of connections that behaves as HikariCP (database 6.1).
//
//   - Lent: the connection that came back last; else the borrower waits, in order, for one that comes back or is made,
//     at most connectionTimeout in total. One that was idle for more than the bypass window is asked first whether it
//     lives; so a half-open one costs validationTimeout and is closed.
//   - Made: by one background task, one after another, while borrowers wait or fewer than minimumIdle are idle; after a
//     failure it waits 10, 20, 40 ... ms, at most 5 s.
//   - Given back: in autocommit mode at once; else after a rollback and reset; broken, in mid-request or older than
//     maxLifetime: closed.
//   - Idle: closed at the end of maxLifetime; and each `housekeeping` those beyond minimumIdle that were idle for
//     idleTimeout, the longest idle first. Moments at which nothing can be closed are not simulated.
// Not modelled: the random part of maxLifetime, the test at the pool's start, keepaliveTime (off by default), clocks
// that run backwards (monotonic ones here do not).
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include <ports/clock.hpp>
#include <ports/database.hpp>
#include <ports/executor.hpp>
#include <ports/network.hpp>
#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::sim {

class ClientSession;

/// Where new connections lead: what a proxy, a virtual address or a name service makes of the database's name.
struct DatabaseRoute {
  DatabaseRoute() = default;
  explicit DatabaseRoute(Address primary) : primary(std::move(primary)) {}
  Address primary;
  std::vector<Address> replicas;
};

class ConnectionPool final : private db::PooledConnection::Lender {
 public:
  enum class Side { primary, replicas };

  /// Says nothing to the world until the first acquire().
  ConnectionPool(Executor& executor, Clock& clock, Network& network, std::shared_ptr<const DatabaseRoute> route,
                 Side side);
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;
  ~ConnectionPool();

  void configure(const db::PoolOptions& options) { options_ = options; }
  Task<db::PooledConnection> acquire();

  /// Between steps: until as many release() as seize(), all connections are lent to somebody who does nothing with
  /// them, those that come back as well as those that are still made. A pool that nobody has used stays empty.
  void seize();
  void release();

  std::size_t connections() const noexcept { return all_.size() + (opening_ ? 1 : 0); }
  std::size_t idle() const noexcept { return idle_.size() + returned_.size(); }

 private:
  using SessionPtr = std::shared_ptr<ClientSession>;
  void give_back(std::shared_ptr<db::Session> session) noexcept override;
  void offer(SessionPtr session);
  void discard(const SessionPtr& session);
  SessionPtr take_idle();
  bool wants_more() const noexcept;
  void start_filling();
  Task<> fill();
  Task<SessionPtr> open();
  Address next_server();
  Task<> clean_up(SessionPtr session);

  Task<> keep_house();
  void close_old();
  void close_surplus();
  bool too_old(const ClientSession& session) const noexcept;
  bool evicts_idle() const noexcept { return options_.minimum_idle < options_.maximum_pool_size; }
  /// The next moment at which something may be closed; none: not before another connection is made.
  std::optional<MonoTime> next_closing() const;

  Executor& executor_;
  Clock& clock_;
  Network& network_;
  std::shared_ptr<const DatabaseRoute> route_;
  Side side_;
  std::size_t next_replica_ = 0;
  db::PoolOptions options_;
  std::vector<SessionPtr> all_;  // in order of their making
  std::deque<SessionPtr> idle_;  // the last returned is lent first
  Queue<SessionPtr> returned_;   // handed to borrowers that wait
  std::size_t borrowers_waiting_ = 0;
  int seized_ = 0;
  bool opening_ = false;
  bool filling_ = false;
  bool keeping_house_ = false;
  std::optional<MonoTime> started_;
  Condition changed_;  // a connection was made, or the pool released
  Scope scope_;
};

}  // namespace chronofault::sim
