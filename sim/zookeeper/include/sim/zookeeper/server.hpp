// One ZooKeeper server: a process on a host of its own, with that host's clocks, reached by the network alone. What
// faults do to its host, its process and its links they therefore do to it.
//
// Here is what all roles share: the tree, the watches, the clients' connections, and the order of their requests
// (zookeeper 5). Requests of one connection are executed and answered in the order sent. A write goes to the role to be
// ordered and comes back as a transaction; what the session sent after it waits until then. Applying a transaction puts
// its watch events on connections before the answer. When a role is left, all client connections are closed.
//
// Not modelled: back-pressure, authentication, observers, read-only mode, reconfiguration, quotas.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <ports/system.hpp>
#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/role.hpp>
#include <sim/zookeeper/server_options.hpp>
#include <sim/zookeeper/storage.hpp>
#include <sim/zookeeper/watch_manager.hpp>

namespace chronofault::sim {

class Election;

enum class ServerState { looking = 0, following = 1, leading = 2, standalone = 3 };

class ZooKeeperServer final : public Program, private EventSink {
 public:
  /// Storage, conditions and homes outlive it.
  ZooKeeperServer(Ports& ports, ZooKeeperStorage& storage, const ZooKeeperConditions& conditions, SessionHomes& homes,
                  ZooKeeperOptions options);
  ~ZooKeeperServer() override;
  Task<> main() override;

  // Looking in from outside.
  ServerState state() const noexcept { return state_; }
  bool serving() const noexcept { return role_ != nullptr && role_->serving(); }
  const DataTree& tree() const noexcept { return *tree_; }
  const ZooKeeperOptions& options() const noexcept { return options_; }
  std::size_t connections() const noexcept { return connections_.size(); }
  /// Between steps: expires the session as if its time were over. False: this server does not decide that, or does not
  /// know the session.
  bool expire_session(zk::SessionId session) { return serving() && role_->expire(session); }

  // For roles.
  /// Whether a write to its disk fails now.
  bool disk_full() const;
  Ports& ports() noexcept { return ports_; }
  ZooKeeperStorage& storage() noexcept { return storage_; }
  const ZooKeeperConditions& conditions() const noexcept { return conditions_; }
  DataTree& tree() noexcept { return *tree_; }
  /// Applies it, tells watchers, answers whoever waits here for it, and lets go what waited behind it.
  void commit(const TxnPtr& txn);
  /// The sync of that number reached its marker.
  void synced(std::uint64_t number);
  /// The answer to revalidate().
  void revalidated(const ClientConnectionPtr& connection, bool valid);
  ClientConnectionPtr connection(ConnectionId id) const;
  /// The newest transactions that were applied, and the zxid before the first of them.
  const std::deque<TxnPtr>& committed_log() const noexcept { return committed_log_; }
  Zxid committed_before() const noexcept { return committed_before_; }
  /// The role serves: other servers' votes and this one's name the epoch in which it does.
  void settled();
  /// The storage was changed under the tree: reads it again.
  void reload();
  /// Applies what is logged and was not committed yet: from here on it counts.
  void fast_forward();
  /// A write that no client asked for; in one queue it has its place.
  void order_own(ServerRequest request);

 private:
  Task<> play(std::unique_ptr<Role> role, ServerState state);
  void leave_role();
  void remember(const TxnPtr& txn);

  // Connections: server_connections.cpp
  Task<> accept();
  Task<> serve(ClientConnectionPtr connection);
  Task<> close_idle();
  void keep_open(ClientConnection& connection);
  void receive(const ClientConnectionPtr& connection, const Body& body);
  void connect(const ClientConnectionPtr& connection, const ZkConnect& request);
  void close(const ClientConnectionPtr& given);
  void close_session_connections(zk::SessionId session, const ClientConnection* except);
  zk::SessionId next_session_id();

  // Requests: server_requests.cpp
  void event(ConnectionId to, zk::EventType type, std::string_view path) override;
  void submit(ServerRequest request);
  void execute(const ServerRequest& request);
  void finish(const Txn& txn, const Applied& applied);
  void drain(std::map<zk::SessionId, std::deque<ServerRequest>>::iterator queue);
  void answer(const ServerRequest& request, const Txn& txn, const Applied& applied);
  void cite_removal(std::string_view path);
  zk::Result read(const zk::Op& op, const ClientConnection& connection);
  void set_watches(const ZkSetWatches& watches, ConnectionId to);
  void reply(const ClientConnection& connection, std::int32_t xid, zk::Result result);
  bool is_ordered(const ServerRequest& request) const noexcept;

  Ports& ports_;
  ZooKeeperStorage& storage_;
  const ZooKeeperConditions& conditions_;
  SessionHomes& homes_;
  const ZooKeeperOptions options_;
  std::unique_ptr<DataTree> tree_;
  WatchManager watches_;
  std::deque<TxnPtr> committed_log_;
  Zxid committed_before_ = 0;
  ServerState state_ = ServerState::looking;
  std::unique_ptr<Role> role_;
  std::unique_ptr<Election> election_;
  std::map<ConnectionId, ClientConnectionPtr> connections_;
  std::set<std::pair<zk::SessionId, ConnectionId>> by_session_;
  ConnectionId last_connection_ = 0;
  zk::SessionId last_session_ = 0;
  // By session (one queue: all under 0): the first one is ordered and not yet committed.
  std::map<zk::SessionId, std::deque<ServerRequest>> waiting_;
  std::uint64_t last_request_;  // unique over all lives: a transaction of an earlier one may come late
  Scope tasks_;
};

}  // namespace chronofault::sim
