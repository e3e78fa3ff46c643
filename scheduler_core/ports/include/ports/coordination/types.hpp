// What ZooKeeper's operations say and answer (zookeeper 1 to 3): plain values that can be kept, copied and sent again.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/time.hpp>

namespace chronofault::zk {

/// (epoch << 32) | counter. A reply carries the newest one that its server had applied (zookeeper 2).
using Zxid = std::int64_t;
/// Never 0 once a server has granted it.
using SessionId = std::int64_t;

/// KeeperException.Code (zookeeper 2).
enum class Code : std::int32_t {
  ok = 0,
  runtime_inconsistency = -2,
  connection_loss = -4,
  marshalling_error = -5,
  unimplemented = -6,
  operation_timeout = -7,
  bad_arguments = -8,
  no_node = -101,
  no_auth = -102,
  bad_version = -103,
  no_children_for_ephemerals = -108,
  node_exists = -110,
  not_empty = -111,
  session_expired = -112,
  invalid_acl = -114,
  auth_failed = -115,
  session_moved = -118,
  no_watcher = -121,
  request_timeout = -122,
  quota_exceeded = -125,
};
/// "NONODE", "OK": upstream's name.
std::string_view name_of(Code code) noexcept;

/// ZooDefs.OpCode.
enum class OpCode : std::int32_t {
  create = 1,
  del = 2,
  exists = 3,
  get_data = 4,
  set_data = 5,
  get_acl = 6,
  set_acl = 7,
  get_children = 8,
  sync = 9,
  get_children2 = 12,
  check = 13,
  multi = 14,
  create2 = 15,
  check_watches = 17,
  remove_watches = 18,
  create_container = 19,
  create_ttl = 21,
  multi_read = 22,
  get_ephemerals = 103,
  get_all_children_number = 104,
  add_watch = 106,
  close_session = -11,
};
/// "create2", "getData": as upstream and its recordings write it.
std::string_view name_of(OpCode code) noexcept;
/// Consumes a zxid, whether it succeeds or fails.
bool is_write(OpCode code) noexcept;
bool is_create(OpCode code) noexcept;

enum class CreateMode : std::int32_t {
  persistent = 0,
  ephemeral = 1,
  persistent_sequential = 2,
  ephemeral_sequential = 3,
  container = 4,
  ttl = 5,
  ttl_sequential = 6,
};
constexpr bool is_sequential(CreateMode mode) noexcept {
  return mode == CreateMode::persistent_sequential || mode == CreateMode::ephemeral_sequential ||
         mode == CreateMode::ttl_sequential;
}
constexpr bool is_ephemeral(CreateMode mode) noexcept {
  return mode == CreateMode::ephemeral || mode == CreateMode::ephemeral_sequential;
}

enum class AddWatchMode : std::int32_t { persistent = 0, persistent_recursive = 1 };
enum class WatcherType : std::int32_t { children = 1, data = 2, any = 3 };

/// A node's content; none is Java's null.
using Data = std::optional<std::string>;

struct Acl {
  Acl() = default;
  Acl(int perms, std::string scheme, std::string id) : perms(perms), scheme(std::move(scheme)), id(std::move(id)) {}
  static constexpr int read = 1, write = 2, create = 4, remove = 8, admin = 16, all = 31;
  int perms = all;
  std::string scheme = "world";
  std::string id = "anyone";
  friend bool operator==(const Acl&, const Acl&) = default;
};
/// None: world:anyone:31 (OPEN_ACL_UNSAFE), which nearly every node has.
using AclList = std::optional<std::vector<Acl>>;

/// What a client is told of a node (zookeeper 1).
struct Stat {
  Zxid czxid = 0;
  Zxid mzxid = 0;
  Zxid pzxid = 0;
  std::int64_t ctime_ms = 0;  // wall clock of the server that ordered the transaction
  std::int64_t mtime_ms = 0;
  SessionId ephemeral_owner = 0;
  std::int32_t version = 0;
  std::int32_t cversion = 0;
  std::int32_t aversion = 0;
  std::int32_t data_length = 0;
  std::int32_t num_children = 0;
  friend bool operator==(const Stat&, const Stat&) = default;
};

/// One operation. Members that its code does not use stay at their defaults.
struct Op {
  Op() = default;
  explicit Op(OpCode code, std::string path = {}) : code(code), path(std::move(path)) {}

  /// create for the plain and sequential modes, createContainer for containers; TTL modes: create_ttl().
  static Op create(std::string path, Data data, CreateMode mode);
  static Op create2(std::string path, Data data, CreateMode mode);
  static Op create_ttl(std::string path, Data data, CreateMode mode, std::int64_t ttl_ms);
  static Op del(std::string path, std::int32_t version = -1);
  static Op exists(std::string path) { return Op(OpCode::exists, std::move(path)); }
  static Op get_data(std::string path) { return Op(OpCode::get_data, std::move(path)); }
  static Op set_data(std::string path, Data data, std::int32_t version = -1);
  static Op get_acl(std::string path) { return Op(OpCode::get_acl, std::move(path)); }
  static Op set_acl(std::string path, AclList acl, std::int32_t version = -1);
  static Op get_children(std::string path) { return Op(OpCode::get_children, std::move(path)); }
  static Op get_children2(std::string path) { return Op(OpCode::get_children2, std::move(path)); }
  static Op sync(std::string path) { return Op(OpCode::sync, std::move(path)); }
  static Op check(std::string path, std::int32_t version);
  static Op multi(std::vector<Op> members);
  static Op multi_read(std::vector<Op> members);
  static Op get_ephemerals(std::string prefix = "/") { return Op(OpCode::get_ephemerals, std::move(prefix)); }
  static Op get_all_children_number(std::string path) { return Op(OpCode::get_all_children_number, std::move(path)); }
  static Op add_watch(std::string path, AddWatchMode mode);
  static Op remove_watches(std::string path, WatcherType type);

  OpCode code = OpCode::exists;
  std::string path;
  Data data;                                 // create*, set_data
  CreateMode mode = CreateMode::persistent;  // create*; other numbers may be sent and are refused by the server
  std::int32_t version = -1;                 // del, set_data, check; set_acl: of the ACL. -1: any
  std::int64_t ttl_ms = -1;                  // create_ttl
  AclList acl;                               // create*, set_acl
  bool watch = false;                        // exists, get_data, get_children(2): the wire's flag, set by the client
  AddWatchMode watch_mode = AddWatchMode::persistent;
  WatcherType watcher_type = WatcherType::any;  // remove_watches, check_watches
  std::vector<Op> members;                      // multi, multi_read
};
/// "create /a/b": for people.
std::string to_string(const Op& op);

/// The answer to one operation. Members that it does not carry stay at their defaults.
struct Result {
  Result() = default;
  explicit Result(OpCode op, Code error = Code::ok) : op(op), error(error) {}
  OpCode op = OpCode::exists;
  Code error = Code::ok;  // of a failed multi: its first real error (the header then said OK)
  Zxid zxid = 0;          // of the reply's header; 0: no reply came
  std::string path;       // create*: the real path; sync: echoed
  Data data;
  Stat stat;                       // create2, containers, TTL, exists, get_data, set_data, get_children2, ACLs
  std::vector<std::string> names;  // get_children(2): in no particular order; get_ephemerals: whole paths
  AclList acl;
  std::int32_t count = 0;       // get_all_children_number
  std::vector<Result> results;  // multi, multi_read: one per member
};

}  // namespace chronofault::zk
