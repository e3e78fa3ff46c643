// What clients and servers say to each other on a connection (zookeeper 4 to 7).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ports/coordination/types.hpp>
#include <ports/coordination/watcher.hpp>
#include <ports/message.hpp>
#include <ports/system.hpp>
#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

/// 16 bytes upstream, derived from the session's id; 0: none yet.
using SessionPassword = std::uint64_t;
SessionPassword password_of(zk::SessionId session) noexcept;

/// The first message of a client on a connection.
struct ZkConnect {
  static constexpr std::string_view kind = "ZkConnect";
  ZkConnect() = default;
  Zxid last_zxid_seen = 0;
  std::int64_t timeout_ms = 0;
  zk::SessionId session = 0;  // 0: a new one
  SessionPassword password = 0;
  template <class V>
  void fields(V&& visit) const {
    visit("lastZxidSeen", last_zxid_seen);
    visit("timeout", timeout_ms);
    visit("session", session);
  }
};

/// The answer. timeout_ms 0: the session is over.
struct ZkConnected {
  static constexpr std::string_view kind = "ZkConnected";
  ZkConnected() = default;
  ZkConnected(std::int64_t timeout_ms, zk::SessionId session, SessionPassword password)
      : timeout_ms(timeout_ms), session(session), password(password) {}
  std::int64_t timeout_ms = 0;
  zk::SessionId session = 0;
  SessionPassword password = 0;
  template <class V>
  void fields(V&& visit) const {
    visit("timeout", timeout_ms);
    visit("session", session);
  }
};

struct ZkRequest {
  static constexpr std::string_view kind = "ZkRequest";
  ZkRequest(std::int32_t xid, std::shared_ptr<const zk::Op> op) : xid(xid), op(std::move(op)) {}
  std::int32_t xid;
  std::shared_ptr<const zk::Op> op;
  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    visit("xid", xid);
    visit("operation", zk::name_of(op->code));
    visit("path", op->path);
    if (!op->members.empty()) visit("members", zk::to_string(*op));
  }
};

struct ZkPing {
  static constexpr std::string_view kind = "ZkPing";
  ZkPing() = default;
  template <class V>
  void fields(V&&) const {}
};

/// After a reconnect: the watches that the client still wants, and the newest zxid that it knows.
struct ZkSetWatches {
  static constexpr std::string_view kind = "ZkSetWatches";
  ZkSetWatches() = default;
  Zxid relative_zxid = 0;
  std::vector<std::string> data;
  std::vector<std::string> exist;
  std::vector<std::string> child;
  std::vector<std::string> persistent;
  std::vector<std::string> recursive;
  template <class V>
  void fields(V&& visit) const {
    visit("relativeZxid", relative_zxid);
    visit("data", data);
    visit("exist", exist);
    visit("child", child);
    visit("persistent", persistent);
    visit("recursive", recursive);
  }
};

/// xid of replies that answer no numbered request.
inline constexpr std::int32_t ping_xid = -2;
inline constexpr std::int32_t set_watches_xid = -8;

struct ZkReply {
  static constexpr std::string_view kind = "ZkReply";
  ZkReply(std::int32_t xid, zk::Result result) : xid(xid), result(std::move(result)) {}
  std::int32_t xid;
  zk::Result result;
  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    visit("xid", xid);
    visit("zxid", result.zxid);
    visit("error", zk::name_of(result.error));
    if (!result.path.empty()) visit("path", result.path);
    if (!result.names.empty()) visit("names", result.names);
  }
};

struct ZkEvent {
  static constexpr std::string_view kind = "ZkEvent";
  ZkEvent(zk::EventType type, std::string path) : type(type), path(std::move(path)) {}
  zk::EventType type;
  std::string path;
  template <class V>
  void fields(V&& visit) const {
    visit("type", zk::name_of(type));
    visit("path", path);
  }
};

/// The kinds above, for fault scripts: `message: ZkEvent` delays a watch (and what its server says after it).
const std::vector<MessageKindInfo>& zookeeper_message_kinds();

/// For digests of messages.
std::uint64_t digest_of(const zk::Op& op) noexcept;
std::uint64_t digest_of(const Txn& txn) noexcept;

}  // namespace chronofault::sim
