// The Database port over the Network port: a pool of connections to the primary and, once somebody asks for it, one to
// the replicas (pool.hpp).
#pragma once

#include <memory>

#include <sim/database/pool.hpp>

namespace chronofault::sim {

class DatabaseClient final : public Database {
 public:
  /// Lives as long as the process's other ports. Says nothing to the world until the first acquire(). What the route
  /// says counts for connections that are made from then on.
  DatabaseClient(Executor& executor, Clock& clock, Network& network, std::shared_ptr<const DatabaseRoute> route);
  /// Of a server that stays where it is.
  DatabaseClient(Executor& executor, Clock& clock, Network& network, Address server);
  DatabaseClient(const DatabaseClient&) = delete;
  DatabaseClient& operator=(const DatabaseClient&) = delete;
  ~DatabaseClient();

  void configure(db::PoolOptions options) override;
  Task<db::PooledConnection> acquire() override { return primary_.acquire(); }
  Task<db::PooledConnection> acquire_replica() override;

  ConnectionPool& pool() noexcept { return primary_; }

 private:
  std::shared_ptr<const DatabaseRoute> route_;
  ConnectionPool primary_;
  ConnectionPool replicas_;
};

}  // namespace chronofault::sim
