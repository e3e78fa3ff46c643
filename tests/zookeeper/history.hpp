// What clients saw of an ensemble, and a reference that knows the guarantees of zookeeper 9 and nothing of how servers
// keep them: it replays the committed transactions into plain maps and holds every answer against the state that its
// zxid names.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <ports/coordination.hpp>
#include <sim/zookeeper/txn.hpp>

namespace history {

using namespace chronofault;

/// One answered operation of one client, in the order of the asking.
struct Seen {
  int client = 0;
  zk::SessionId session = 0;
  zk::Op op;
  zk::Result result;
  std::uint64_t asked = 0;     // when, counted over all clients
  std::uint64_t answered = 0;  // likewise
};

/// A one-shot watch that was in force once the reply of `zxid` came.
struct Watched {
  int client = 0;
  zk::SessionId session;
  zk::OpCode op;
  bool node_was_there;
  std::string path;
  sim::Zxid zxid;
  std::shared_ptr<bool> told;
};

struct History {
  std::vector<Seen> seen;
  std::uint64_t moments = 0;  // that were counted
  std::vector<Watched> watched;
  std::set<zk::SessionId> expired;  // as clients were told
  std::set<zk::SessionId> alive;    // of handles that are connected at the end
};

struct Node {
  std::string data;
  std::int32_t version = 0;
  zk::SessionId owner = 0;
  sim::Zxid czxid = 0;
  friend bool operator==(const Node&, const Node&) = default;
};
using Tree = std::map<std::string, Node>;

class Reference {
 public:
  /// Replays the log; empty: it is consistent in itself, else what is not.
  std::string replay(const std::vector<sim::TxnPtr>& log);
  /// Empty: all that clients saw is allowed.
  std::string judge(const History& history) const;
  /// Sessions that the log closes.
  const std::set<zk::SessionId>& closed() const { return closed_; }
  const Tree& last() const { return states_.rbegin()->second; }

 private:
  std::string apply(const sim::Txn& txn, const sim::Txn& whole, Tree& tree);
  const Tree& at(sim::Zxid zxid) const { return std::prev(states_.upper_bound(zxid))->second; }
  std::string judge_write(const Seen& seen) const;
  std::string judge_read(const Seen& seen) const;
  std::string judge_watch(const Watched& watched) const;
  static std::string judge_syncs(const History& history);

  std::map<sim::Zxid, Tree> states_{{0, Tree()}};
  std::map<sim::Zxid, sim::TxnPtr> log_;
  std::map<std::string, std::set<sim::Zxid>> changes_;  // of each node: made, changed, removed
  std::map<std::string, std::set<sim::Zxid>> lists_;    // of each node's children
  std::set<zk::SessionId> closed_;
};

}  // namespace history
