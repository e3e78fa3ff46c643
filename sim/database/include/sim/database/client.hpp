// The Database port over the Network port: a driver's connections and a pool that behaves as HikariCP (database 6.1).
//
//   - Lent: the connection that came back last; else the borrower waits, in order, for one that comes back or is made,
//   at
//     most connectionTimeout in total. One that was idle for more than the bypass window is asked first whether it
//     lives.
//   - Made: by one background task, one after another, while borrowers wait or fewer than minimumIdle are idle; after a
//     failure it waits 10, 20, 40 ... ms, at most 5 s.
//   - Given back: in autocommit mode at once; else after a rollback and reset; broken, in mid-request or older than
//     maxLifetime: closed.
// Not modelled: idleTimeout, the housekeeper, the test at the pool's start, keepaliveTime (off by default).
#pragma once

#include <deque>
#include <memory>

#include <ports/clock.hpp>
#include <ports/database.hpp>
#include <ports/executor.hpp>
#include <ports/network.hpp>
#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::sim {

class ClientSession;

class DatabaseClient final : public Database, private db::PooledConnection::Lender {
 public:
  /// Lives as long as the process's other ports. Says nothing to the world until the first acquire().
  DatabaseClient(Executor& executor, Clock& clock, Network& network, Address server);
  DatabaseClient(const DatabaseClient&) = delete;
  DatabaseClient& operator=(const DatabaseClient&) = delete;
  ~DatabaseClient();

  void configure(db::PoolOptions options) override { options_ = options; }
  /// New connections go there from now on: what a proxy, a virtual address or a name service does at a failover.
  void redirect(Address server) { server_ = std::move(server); }
  Task<db::PooledConnection> acquire() override;

  std::size_t connections() const noexcept { return connections_; }
  std::size_t idle() const noexcept { return idle_.size() + returned_.size(); }

 private:
  using SessionPtr = std::shared_ptr<ClientSession>;
  void give_back(std::shared_ptr<db::Session> session) noexcept override;
  void offer(SessionPtr session);
  void discard(SessionPtr session);
  SessionPtr take_idle();
  bool wants_more() const noexcept;
  void start_filling();
  Task<> fill();
  Task<SessionPtr> open();
  Task<> clean_up(SessionPtr session);

  Executor& executor_;
  Clock& clock_;
  Network& network_;
  Address server_;
  db::PoolOptions options_;
  std::deque<SessionPtr> idle_;  // the last returned is lent first
  Queue<SessionPtr> returned_;   // handed to borrowers that wait
  std::size_t borrowers_waiting_ = 0;
  std::size_t connections_ = 0;  // open or being opened
  bool filling_ = false;
  Scope scope_;
};

}  // namespace chronofault::sim
