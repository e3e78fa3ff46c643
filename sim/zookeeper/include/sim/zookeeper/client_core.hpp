// The inside of a handle: the send thread, the event thread, and what is under way between them (zookeeper 7).
//
// Upstream's send thread sleeps until the next thing is due: the read timeout or a ping. Here a keeper sleeps in its
// place and looks again only when something is due earlier than it knew. A ping is due when nothing was sent for half
// the read timeout; a second earlier if the loop happens to wake then, which it does with each packet.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>
#include <sim/zookeeper/client.hpp>
#include <sim/zookeeper/client_watches.hpp>
#include <sim/zookeeper/server_list.hpp>

namespace chronofault::sim {

/// One operation of the application, from the call to its answer.
struct Packet : Counted {
  explicit Packet(zk::Request request) : request(std::move(request)) {}
  zk::Request request;                 // paths as the application gave them
  std::shared_ptr<const zk::Op> wire;  // with the chroot
  std::int32_t xid = 0;
  zk::Callback callback;  // none: somebody waits
  zk::Result result;
  RecordId record = 0;  // of the reply
  Latch done{1};
};
using PacketPtr = std::shared_ptr<Packet>;

class ClientCore {
 public:
  /// Throws zk::IllegalArgument.
  ClientCore(ZooKeeperClient& client, const zk::Options& options, zk::WatcherPtr default_watcher);
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;
  ~ClientCore();

  /// Throws zk::IllegalArgument. The packet's latch opens, or its callback is queued, when it is answered.
  PacketPtr submit(zk::Request request, zk::Callback callback);
  /// Null: closed already.
  PacketPtr close();
  void inject_session_expiration();
  /// The handle goes: connection and threads end, callers that wait are told that the session expired.
  void abandon();

  zk::HandleState state() const noexcept { return state_; }
  zk::SessionId session() const noexcept { return session_; }
  Duration negotiated() const noexcept { return negotiated_; }
  zk::WatcherPtr& default_watcher() noexcept { return default_watcher_; }
  ZooKeeperClient& client() noexcept { return client_; }

 private:
  struct Delivery {
    Delivery() = default;
    zk::WatchedEvent event;
    ClientWatches::Watchers watchers;
    PacketPtr answered;  // its callback is called
    RecordId record = 0;
  };

  // Threads: client_connection.cpp, client_core.cpp
  Task<> send_thread();
  Task<> event_thread();
  Task<> keep_alive();
  Task<bool> connect();
  Task<> converse();

  void established(const ZkConnected& response);
  void take(const Body& body, RecordId record);
  void take_event(const ZkEvent& event, RecordId record);
  void take_reply(const ZkReply& reply, RecordId record);
  void send(Body body);
  void send_packet(PacketPtr packet);
  /// One turn of upstream's loop: pings if that is due, and computes when it is due next.
  void turn();
  void fail_all(zk::Code code);
  void die(zk::Code code);
  void finish(const PacketPtr& packet);
  void tell_state(zk::KeeperState state);
  void tell(zk::EventType type, std::string path, ClientWatches::Watchers watchers, RecordId record);
  std::string with_chroot(const std::string& path) const;
  std::string without_chroot(const std::string& path) const;
  void remove_watches(const Packet& packet);

  ZooKeeperClient& client_;
  const Duration requested_;
  const std::int64_t jute_max_buffer_;
  ServerList servers_;
  zk::WatcherPtr default_watcher_;
  RandomStream& draws_;
  ClientWatches watches_;
  zk::HandleState state_ = zk::HandleState::connecting;
  zk::KeeperState told_ = zk::KeeperState::disconnected;  // the last state that watchers were told, or the first
  bool closing_ = false;
  bool ever_connected_ = false;  // over TCP
  zk::SessionId session_ = 0;
  SessionPassword password_ = 0;
  Zxid last_zxid_ = 0;
  std::int32_t last_xid_ = 0;
  Duration negotiated_;
  Duration connect_timeout_;
  Duration read_timeout_;

  std::unique_ptr<Connection> link_;
  std::deque<PacketPtr> queued_;   // not sent
  std::deque<PacketPtr> pending_;  // sent, unanswered
  MonoTime last_sent_;
  MonoTime last_heard_;
  MonoTime next_ping_;
  std::optional<MonoTime> sleeping_until_;  // the keeper
  Condition keeper_;
  Queue<Delivery> deliveries_;
  Scope tasks_;
};

}  // namespace chronofault::sim
