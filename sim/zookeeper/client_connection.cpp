// The send thread of a handle: connecting, sending, receiving, pinging, losing the connection.
#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/zookeeper/client_core.hpp>
#include <sim/zookeeper/wire_size.hpp>

namespace chronofault::sim {

using zk::Code;
using zk::HandleState;
using zk::KeeperState;
using zk::OpCode;

Task<> ClientCore::send_thread() {
  while (state_ != HandleState::closed && !closing_) {
    state_ = HandleState::connecting;
    const bool tried_all = servers_.next();
    if (tried_all) co_await client_.clock.sleep_for(Duration::ms(1000));
    if (ever_connected_) {
      const Duration jitter = Duration::ms(static_cast<std::int64_t>(draws_.below(1000)));
      co_await client_.clock.sleep_for(jitter);
    }
    if (state_ == HandleState::closed) break;
    const bool taken = co_await connect();
    if (taken) co_await converse();
    if (link_ != nullptr) link_->close();
    if (state_ == HandleState::closed) break;
    fail_all(Code::connection_loss);
    if (state_ == HandleState::closed) break;  // what failed was closeSession
    tell_state(KeeperState::disconnected);
    state_ = HandleState::connecting;
    co_await client_.clock.sleep_for(Duration::ms(100));  // the socket's cleanup
  }
  // A handle that closes while it has no connection does not open one for that.
  fail_all(state_ == HandleState::closed ? Code::session_expired : Code::connection_loss);
  if (link_ != nullptr) link_->close();
}

// One attempt. True: a server took the session.
Task<bool> ClientCore::connect() {
  const ServerList::Server& server = servers_.current();
  const std::optional<std::string> ip = client_.host.resolve(server.host);
  link_.reset();
  if (!ip) co_return false;
  const Address address(*ip, server.port);
  Connection::Received received;
  bool answered = false;
  try {
    link_ = co_await client_.network.connect(address, connect_timeout_);
    ever_connected_ = true;
    if (state_ == HandleState::closed) co_return false;
    ZkConnect request;
    request.last_zxid_seen = last_zxid_;
    request.timeout_ms = requested_.count_ms();
    request.session = session_;
    request.password = password_;
    link_->send(body_of(request));
    Task<Connection::Received> answer = link_->receive();
    const auto timeout = client_.clock.sleep_for(connect_timeout_);
    auto first = co_await race(std::move(answer), timeout);
    if (first.index() == 0) {
      received = std::get<0>(std::move(first));
      answered = true;
    }
  } catch (const NetworkError&) {
  }
  if (!answered || state_ == HandleState::closed) co_return false;
  client_.events.begin_unit(received.record);
  const ZkConnected* response = received.body.as<ZkConnected>();
  CF_ASSERT(response != nullptr);
  if (response->timeout_ms <= 0) {
    tell_state(KeeperState::expired);
    die(Code::session_expired);
    co_return false;
  }
  established(*response);
  co_return true;
}

void ClientCore::established(const ZkConnected& response) {
  servers_.connected();
  session_ = response.session;
  password_ = response.password;
  negotiated_ = Duration::ms(response.timeout_ms);
  read_timeout_ = Duration::ms(response.timeout_ms * 2 / 3);
  connect_timeout_ = Duration::ms(response.timeout_ms / servers_.size());
  state_ = HandleState::connected;
  last_heard_ = last_sent_ = client_.clock.mono();
  turn();
  tell_state(KeeperState::sync_connected);
  for (ZkSetWatches& watches : watches_.to_set(last_zxid_, servers_.chroot())) send(body_of(std::move(watches)));
  std::deque<PacketPtr> waiting = std::exchange(queued_, {});
  for (PacketPtr& packet : waiting) send_packet(std::move(packet));
  keeper_.notify_all();
}

Task<> ClientCore::converse() {
  try {
    while (state_ == HandleState::connected) {
      const Connection::Received received = co_await link_->receive();
      if (state_ != HandleState::connected || wire_size(received.body) > jute_max_buffer_) break;
      last_heard_ = client_.clock.mono();
      client_.events.begin_unit(received.record);
      take(received.body, received.record);
      turn();
    }
  } catch (const NetworkError&) {
  }
  if (state_ == HandleState::connected) state_ = HandleState::connecting;
}

void ClientCore::send(Body body) {
  link_->send(std::move(body));
  last_sent_ = client_.clock.mono();
  turn();
}

void ClientCore::send_packet(PacketPtr packet) {
  packet->xid = ++last_xid_;
  packet->result.op = packet->wire->code;
  Body body = body_of(ZkRequest(packet->xid, packet->wire));
  pending_.push_back(std::move(packet));
  send(std::move(body));
}

void ClientCore::turn() {
  if (state_ != HandleState::connected) return;
  constexpr Duration ahead = Duration::ms(1000);
  constexpr Duration silence_max = Duration::ms(10'000);
  const MonoTime now = client_.clock.mono();
  const Duration half = Duration::ms(read_timeout_.count_ms() / 2);
  const Duration idle = now - last_sent_;
  next_ping_ = last_sent_ + half - (idle > ahead ? ahead : Duration());
  if (next_ping_ <= now || idle > silence_max) {
    link_->send(body_of(ZkPing()));
    last_sent_ = now;
    next_ping_ = now + half;
  }
  if (sleeping_until_ && next_ping_ < *sleeping_until_) keeper_.notify_one();
}

Task<> ClientCore::keep_alive() {
  while (state_ != HandleState::closed) {
    if (state_ != HandleState::connected) {
      sleeping_until_.reset();
      co_await keeper_.wait();
      continue;
    }
    sleeping_until_ = std::min(next_ping_, last_heard_ + read_timeout_);
    const auto earlier = keeper_.wait();
    const auto due = client_.clock.sleep_until(*sleeping_until_);
    const auto first = co_await race(earlier, due);
    if (first.index() == 0) continue;
    // What lies in the socket is read before the timeout counts.
    co_await client_.clock.sleep_for(Duration());
    if (state_ != HandleState::connected) continue;
    if (client_.clock.mono() - last_heard_ >= read_timeout_) {
      state_ = HandleState::connecting;
      link_->close();
    } else {
      turn();
    }
  }
}

void ClientCore::take(const Body& body, RecordId record) {
  if (const ZkEvent* event = body.as<ZkEvent>()) {
    take_event(*event, record);
    return;
  }
  const ZkReply* reply = body.as<ZkReply>();
  CF_ASSERT(reply != nullptr);
  take_reply(*reply, record);
}

void ClientCore::take_event(const ZkEvent& event, RecordId record) {
  std::string path = without_chroot(event.path);
  ClientWatches::Watchers watchers = watches_.take(event.type, path);
  if (!watchers.empty()) tell(event.type, std::move(path), std::move(watchers), record);
}

void ClientCore::take_reply(const ZkReply& reply, RecordId record) {
  if (reply.xid == ping_xid) return;
  if (reply.result.zxid > 0) last_zxid_ = reply.result.zxid;
  if (reply.xid == set_watches_xid) return;
  CF_ASSERT(!pending_.empty() && pending_.front()->xid == reply.xid);
  const PacketPtr packet = std::move(pending_.front());
  pending_.pop_front();
  packet->record = record;
  packet->result = reply.result;
  zk::Result& result = packet->result;
  if (packet->request.op.code == OpCode::remove_watches) {
    result.op = OpCode::remove_watches;
    if (result.error == Code::ok) remove_watches(*packet);
  } else if (packet->request.watcher != nullptr) {
    watches_.replied(packet->request.op, result.error, packet->request.watcher);
  }
  if (!result.path.empty()) result.path = without_chroot(result.path);
  if (result.op == OpCode::get_ephemerals) {
    for (std::string& path : result.names) path = without_chroot(path);
  }
  if (result.op == OpCode::multi) {
    for (zk::Result& member : result.results) {
      member.path = without_chroot(member.path);
      if (result.error == Code::ok) result.error = member.error;
    }
  }
  finish(packet);
}

}  // namespace chronofault::sim
