#include <ports/assert.hpp>
#include <ports/coordination/types.hpp>
#include <ports/coordination/watcher.hpp>

namespace chronofault::zk {

std::string_view name_of(Code code) noexcept {
  switch (code) {
    case Code::ok:
      return "OK";
    case Code::runtime_inconsistency:
      return "RUNTIMEINCONSISTENCY";
    case Code::connection_loss:
      return "CONNECTIONLOSS";
    case Code::marshalling_error:
      return "MARSHALLINGERROR";
    case Code::unimplemented:
      return "UNIMPLEMENTED";
    case Code::operation_timeout:
      return "OPERATIONTIMEOUT";
    case Code::bad_arguments:
      return "BADARGUMENTS";
    case Code::no_node:
      return "NONODE";
    case Code::no_auth:
      return "NOAUTH";
    case Code::bad_version:
      return "BADVERSION";
    case Code::no_children_for_ephemerals:
      return "NOCHILDRENFOREPHEMERALS";
    case Code::node_exists:
      return "NODEEXISTS";
    case Code::not_empty:
      return "NOTEMPTY";
    case Code::session_expired:
      return "SESSIONEXPIRED";
    case Code::invalid_acl:
      return "INVALIDACL";
    case Code::auth_failed:
      return "AUTHFAILED";
    case Code::session_moved:
      return "SESSIONMOVED";
    case Code::no_watcher:
      return "NOWATCHER";
    case Code::request_timeout:
      return "REQUESTTIMEOUT";
    case Code::quota_exceeded:
      return "QUOTAEXCEEDED";
  }
  return "?";
}

std::string_view name_of(OpCode code) noexcept {
  switch (code) {
    case OpCode::create:
      return "create";
    case OpCode::del:
      return "delete";
    case OpCode::exists:
      return "exists";
    case OpCode::get_data:
      return "getData";
    case OpCode::set_data:
      return "setData";
    case OpCode::get_acl:
      return "getACL";
    case OpCode::set_acl:
      return "setACL";
    case OpCode::get_children:
      return "getChildren";
    case OpCode::sync:
      return "sync";
    case OpCode::get_children2:
      return "getChildren2";
    case OpCode::check:
      return "check";
    case OpCode::multi:
      return "multi";
    case OpCode::create2:
      return "create2";
    case OpCode::check_watches:
      return "checkWatches";
    case OpCode::remove_watches:
      return "removeWatches";
    case OpCode::create_container:
      return "createContainer";
    case OpCode::create_ttl:
      return "createTTL";
    case OpCode::multi_read:
      return "multiRead";
    case OpCode::get_ephemerals:
      return "getEphemerals";
    case OpCode::get_all_children_number:
      return "getAllChildrenNumber";
    case OpCode::add_watch:
      return "addWatch";
    case OpCode::close_session:
      return "closeSession";
  }
  return "?";
}

bool is_create(OpCode code) noexcept {
  return code == OpCode::create || code == OpCode::create2 || code == OpCode::create_container ||
         code == OpCode::create_ttl;
}

bool is_write(OpCode code) noexcept {
  return is_create(code) || code == OpCode::del || code == OpCode::set_data || code == OpCode::set_acl ||
         code == OpCode::check || code == OpCode::multi || code == OpCode::close_session;
}

std::string_view name_of(EventType type) noexcept {
  switch (type) {
    case EventType::none:
      return "None";
    case EventType::node_created:
      return "NodeCreated";
    case EventType::node_deleted:
      return "NodeDeleted";
    case EventType::node_data_changed:
      return "NodeDataChanged";
    case EventType::node_children_changed:
      return "NodeChildrenChanged";
    case EventType::data_watch_removed:
      return "DataWatchRemoved";
    case EventType::child_watch_removed:
      return "ChildWatchRemoved";
    case EventType::persistent_watch_removed:
      return "PersistentWatchRemoved";
  }
  return "?";
}

std::string_view name_of(KeeperState state) noexcept {
  switch (state) {
    case KeeperState::disconnected:
      return "Disconnected";
    case KeeperState::sync_connected:
      return "SyncConnected";
    case KeeperState::expired:
      return "Expired";
  }
  return "?";
}

Op Op::create(std::string path, Data data, CreateMode mode) {
  CF_ASSERT(mode != CreateMode::ttl && mode != CreateMode::ttl_sequential);
  Op op(mode == CreateMode::container ? OpCode::create_container : OpCode::create, std::move(path));
  op.data = std::move(data);
  op.mode = mode;
  return op;
}

Op Op::create2(std::string path, Data data, CreateMode mode) {
  Op op = create(std::move(path), std::move(data), mode);
  if (op.code == OpCode::create) op.code = OpCode::create2;
  return op;
}

Op Op::create_ttl(std::string path, Data data, CreateMode mode, std::int64_t ttl_ms) {
  Op op(OpCode::create_ttl, std::move(path));
  op.data = std::move(data);
  op.mode = mode;
  op.ttl_ms = ttl_ms;
  return op;
}

Op Op::del(std::string path, std::int32_t version) {
  Op op(OpCode::del, std::move(path));
  op.version = version;
  return op;
}

Op Op::set_data(std::string path, Data data, std::int32_t version) {
  Op op(OpCode::set_data, std::move(path));
  op.data = std::move(data);
  op.version = version;
  return op;
}

Op Op::set_acl(std::string path, AclList acl, std::int32_t version) {
  Op op(OpCode::set_acl, std::move(path));
  op.acl = std::move(acl);
  op.version = version;
  return op;
}

Op Op::check(std::string path, std::int32_t version) {
  Op op(OpCode::check, std::move(path));
  op.version = version;
  return op;
}

Op Op::multi(std::vector<Op> members) {
  Op op(OpCode::multi);
  op.members = std::move(members);
  return op;
}

Op Op::multi_read(std::vector<Op> members) {
  Op op(OpCode::multi_read);
  op.members = std::move(members);
  return op;
}

Op Op::add_watch(std::string path, AddWatchMode mode) {
  Op op(OpCode::add_watch, std::move(path));
  op.watch_mode = mode;
  return op;
}

Op Op::remove_watches(std::string path, WatcherType type) {
  Op op(OpCode::remove_watches, std::move(path));
  op.watcher_type = type;
  return op;
}

std::string to_string(const Op& op) {
  std::string text(name_of(op.code));
  if (!op.path.empty()) text += ' ' + op.path;
  if (!op.members.empty()) {
    text += " [";
    for (const Op& member : op.members) text += (text.back() == '[' ? "" : ", ") + to_string(member);
    text += ']';
  }
  return text;
}

}  // namespace chronofault::zk
