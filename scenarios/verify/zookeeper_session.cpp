#include "zookeeper_session.hpp"

#include <stdexcept>

namespace chronofault::verify {

using sim::ZkConnect;
using sim::ZkConnected;
using sim::ZkEvent;
using sim::ZkPing;
using sim::ZkReply;
using sim::ZkRequest;
using sim::ZkSetWatches;
using zk::Code;
using zk::EventType;
using zk::OpCode;

Task<std::int64_t> HandSession::open(Network* network, Address server, std::int64_t timeout_ms) {
  connection.reset();
  events.clear();
  bool closed = false;
  Connection::Received received;
  try {
    connection = co_await network->connect(server, Duration::seconds(20));
    ZkConnect request;
    request.last_zxid_seen = last_zxid;
    request.timeout_ms = timeout_ms;
    request.session = id;
    request.password = password;
    connection->send(body_of(request));
    received = co_await connection->receive();
  } catch (const NetworkError&) {
    closed = true;
  }
  if (closed) {
    connection.reset();
    throw Closed();
  }
  const ZkConnected* response = received.body.as<ZkConnected>();
  CF_ASSERT(response != nullptr);
  if (response->timeout_ms == 0) {
    cut();
  } else {
    id = response->session;
    password = response->password;
  }
  co_return response->timeout_ms;
}

std::int32_t HandSession::submit(zk::Op op) {
  if (connection == nullptr || !connection->open()) throw Closed();
  connection->send(body_of(ZkRequest(++xid_, std::make_shared<const zk::Op>(std::move(op)))));
  return xid_;
}

Task<zk::Result> HandSession::reply(std::int32_t wanted) {
  for (;;) {
    Connection::Received received;
    bool closed = connection == nullptr;
    try {
      if (!closed) received = co_await connection->receive();
    } catch (const NetworkError&) {
      closed = true;
    }
    if (closed) throw Closed();
    if (const ZkEvent* event = received.body.as<ZkEvent>()) {
      events.emplace_back(zk::name_of(event->type), event->path);
      if (event->type != EventType::node_children_changed) {
        lists[data].erase(event->path);
        lists[exist].erase(event->path);
      }
      if (event->type == EventType::node_children_changed || event->type == EventType::node_deleted) {
        lists[child].erase(event->path);
      }
      continue;
    }
    const ZkReply* reply = received.body.as<ZkReply>();
    CF_ASSERT(reply != nullptr);
    if (reply->xid != wanted) throw std::out_of_range("the trace does not await its replies in order");
    co_return reply->result;
  }
}

Task<zk::Result> HandSession::result(std::int32_t wanted, zk::Op op) {
  zk::Result result = co_await reply(wanted);
  if (result.zxid > 0) last_zxid = result.zxid;
  const bool reads_data = op.code == OpCode::exists || op.code == OpCode::get_data;
  const bool reads_children = op.code == OpCode::get_children || op.code == OpCode::get_children2;
  if ((reads_data || reads_children) && op.watch) {
    if (result.error == Code::ok) {
      lists[reads_data ? data : child].insert(op.path);
    } else if (result.error == Code::no_node && op.code == OpCode::exists) {
      lists[exist].insert(op.path);
    }
  } else if (result.error == Code::ok && op.code == OpCode::add_watch) {
    lists[op.watch_mode == zk::AddWatchMode::persistent ? persistent : persistent_recursive].insert(op.path);
  } else if (result.error == Code::ok && op.code == OpCode::remove_watches) {
    for (std::size_t list = 0; list < lists.size(); ++list) {
      const bool of_data = list == data || list == exist;
      const bool wanted_list = op.watcher_type == zk::WatcherType::any ||
                               (op.watcher_type == zk::WatcherType::data ? of_data : list == child);
      if (wanted_list) lists[list].erase(op.path);
    }
  }
  co_return result;
}

Task<sim::Zxid> HandSession::ping() {
  if (connection == nullptr) throw Closed();
  connection->send(body_of(ZkPing()));
  const zk::Result pong = co_await reply(sim::ping_xid);
  co_return pong.zxid;
}

Task<zk::Result> HandSession::set_watches() {
  ZkSetWatches request;
  request.relative_zxid = last_zxid;
  request.data.assign(lists[data].begin(), lists[data].end());
  request.exist.assign(lists[exist].begin(), lists[exist].end());
  request.child.assign(lists[child].begin(), lists[child].end());
  request.persistent.assign(lists[persistent].begin(), lists[persistent].end());
  request.recursive.assign(lists[persistent_recursive].begin(), lists[persistent_recursive].end());
  connection->send(body_of(std::move(request)));
  zk::Result answer = co_await reply(sim::set_watches_xid);
  co_return answer;
}

}  // namespace chronofault::verify
