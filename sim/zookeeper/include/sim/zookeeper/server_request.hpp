// A client's connection at its server, and a request on its way through that server.
#pragma once

#include <memory>

#include <ports/network.hpp>
#include <ports/task/sync.hpp>
#include <sim/zookeeper/messages.hpp>
#include <sim/zookeeper/watch_manager.hpp>

namespace chronofault::sim {

class ClientConnection : Counted {
 public:
  ClientConnection(ConnectionId id, std::unique_ptr<Connection> link) : id(id), link(std::move(link)) {}

  const ConnectionId id;
  const std::unique_ptr<Connection> link;
  zk::SessionId session = 0;    // 0 until the connect request
  std::int64_t timeout_ms = 0;  // as granted on this connection
  bool connecting = false;      // nothing is read until the connect response is sent
  bool closed = false;
  MonoTime idle_until;
  Condition changed;
};
using ClientConnectionPtr = std::shared_ptr<ClientConnection>;

enum class RequestKind : std::uint8_t {
  operation = 0,
  create_session = 1,
  ping = 2,
  set_watches = 3,
  remove_container = 4
};

struct ServerRequest {
  ServerRequest() = default;
  RequestKind kind = RequestKind::operation;
  zk::SessionId session = 0;
  std::int32_t xid = 0;
  std::uint64_t number = 0;          // among the ordered requests of this server's life; 0: nobody waits
  ClientConnectionPtr connection;    // null: nobody is answered here
  std::shared_ptr<const zk::Op> op;  // operation, remove_container
  std::shared_ptr<const ZkSetWatches> set_watches;
  std::int64_t timeout_ms = 0;  // create_session
};

}  // namespace chronofault::sim
