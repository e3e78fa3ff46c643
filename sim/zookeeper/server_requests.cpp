#include <algorithm>

#include <ports/mutant.hpp>
#include <sim/zookeeper/path.hpp>
#include <sim/zookeeper/preparer.hpp>
#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

using zk::Code;
using zk::EventType;
using zk::OpCode;

void ZooKeeperServer::event(ConnectionId to, EventType type, std::string_view path) {
  const auto found = connections_.find(to);
  CF_ASSERT(found != connections_.end());
  found->second->link->send(body_of(ZkEvent(type, std::string(path))));
}

bool ZooKeeperServer::is_ordered(const ServerRequest& request) const noexcept {
  switch (request.kind) {
    case RequestKind::create_session:
    case RequestKind::remove_container:
      return true;
    case RequestKind::ping:
    case RequestKind::set_watches:
      return false;
    case RequestKind::operation:
      if (request.op->code == OpCode::sync) return MUTANT("sync-does-nothing", role_->orders_sync(), false);
      return zk::is_write(request.op->code);
  }
  return false;
}

void ZooKeeperServer::submit(ServerRequest request) {
  const zk::SessionId key = role_->one_queue() ? 0 : request.session;
  if (is_ordered(request)) {
    request.number = ++last_request_;
    const ServerRequest& waiting = waiting_[key].emplace_back(std::move(request));
    role_->order(waiting);
    return;
  }
  if (request.kind != RequestKind::ping) {
    const Code code = role_->admit_read(request.session);
    if (code == Code::session_expired) return;
    if (code != Code::ok) {
      close(request.connection);
      return;
    }
  }
  const auto queue = waiting_.find(key);
  if (queue == waiting_.end()) {
    execute(request);
  } else {
    queue->second.push_back(std::move(request));
  }
}

void ZooKeeperServer::order_own(ServerRequest request) {
  if (role_->one_queue()) {
    submit(std::move(request));
  } else {
    role_->order(request);
  }
}

void ZooKeeperServer::commit(const TxnPtr& txn) {
  const bool own = txn->origin == options_.id && txn->request != 0;
  const bool closes = txn->kind == TxnKind::close_session;
  if (closes) homes_.erase(txn->session);
  ports_.events.read(txn->record);
  // Expiry: the client is not told of the events that its own end causes.
  const bool by_client = closes && own;
  if (closes && !by_client) close_session_connections(txn->session, nullptr);
  Applied applied;
  tree_->apply(*txn, &watches_, own ? &applied : nullptr);
  remember(txn);
  role_->applied(*txn);
  if (own) finish(*txn, applied);
  if (by_client) close_session_connections(txn->session, nullptr);
}

void ZooKeeperServer::finish(const Txn& txn, const Applied& applied) {
  const auto queue = waiting_.find(role_->one_queue() ? 0 : txn.session);
  // Nobody waits any more for what was sent on its way before the role changed.
  if (queue == waiting_.end() || queue->second.front().number != txn.request) return;
  const ServerRequest request = std::move(queue->second.front());
  queue->second.pop_front();
  answer(request, txn, applied);
  drain(queue);
}

void ZooKeeperServer::synced(std::uint64_t number) {
  for (auto queue = waiting_.begin(); queue != waiting_.end(); ++queue) {
    if (queue->second.front().number != number) continue;
    const ServerRequest request = std::move(queue->second.front());
    queue->second.pop_front();
    execute(request);
    drain(queue);
    return;
  }
}

void ZooKeeperServer::drain(std::map<zk::SessionId, std::deque<ServerRequest>>::iterator queue) {
  while (!queue->second.empty() && queue->second.front().number == 0) {
    const ServerRequest request = std::move(queue->second.front());
    queue->second.pop_front();
    execute(request);
  }
  if (queue->second.empty()) waiting_.erase(queue);
}

void ZooKeeperServer::execute(const ServerRequest& request) {
  if (request.connection == nullptr || request.connection->closed) return;
  zk::Result result;
  if (request.kind == RequestKind::operation) {
    result = read(*request.op, *request.connection);
  } else if (request.kind == RequestKind::set_watches) {
    set_watches(*request.set_watches, request.connection->id);
  }
  reply(*request.connection, request.xid, std::move(result));
}

void ZooKeeperServer::reply(const ClientConnection& connection, std::int32_t xid, zk::Result result) {
  result.zxid = tree_->last_zxid();
  connection.link->send(body_of(ZkReply(xid, std::move(result))));
}

namespace {

zk::Result result_of(const Txn& txn, const zk::Stat& stat) {
  zk::Result result(txn.op);
  switch (txn.kind) {
    case TxnKind::error:
      result.error = txn.error;
      break;
    case TxnKind::create:
      result.path = txn.path;
      if (txn.op != OpCode::create) result.stat = stat;
      break;
    case TxnKind::set_data:
    case TxnKind::set_acl:
      result.stat = stat;
      break;
    default:
      break;
  }
  return result;
}

}  // namespace

void ZooKeeperServer::answer(const ServerRequest& request, const Txn& txn, const Applied& applied) {
  if (request.connection == nullptr || request.connection->closed) return;
  if (request.kind == RequestKind::create_session) {
    revalidated(request.connection, true);
    return;
  }
  if (error_of(txn) == Code::session_moved) {  // the connection itself is wrong
    close(request.connection);
    return;
  }
  zk::Result result = result_of(txn, applied.stat);
  for (std::size_t i = 0; i < txn.members.size(); ++i) {
    const zk::Stat stat = i < applied.members.size() ? applied.members[i] : zk::Stat();
    zk::Result member = result_of(txn.members[i], stat);
    // Their results have one and the same form on the wire.
    if (member.op == OpCode::create_container || member.op == OpCode::create_ttl) member.op = OpCode::create2;
    result.results.push_back(std::move(member));
  }
  reply(*request.connection, request.xid, std::move(result));
}

// What is not there may have been removed: that was the last change of the node above it, or of one further up.
void ZooKeeperServer::cite_removal(std::string_view path) {
  if (!ports_.events.tracing()) return;
  while (path.find('/') != std::string_view::npos) {
    path = parent_of(path);
    const Znode* const above = tree_->find(path);
    if (above == nullptr) continue;
    ports_.events.read(above->writer);
    return;
  }
}

zk::Result ZooKeeperServer::read(const zk::Op& op, const ClientConnection& connection) {
  zk::Result result(op.code);
  const Znode* node = nullptr;
  const auto found = [&] {
    node = tree_->find(op.path);
    if (node == nullptr) {
      result.error = Code::no_node;
      cite_removal(op.path);
      return false;
    }
    ports_.events.read(node->writer);
    return true;
  };
  const auto readable = [&] {
    if (!found()) return false;
    if (!acl_grants(node->acl, zk::Acl::read)) result.error = Code::no_auth;
    return result.error == Code::ok;
  };
  switch (op.code) {
    case OpCode::exists:
      if (op.path.find('\0') != std::string::npos) {
        result.error = Code::bad_arguments;
        break;
      }
      if (op.watch) watches_.watch_data(op.path, connection.id);
      if (found()) result.stat = node->stat();
      break;
    case OpCode::get_data:
      if (!readable()) break;
      if (op.watch) watches_.watch_data(op.path, connection.id);
      result.data = node->data;
      result.stat = node->stat();
      break;
    case OpCode::get_children:
    case OpCode::get_children2:
      if (!readable()) break;
      if (op.watch) watches_.watch_children(op.path, connection.id);
      result.names.reserve(node->children.size());
      for (const Znode* child : node->children) result.names.emplace_back(child->name());
      if (op.code == OpCode::get_children2) result.stat = node->stat();
      break;
    case OpCode::get_acl:
      if (!found()) break;
      result.acl = node->acl ? node->acl : zk::AclList(std::vector<zk::Acl>{zk::Acl()});
      result.stat = node->stat();
      break;
    case OpCode::sync:
      result.path = op.path;
      break;
    case OpCode::get_ephemerals:
      if (const Znode::Set* own = tree_->ephemerals(connection.session)) {
        for (const Znode* ephemeral : *own) {
          const bool wanted = op.path.empty() || op.path == "/" || ephemeral->path->starts_with(op.path);
          if (wanted) result.names.push_back(*ephemeral->path);
        }
      }
      break;
    case OpCode::get_all_children_number:
      if (found()) result.count = static_cast<std::int32_t>(tree_->descendants(*node));
      break;
    case OpCode::multi_read:
      for (const zk::Op& member : op.members) {
        const bool legal = member.code == OpCode::get_data || member.code == OpCode::get_children;
        result.results.push_back(legal ? read(member, connection) : zk::Result(member.code, Code::marshalling_error));
      }
      break;
    case OpCode::add_watch:
      watches_.add(op.path, connection.id, op.watch_mode);
      break;
    case OpCode::remove_watches:
      if (!watches_.remove(op.path, connection.id, op.watcher_type)) result.error = Code::no_watcher;
      break;
    case OpCode::check_watches:
      if (!watches_.contains(op.path, op.watcher_type)) result.error = Code::no_watcher;
      break;
    default:
      result.error = Code::unimplemented;
      break;
  }
  return result;
}

// zookeeper 6, setWatches: what the client missed is told at once, the rest is registered.
void ZooKeeperServer::set_watches(const ZkSetWatches& watches, ConnectionId to) {
  for (const std::string& path : watches.data) {
    const Znode* node = tree_->find(path);
    if (node != nullptr) ports_.events.read(node->writer);
    if (node == nullptr) {
      event(to, EventType::node_deleted, path);
    } else if (MUTANT("missed-change-not-told", node->mzxid > watches.relative_zxid, false)) {
      event(to, EventType::node_data_changed, path);
    } else {
      watches_.watch_data(path, to);
    }
  }
  for (const std::string& path : watches.exist) {
    if (tree_->find(path) != nullptr) {
      event(to, EventType::node_created, path);
    } else {
      watches_.watch_data(path, to);
    }
  }
  for (const std::string& path : watches.child) {
    const Znode* node = tree_->find(path);
    if (node != nullptr) ports_.events.read(node->writer);
    if (node == nullptr) {
      event(to, EventType::node_deleted, path);
    } else if (node->pzxid > watches.relative_zxid) {
      event(to, EventType::node_children_changed, path);
    } else {
      watches_.watch_children(path, to);
    }
  }
  for (const std::string& path : watches.persistent) watches_.add(path, to, zk::AddWatchMode::persistent);
  for (const std::string& path : watches.recursive) watches_.add(path, to, zk::AddWatchMode::persistent_recursive);
}

}  // namespace chronofault::sim
