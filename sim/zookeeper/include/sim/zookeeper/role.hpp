// What a server is at the moment: standalone, leader or follower. Between two roles (looking) it serves nobody.
#pragma once

#include <ports/task/task.hpp>
#include <sim/zookeeper/server_request.hpp>

namespace chronofault::sim {

/// The exit code of a server that could not write a snapshot (ExitCode.TXNLOG_ERROR_TAKING_SNAPSHOT).
inline constexpr int snapshot_failed = 10;

class Role {
 public:
  virtual ~Role() = default;
  /// Plays it; ends when it is left for whatever reason. Its tasks end with the object.
  virtual Task<> run() = 0;
  /// False while it does not answer clients: not synchronised yet, or about to be left.
  virtual bool serving() const noexcept = 0;

  /// A packet of the session came. False: the session is known to be over, the packet is dropped without an answer.
  virtual bool touch(zk::SessionId session, std::int64_t timeout_ms) = 0;
  /// Whether a read may be answered: SESSIONEXPIRED or SESSIONMOVED where this server knows better.
  virtual zk::Code admit_read(zk::SessionId session) = 0;
  /// Whether reads of one session wait for the unfinished writes of all (one queue) or of that session alone.
  virtual bool one_queue() const noexcept = 0;
  /// Whether a sync takes the way of the writes.
  virtual bool orders_sync() const noexcept = 0;
  /// Sends a write on its way; it comes back through ZooKeeperServer::commit(), a sync through synced().
  virtual void order(const ServerRequest& request) = 0;
  /// A client wants its session back; the answer goes to ZooKeeperServer::revalidated(), at once or later.
  virtual void revalidate(const ClientConnectionPtr& connection) = 0;
  /// Expires the session now. False: not this server's to decide, or nothing to expire.
  virtual bool expire(zk::SessionId session) = 0;
  /// A transaction was applied.
  virtual void applied(const Txn& txn) = 0;
};

}  // namespace chronofault::sim
