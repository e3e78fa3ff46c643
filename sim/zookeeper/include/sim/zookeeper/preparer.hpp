// Decides what becomes of a write: the checks of zookeeper 3 in their order, against the state that all writes ordered
// before will leave. What is ordered and not yet applied is kept as change records above the tree, as upstream's
// PrepRequestProcessor does; a record is forgotten when its transaction is applied.
//
// ACLs are passed through (stored, returned, counted). An access is denied only where all entries of a node are of
// scheme world and none grants it: other schemes are taken to let everyone in, since no client authenticates.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/server_options.hpp>
#include <sim/zookeeper/session_tracker.hpp>

namespace chronofault::sim {

/// Whether `acl` grants `perm` to a client that has shown nothing of itself.
bool acl_grants(const zk::AclList& acl, int perm) noexcept;

class Preparer {
 public:
  Preparer(const DataTree& tree, SessionTracker& sessions, const ZooKeeperOptions& options)
      : tree_(tree), sessions_(sessions), options_(options) {}
  Preparer(const Preparer&) = delete;
  Preparer& operator=(const Preparer&) = delete;

  /// Who asks, and when: stamped on the transaction.
  struct Order {
    Zxid zxid = 0;
    std::int64_t time_ms = 0;
    zk::SessionId session = 0;
    std::int32_t server = 0;  // through which it came; 0: this server's own (expiry, reaper), unchecked
  };

  /// A client's write. Always a transaction; a refused one is an error.
  Txn operation(const zk::Op& op, const Order& order);
  Txn create_session(std::int64_t timeout_ms, const Order& order);
  /// By the client or by expiry: its ephemerals, the ordered ones included, the ones with an ordered delete not.
  Txn close_session(const Order& order);
  /// The reaper's.
  Txn remove_container(const std::string& path, const Order& order);

  /// All transactions up to this one are applied.
  void applied(Zxid zxid);

 private:
  // What a node will be. `there` false: it will be gone.
  struct Record {
    Zxid zxid = 0;
    bool there = true;
    std::int32_t version = 0;
    std::int32_t aversion = 0;
    std::int32_t creates = 0;
    std::int64_t children = 0;
    zk::SessionId owner = 0;
    zk::AclList acl;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const noexcept { return std::hash<std::string_view>{}(path); }
  };
  using Undo = std::vector<std::pair<std::string, std::optional<Record>>>;

  bool look(std::string_view path, Record& into) const;
  void change(std::string_view path, Record record, Zxid zxid, Undo* undo);
  zk::Code check_session(const Order& order);
  zk::Code decide(const zk::Op& op, const Order& order, bool in_multi, Undo* undo, Txn& txn);
  zk::Code decide_create(const zk::Op& op, const Order& order, bool in_multi, Undo* undo, Txn& txn);
  zk::Code decide_delete(const zk::Op& op, const Order& order, Undo* undo, Txn& txn);
  void decide_multi(const zk::Op& op, const Order& order, Txn& txn);
  void remove_node(std::string_view path, Zxid zxid, Undo* undo);

  const DataTree& tree_;
  SessionTracker& sessions_;
  const ZooKeeperOptions& options_;
  std::unordered_map<std::string, Record, Hash, std::equal_to<>> records_;
  std::deque<std::pair<Zxid, std::string>> order_;  // of their making: which record belongs to which transaction
};

}  // namespace chronofault::sim
