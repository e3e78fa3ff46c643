// A ZooKeeper session driven by hand, as the recordings were made: the caller decides when a heartbeat is sent and when
// the connection is cut, and sees the exact order of replies and events.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <ports/network.hpp>
#include <sim/zookeeper/messages.hpp>

namespace chronofault::verify {

/// The server ended the connection.
struct Closed {};

class HandSession {
 public:
  enum List { data, exist, child, persistent, persistent_recursive };
  using Event = std::pair<std::string, std::string>;  // type, path

  explicit HandSession(std::string name) : name(std::move(name)) {}

  /// Connects, or reconnects when the session has an id. Returns the granted timeout; 0: expired. Throws Closed.
  Task<std::int64_t> open(Network* network, Address server, std::int64_t timeout_ms);
  void cut() { connection.reset(); }
  std::int32_t submit(zk::Op op);
  /// Reads up to the reply of that number; events on the way are kept. Throws Closed.
  Task<zk::Result> reply(std::int32_t wanted);
  /// The same, and keeps the watch lists that a client library keeps.
  Task<zk::Result> result(std::int32_t wanted, zk::Op op);
  /// A heartbeat is also a barrier: every event of earlier requests arrives before its reply.
  Task<sim::Zxid> ping();
  Task<zk::Result> set_watches();
  std::vector<Event> take_events() { return std::exchange(events, {}); }

  std::string name;
  zk::SessionId id = 0;
  sim::SessionPassword password = 0;
  sim::Zxid last_zxid = 0;
  std::unique_ptr<Connection> connection;
  std::vector<Event> events;
  std::array<std::set<std::string>, 5> lists;  // by List

 private:
  std::int32_t xid_ = 0;
};

}  // namespace chronofault::verify
