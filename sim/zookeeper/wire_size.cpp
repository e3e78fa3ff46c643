// Jute: int 4, long 8, bool 1; strings and buffers are preceded by their length, vectors by their count; records have
// no frame of their own. Nothing is written to count it.
#include <sim/zookeeper/messages.hpp>
#include <sim/zookeeper/wire_size.hpp>

namespace chronofault::sim {

using zk::OpCode;

namespace {

constexpr std::int64_t int_size = 4;
constexpr std::int64_t long_size = 8;
constexpr std::int64_t bool_size = 1;
constexpr std::int64_t request_header = 2 * int_size;            // xid, type
constexpr std::int64_t reply_header = 2 * int_size + long_size;  // xid, zxid, error
constexpr std::int64_t multi_header = 2 * int_size + bool_size;  // type, done, error
constexpr std::int64_t stat_size = 6 * long_size + 5 * int_size;

std::int64_t size_of(std::string_view text) { return int_size + static_cast<std::int64_t>(text.size()); }
std::int64_t size_of(const zk::Data& data) { return data ? size_of(std::string_view(*data)) : int_size; }

std::int64_t size_of(const std::vector<std::string>& names) {
  std::int64_t size = int_size;
  for (const std::string& name : names) size += size_of(std::string_view(name));
  return size;
}

std::int64_t size_of(const zk::Acl& entry) {
  return int_size + size_of(std::string_view(entry.scheme)) + size_of(std::string_view(entry.id));
}

std::int64_t size_of(const zk::AclList& acl) {
  if (!acl) return int_size + size_of(zk::Acl());
  std::int64_t size = int_size;
  for (const zk::Acl& entry : *acl) size += size_of(entry);
  return size;
}

// The request's record, after its header.
std::int64_t size_of(const zk::Op& op) {
  const std::int64_t path = size_of(std::string_view(op.path));
  switch (op.code) {
    case OpCode::create:
    case OpCode::create2:
    case OpCode::create_container:
      return path + size_of(op.data) + size_of(op.acl) + int_size;
    case OpCode::create_ttl:
      return path + size_of(op.data) + size_of(op.acl) + int_size + long_size;
    case OpCode::set_data:
      return path + size_of(op.data) + int_size;
    case OpCode::set_acl:
      return path + size_of(op.acl) + int_size;
    case OpCode::exists:
    case OpCode::get_data:
    case OpCode::get_children:
    case OpCode::get_children2:
      return path + bool_size;
    case OpCode::del:
    case OpCode::check:
    case OpCode::check_watches:
    case OpCode::remove_watches:
    case OpCode::add_watch:
      return path + int_size;
    case OpCode::get_acl:
    case OpCode::sync:
    case OpCode::get_ephemerals:
    case OpCode::get_all_children_number:
      return path;
    case OpCode::multi:
    case OpCode::multi_read: {
      std::int64_t size = multi_header;
      for (const zk::Op& member : op.members) size += multi_header + size_of(member);
      return size;
    }
    case OpCode::close_session:
      return 0;
  }
  return 0;
}

// The reply's record, after its header: an error has none.
std::int64_t size_of(const zk::Result& result) {
  if (result.error != zk::Code::ok) return 0;
  switch (result.op) {
    case OpCode::create:
    case OpCode::sync:
      return size_of(std::string_view(result.path));
    case OpCode::create2:
    case OpCode::create_container:
    case OpCode::create_ttl:
      return size_of(std::string_view(result.path)) + stat_size;
    case OpCode::exists:
    case OpCode::set_data:
    case OpCode::set_acl:
      return stat_size;
    case OpCode::get_data:
      return size_of(result.data) + stat_size;
    case OpCode::get_acl:
      return size_of(result.acl) + stat_size;
    case OpCode::get_children:
    case OpCode::get_ephemerals:
      return size_of(result.names);
    case OpCode::get_children2:
      return size_of(result.names) + stat_size;
    case OpCode::get_all_children_number:
      return int_size;
    case OpCode::multi:
    case OpCode::multi_read: {
      std::int64_t size = multi_header;
      for (const zk::Result& member : result.results) {
        size += multi_header + (member.error == zk::Code::ok ? size_of(member) : int_size);
      }
      return size;
    }
    default:
      return 0;
  }
}

}  // namespace

std::int64_t wire_size(const Body& body) {
  if (const ZkRequest* request = body.as<ZkRequest>()) return request_header + size_of(*request->op);
  if (const ZkReply* reply = body.as<ZkReply>()) {
    const bool bare = reply->xid == ping_xid || reply->xid == set_watches_xid;
    return reply_header + (bare ? 0 : size_of(reply->result));
  }
  if (const ZkEvent* event = body.as<ZkEvent>()) {
    return reply_header + 2 * int_size + size_of(std::string_view(event->path));
  }
  if (const ZkSetWatches* watches = body.as<ZkSetWatches>()) {
    return request_header + long_size + size_of(watches->data) + size_of(watches->exist) + size_of(watches->child) +
           size_of(watches->persistent) + size_of(watches->recursive);
  }
  return 0;
}

}  // namespace chronofault::sim
