#include <sim/zookeeper/server.hpp>
#include <sim/zookeeper/wire_size.hpp>

namespace chronofault::sim {

Task<> ZooKeeperServer::accept() {
  const std::unique_ptr<Listener> listener = ports_.network.listen(options_.client_port);
  for (;;) {
    std::unique_ptr<Connection> link = co_await listener->accepted().receive();
    ClientConnectionPtr connection = std::make_shared<ClientConnection>(++last_connection_, std::move(link));
    connections_[connection->id] = connection;
    keep_open(*connection);
    tasks_.spawn("NIOServerCxn", serve(std::move(connection)));
  }
}

Task<> ZooKeeperServer::serve(ClientConnectionPtr connection) {
  const ClientConnectionPtr own = std::move(connection);
  for (;;) {
    Connection::Received received;
    bool ended = false;
    try {
      received = co_await own->link->receive();
    } catch (const NetworkError&) {
      ended = true;
    }
    if (ended || own->closed) break;
    ports_.events.begin_unit(received.record);
    receive(own, received.body);
    while (own->connecting && !own->closed) co_await own->changed.wait();
  }
  close(own);
}

// Idle connections end on a grid, without any effect on their sessions (zookeeper 4).
Task<> ZooKeeperServer::close_idle() {
  const std::int64_t grid_ms = options_.idle_connection_grid.count_ms();
  for (;;) {
    const MonoTime next = MonoTime::from_ms((ports_.clock.mono().ms() / grid_ms + 1) * grid_ms);
    co_await ports_.clock.sleep_until(next);
    std::vector<ClientConnectionPtr> idle;
    for (const auto& [id, connection] : connections_) {
      if (connection->idle_until <= ports_.clock.mono()) idle.push_back(connection);
    }
    for (const ClientConnectionPtr& connection : idle) close(connection);
  }
}

void ZooKeeperServer::keep_open(ClientConnection& connection) {
  const std::int64_t grid_ms = options_.idle_connection_grid.count_ms();
  const std::int64_t patience_ms = connection.session == 0 ? grid_ms : connection.timeout_ms;
  const std::int64_t until_ms = ports_.clock.mono().ms() + patience_ms;
  connection.idle_until = MonoTime::from_ms((until_ms / grid_ms + 1) * grid_ms);
}

void ZooKeeperServer::receive(const ClientConnectionPtr& connection, const Body& body) {
  if (wire_size(body) > options_.jute_max_buffer) {  // its announced length is enough: nothing of it is read
    close(connection);
    return;
  }
  keep_open(*connection);
  if (const ZkConnect* request = body.as<ZkConnect>()) {
    connect(connection, *request);
    return;
  }
  if (!serving() || connection->session == 0) {
    close(connection);
    return;
  }
  if (!role_->touch(connection->session, connection->timeout_ms)) return;
  ServerRequest request;
  request.session = connection->session;
  request.connection = connection;
  if (const ZkRequest* operation = body.as<ZkRequest>()) {
    request.xid = operation->xid;
    request.op = operation->op;
  } else if (body.as<ZkPing>() != nullptr) {
    request.kind = RequestKind::ping;
    request.xid = ping_xid;
  } else {
    const ZkSetWatches* watches = body.as<ZkSetWatches>();
    CF_ASSERT(watches != nullptr);
    request.kind = RequestKind::set_watches;
    request.xid = set_watches_xid;
    request.set_watches = std::make_shared<const ZkSetWatches>(*watches);
  }
  submit(std::move(request));
}

// zookeeper 4, connect request: the steps in their order.
void ZooKeeperServer::connect(const ClientConnectionPtr& connection, const ZkConnect& request) {
  if (!serving() || connection->session != 0 || request.last_zxid_seen > tree_->last_zxid()) {
    close(connection);
    return;
  }
  connection->timeout_ms = options_.granted_ms(request.timeout_ms);
  connection->connecting = true;
  if (request.session == 0) {
    connection->session = next_session_id();
    by_session_.emplace(connection->session, connection->id);
    homes_[connection->session] = connection->link->peer().ip;
    ServerRequest create;
    create.kind = RequestKind::create_session;
    create.session = connection->session;
    create.connection = connection;
    create.timeout_ms = connection->timeout_ms;
    submit(std::move(create));
    return;
  }
  close_session_connections(request.session, connection.get());
  connection->session = request.session;
  by_session_.emplace(connection->session, connection->id);
  if (request.password != password_of(request.session)) {
    revalidated(connection, false);
  } else {
    role_->revalidate(connection);
  }
}

void ZooKeeperServer::revalidated(const ClientConnectionPtr& connection, bool valid) {
  if (connection->closed) return;
  connection->connecting = false;
  if (valid) homes_[connection->session] = connection->link->peer().ip;
  connection->link->send(body_of(ZkConnected(valid ? connection->timeout_ms : 0, connection->session,
                                             valid ? password_of(connection->session) : 0)));
  if (!valid) close(connection);
  connection->changed.notify_all();
}

void ZooKeeperServer::close(const ClientConnectionPtr& given) {
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the caller's may lie in the map
  const ClientConnectionPtr connection = given;
  if (connection->closed) return;
  connection->closed = true;
  watches_.drop(connection->id);
  by_session_.erase({connection->session, connection->id});
  connections_.erase(connection->id);
  connection->link->close();
  connection->changed.notify_all();
}

void ZooKeeperServer::close_session_connections(zk::SessionId session, const ClientConnection* except) {
  std::vector<ClientConnectionPtr> doomed;
  for (auto at = by_session_.lower_bound({session, 0}); at != by_session_.end() && at->first == session; ++at) {
    const ClientConnectionPtr& connection = connections_.at(at->second);
    if (connection.get() != except) doomed.push_back(connection);
  }
  for (const ClientConnectionPtr& connection : doomed) close(connection);
}

ClientConnectionPtr ZooKeeperServer::connection(ConnectionId id) const {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second;
}

// The top byte is this server's, then 40 bits of its monotonic clock in ms at the first session, then a counter.
zk::SessionId ZooKeeperServer::next_session_id() {
  if (last_session_ == 0) {
    const auto clock_ms = static_cast<std::uint64_t>(ports_.clock.mono().ms());
    last_session_ =
        static_cast<zk::SessionId>((static_cast<std::uint64_t>(options_.id) << 56) | ((clock_ms << 24) >> 8));
  }
  return ++last_session_;
}

}  // namespace chronofault::sim
