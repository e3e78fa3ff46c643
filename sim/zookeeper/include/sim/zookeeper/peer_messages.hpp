// What servers of an ensemble say to each other (zookeeper 8): votes, and on the connection of a follower to its leader
// everything else, in order.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

struct ZkVote {
  static constexpr std::string_view kind = "ZkVote";
  ZkVote() = default;
  std::int32_t from = 0;
  ServerState state = ServerState::looking;
  std::int32_t leader = 0;
  Zxid zxid = 0;
  std::int64_t epoch = 0;
  std::int64_t round = 0;
  std::uint64_t sequence = 0;  // of the sender: a late one does not undo a newer one
  template <class V>
  void fields(V&& visit) const {
    visit("from", from);
    visit("state", state);
    visit("leader", leader);
    visit("zxid", zxid);
    visit("epoch", epoch);
    visit("round", round);
    visit("sequence", sequence);
  }
};

/// Follower to leader: who I am, and the newest epoch that I promised to follow.
struct ZabFollowerInfo {
  static constexpr std::string_view kind = "ZabFollowerInfo";
  ZabFollowerInfo(std::int32_t server, std::int64_t accepted_epoch) : server(server), accepted_epoch(accepted_epoch) {}
  std::int32_t server;
  std::int64_t accepted_epoch;
  template <class V>
  void fields(V&& visit) const {
    visit("server", server);
    visit("acceptedEpoch", accepted_epoch);
  }
};

struct ZabLeaderInfo {
  static constexpr std::string_view kind = "ZabLeaderInfo";
  explicit ZabLeaderInfo(std::int64_t epoch) : epoch(epoch) {}
  std::int64_t epoch;
  template <class V>
  void fields(V&& visit) const {
    visit("epoch", epoch);
  }
};

/// Follower to leader: promised; this is how far my log goes.
struct ZabAckEpoch {
  static constexpr std::string_view kind = "ZabAckEpoch";
  ZabAckEpoch(std::int64_t current_epoch, Zxid last_logged) : current_epoch(current_epoch), last_logged(last_logged) {}
  std::int64_t current_epoch;
  Zxid last_logged;
  template <class V>
  void fields(V&& visit) const {
    visit("currentEpoch", current_epoch);
    visit("lastLogged", last_logged);
  }
};

/// Brings a follower to what the leader has committed: a whole copy, or a cut and the missing transactions.
struct ZabSynchronise {
  static constexpr std::string_view kind = "ZabSynchronise";
  ZabSynchronise() = default;
  std::shared_ptr<const DataTree> copy;  // SNAP; null: DIFF or TRUNC
  Zxid keep_until = 0;                   // what the follower has after that is cut off
  std::vector<TxnPtr> missing;
  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    visit("mode", std::string_view(copy ? "SNAP" : "DIFF"));
    visit("keepUntil", keep_until);
    visit("missing", missing.size());
  }
};

struct ZabNewLeader {
  static constexpr std::string_view kind = "ZabNewLeader";
  explicit ZabNewLeader(std::int64_t epoch) : epoch(epoch) {}
  std::int64_t epoch;
  template <class V>
  void fields(V&& visit) const {
    visit("epoch", epoch);
  }
};

struct ZabUpToDate {
  static constexpr std::string_view kind = "ZabUpToDate";
  ZabUpToDate() = default;
  template <class V>
  void fields(V&&) const {}
};

struct ZabProposal {
  static constexpr std::string_view kind = "ZabProposal";
  explicit ZabProposal(TxnPtr txn) : txn(std::move(txn)) {}
  TxnPtr txn;
  std::uint64_t hash() const noexcept { return digest_of(*txn); }
  template <class V>
  void fields(V&& visit) const {
    visit("zxid", txn->zxid);
    visit("operation", zk::name_of(txn->op));
    visit("path", txn->path);
  }
};

/// Logged, with all before it. For ZabNewLeader: its epoch's first zxid.
struct ZabAck {
  static constexpr std::string_view kind = "ZabAck";
  explicit ZabAck(Zxid zxid) : zxid(zxid) {}
  Zxid zxid;
  template <class V>
  void fields(V&& visit) const {
    visit("zxid", zxid);
  }
};

/// Committed, with all before it.
struct ZabCommit {
  static constexpr std::string_view kind = "ZabCommit";
  explicit ZabCommit(Zxid zxid) : zxid(zxid) {}
  Zxid zxid;
  template <class V>
  void fields(V&& visit) const {
    visit("zxid", zxid);
  }
};

/// The leader's, and the follower's answer with the sessions that were active at it since the last one.
struct ZabPing {
  static constexpr std::string_view kind = "ZabPing";
  ZabPing() = default;
  std::vector<std::pair<zk::SessionId, std::int64_t>> sessions;  // with their timeouts in ms
  template <class V>
  void fields(V&& visit) const {
    for (const auto& [session, timeout_ms] : sessions) {
      visit("session", session);
      visit("timeout", timeout_ms);
    }
  }
};

/// A client's write or sync, on its way to the leader.
struct ZabRequest {
  static constexpr std::string_view kind = "ZabRequest";
  ZabRequest() = default;
  RequestKind what = RequestKind::operation;
  zk::SessionId session = 0;
  std::uint64_t number = 0;
  std::int64_t timeout_ms = 0;
  std::shared_ptr<const zk::Op> op;
  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    visit("session", session);
    visit("number", number);
    visit("operation", op ? zk::name_of(op->code) : std::string_view("createSession"));
    if (op) visit("path", op->path);
  }
};

/// Leader to follower: everything committed before its sync of that number came is before this.
struct ZabSync {
  static constexpr std::string_view kind = "ZabSync";
  explicit ZabSync(std::uint64_t number) : number(number) {}
  std::uint64_t number;
  template <class V>
  void fields(V&& visit) const {
    visit("number", number);
  }
};

/// Follower to leader, and back with the answer.
struct ZabRevalidate {
  static constexpr std::string_view kind = "ZabRevalidate";
  ZabRevalidate() = default;
  zk::SessionId session = 0;
  std::int64_t timeout_ms = 0;
  ConnectionId connection = 0;
  bool valid = false;
  template <class V>
  void fields(V&& visit) const {
    visit("session", session);
    visit("timeout", timeout_ms);
    visit("connection", connection);
    visit("valid", valid);
  }
};

}  // namespace chronofault::sim
