// The head of the write path, on the one server that orders: the leader or the standalone server. Requests get their
// zxid and time in order of arrival, whether they succeed or fail (zookeeper 2, 8). The same server expires sessions
// (zookeeper 4) and removes containers and TTL nodes (zookeeper 1, reaper).
#pragma once

#include <functional>
#include <map>

#include <ports/task/scope.hpp>
#include <sim/zookeeper/preparer.hpp>
#include <sim/zookeeper/server_request.hpp>
#include <sim/zookeeper/session_tracker.hpp>

namespace chronofault::sim {

class ZooKeeperServer;

class Sequencer {
 public:
  /// Takes each ordered transaction, in order.
  using Propose = std::function<void(TxnPtr txn)>;

  /// Every session that the tree knows gets a full new timeout from now. `last`: the zxid before the first one given.
  Sequencer(ZooKeeperServer& server, Zxid last, Propose propose);
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;
  /// Starts its threads: session tracker and container manager.
  void start(Scope& scope);

  /// Orders a request that came through server `via`.
  void order(const ServerRequest& request, std::int32_t via);
  bool touch(zk::SessionId session, std::int64_t timeout_ms);
  zk::Code check(zk::SessionId session, std::int32_t via) { return sessions_.check(session, via); }
  /// A client of server `via` wants its session back.
  bool revalidate(zk::SessionId session, std::int64_t timeout_ms, std::int32_t via);
  /// Marks it closing and orders its end. False: unknown or closing.
  bool expire(zk::SessionId session);
  void applied(const Txn& txn);
  Zxid last() const noexcept { return last_; }

 private:
  Task<> expire_sessions();
  void cite_silence(zk::SessionId session);
  void order_expiry(zk::SessionId session);
  Task<> reap();
  std::vector<std::string> reapable() const;
  void wake_if_earlier();

  ZooKeeperServer& server_;
  Propose propose_;
  SessionTracker sessions_;
  Preparer preparer_;
  Zxid last_;
  std::optional<MonoTime> sleeping_until_;  // the session tracker
  // While a trace is kept, for each session: its last touch, and its client's last connect request.
  std::map<zk::SessionId, RecordId> renewed_;
  std::map<zk::SessionId, RecordId> met_;
  Condition earlier_;
};

}  // namespace chronofault::sim
