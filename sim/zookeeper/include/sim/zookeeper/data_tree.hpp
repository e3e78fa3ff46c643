// The tree of znodes of one server, and the sessions that the log knows: the state that transactions act on.
//
// It only applies what was decided before; whether a request is legal is the preparer's business (preparer.hpp). A
// transaction that does not fit is our own bug. Lookups go through a hash table of whole paths; whatever is walked is
// walked in Znode::HashOrder, which is the same on every replica and after a restart.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sim/zookeeper/znode.hpp>

namespace chronofault::sim {

class WatchManager;

/// What the sender of a write is told, seen at the moment of its own change.
struct Applied {
  Applied() = default;
  zk::Stat stat;
  std::vector<zk::Stat> members;  // multi: one per member
};

class DataTree {
 public:
  explicit DataTree(std::uint64_t order_seed);
  DataTree(const DataTree&) = delete;
  DataTree& operator=(const DataTree&) = delete;
  /// A copy that shares nothing.
  std::unique_ptr<DataTree> clone() const;

  /// Null: no such node. Both "" and "/" are the root.
  const Znode* find(std::string_view path) const noexcept;
  Zxid last_zxid() const noexcept { return last_zxid_; }
  /// A new leader begins its epoch (zookeeper 8, epoch quirk); a server that left a role is back at its log.
  void set_last_zxid(Zxid zxid) noexcept { last_zxid_ = zxid; }
  std::uint64_t order_seed() const noexcept { return order_seed_; }

  /// `watches` and `applied` may be null. Events are fired in the order of zookeeper 6.
  void apply(const Txn& txn, WatchManager* watches, Applied* applied);

  /// Timeouts in ms as their creation granted them.
  const std::map<zk::SessionId, std::int64_t>& sessions() const noexcept { return sessions_; }
  /// Null: none.
  const Znode::Set* ephemerals(zk::SessionId session) const noexcept;
  const Znode::Set& containers() const noexcept { return containers_; }
  const Znode::Set& ttls() const noexcept { return ttls_; }
  /// Number of all descendants.
  std::int64_t descendants(const Znode& node) const noexcept;
  std::size_t size() const noexcept { return nodes_.size(); }

 private:
  struct PathHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const noexcept { return std::hash<std::string_view>{}(path); }
  };
  Znode* get(std::string_view path) noexcept;
  Znode& insert(std::string path, Znode& parent);
  void enlist(Znode& node);
  void apply_one(const Txn& txn, const Txn& whole, WatchManager* watches, zk::Stat* stat);
  void create(const Txn& txn, const Txn& whole, WatchManager* watches, zk::Stat* stat);
  void remove(std::string_view path, const Txn& whole, WatchManager* watches);
  void close_session(const Txn& txn, WatchManager* watches);
  void copy_below(const Znode& from, Znode& to);

  std::uint64_t order_seed_;
  std::unordered_map<std::string, Znode, PathHash, std::equal_to<>> nodes_;
  Znode* root_;
  std::map<zk::SessionId, std::int64_t> sessions_;
  std::map<zk::SessionId, Znode::Set> ephemerals_;
  Znode::Set containers_;
  Znode::Set ttls_;
  Zxid last_zxid_ = 0;
};

}  // namespace chronofault::sim
