#include "history.hpp"

#include <algorithm>

namespace history {

using sim::TxnKind;
using zk::Code;
using zk::OpCode;

namespace {

std::string parent(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::set<std::string> children_of(const Tree& tree, const std::string& path) {
  std::set<std::string> names;
  for (const auto& [other, node] : tree) {
    if (other.size() > path.size() && parent(other) == path) names.insert(other.substr(path.size() + 1));
  }
  return names;
}

std::string describe(const Seen& seen) {
  return "client " + std::to_string(seen.client) + ", " + zk::to_string(seen.op) + " -> " +
         std::string(name_of(seen.result.error)) + " at " + std::to_string(sim::epoch_of(seen.result.zxid)) + "/" +
         std::to_string(sim::counter_of(seen.result.zxid)) + ": ";
}

}  // namespace

std::string Reference::replay(const std::vector<sim::TxnPtr>& log) {
  for (const sim::TxnPtr& txn : log) {
    Tree tree = states_.rbegin()->second;
    if (txn->zxid <= states_.rbegin()->first) return "zxids do not grow";
    if (txn->kind == TxnKind::multi) {
      for (const sim::Txn& member : txn->members) {
        if (std::string bad = apply(member, *txn, tree); !bad.empty()) return bad;
      }
    } else if (std::string bad = apply(*txn, *txn, tree); !bad.empty()) {
      return bad;
    }
    log_[txn->zxid] = txn;
    states_[txn->zxid] = std::move(tree);
  }
  return {};
}

std::string Reference::apply(const sim::Txn& txn, const sim::Txn& whole, Tree& tree) {
  const auto touch = [&](const std::string& path, bool list) {
    changes_[path].insert(whole.zxid);
    if (list) lists_[parent(path)].insert(whole.zxid);
  };
  switch (txn.kind) {
    case TxnKind::create: {
      if (closed_.contains(whole.session)) return "a closed session made " + txn.path;
      Node node;
      node.data = txn.data.value_or("");
      node.czxid = whole.zxid;
      if (zk::is_ephemeral(txn.mode)) node.owner = whole.session;
      if (!tree.emplace(txn.path, node).second) return "made twice: " + txn.path;
      touch(txn.path, true);
      return {};
    }
    case TxnKind::del:
      if (tree.erase(txn.path) == 0) return "removed what is not there: " + txn.path;
      touch(txn.path, true);
      return {};
    case TxnKind::set_data: {
      const auto node = tree.find(txn.path);
      if (node == tree.end()) return "set what is not there: " + txn.path;
      node->second.data = txn.data.value_or("");
      ++node->second.version;
      touch(txn.path, false);
      return {};
    }
    case TxnKind::close_session: {
      if (!closed_.insert(txn.session).second) return "a session was closed twice";
      std::set<std::string> own;
      for (const auto& [path, node] : tree) {
        if (node.owner == txn.session) own.insert(path);
      }
      if (own != std::set<std::string>(txn.paths.begin(), txn.paths.end())) {
        return "a session's end does not remove exactly its ephemerals";
      }
      for (const std::string& path : own) {
        tree.erase(path);
        touch(path, true);
      }
      return {};
    }
    default:
      return {};
  }
}

std::string Reference::judge(const History& history) const {
  std::map<zk::SessionId, sim::Zxid> last_reply;
  std::map<zk::SessionId, sim::Zxid> last_write;
  for (const Seen& seen : history.seen) {
    if (seen.result.zxid == 0) continue;  // no reply came: anything may be
    sim::Zxid& reply = last_reply[seen.session];
    if (seen.result.zxid < reply) return describe(seen) + "went back in time";
    reply = seen.result.zxid;
    std::string bad;
    if (zk::is_write(seen.op.code)) {
      sim::Zxid& write = last_write[seen.session];
      if (seen.result.zxid <= write) return describe(seen) + "overtook an earlier write";
      write = seen.result.zxid;
      bad = judge_write(seen);
    } else {
      bad = judge_read(seen);
    }
    if (!bad.empty()) return describe(seen) + bad;
  }
  if (std::string bad = judge_syncs(history); !bad.empty()) return bad;
  for (const zk::SessionId session : history.expired) {
    if (!closed_.contains(session)) return "a client was told of an expiry that nobody ordered";
  }
  for (const Watched& watched : history.watched) {
    const bool lives = history.alive.contains(watched.session) && !closed_.contains(watched.session);
    if (!lives || *watched.told) continue;
    if (std::string bad = judge_watch(watched); !bad.empty()) return bad;
  }
  for (const auto& [path, node] : last()) {
    if (node.owner != 0 && closed_.contains(node.owner)) return "an ephemeral outlives its session: " + path;
  }
  return {};
}

std::string Reference::judge_write(const Seen& seen) const {
  const auto found = log_.find(seen.result.zxid);
  if (found == log_.end()) return "an acknowledged write is lost";
  if (found->second->session != seen.session) return "its zxid is somebody else's";
  if (error_of(*found->second) != seen.result.error) return "the log says something else";
  if (zk::is_create(seen.op.code) && seen.result.error == Code::ok && found->second->path != seen.result.path) {
    return "the log made another node";
  }
  return {};
}

std::string Reference::judge_read(const Seen& seen) const {
  const Tree& tree = at(seen.result.zxid);
  const auto node = tree.find(seen.op.path);
  if (seen.op.code == OpCode::sync) return {};
  if ((node == tree.end()) != (seen.result.error == Code::no_node)) return "the node was otherwise";
  if (node == tree.end()) return {};
  if (seen.op.code == OpCode::get_data) {
    const bool same =
        node->second.data == seen.result.data.value_or("") && node->second.version == seen.result.stat.version &&
        node->second.owner == seen.result.stat.ephemeral_owner && node->second.czxid == seen.result.stat.czxid;
    if (!same) return "no state had that";
  }
  if (seen.op.code == OpCode::get_children) {
    const std::set<std::string> names(seen.result.names.begin(), seen.result.names.end());
    if (names != children_of(tree, seen.op.path)) return "no state had those children";
  }
  return {};
}

// After a sync a client sees every write that was acknowledged to anybody before it asked (zookeeper 9), but for those
// of a later epoch: a deposed leader that has not noticed yet answers too.
std::string Reference::judge_syncs(const History& history) {
  for (const Seen& sync : history.seen) {
    if (sync.op.code != OpCode::sync || sync.result.error != Code::ok) continue;
    for (const Seen& write : history.seen) {
      if (!zk::is_write(write.op.code) || write.answered > sync.asked) continue;
      const bool later_epoch = sim::epoch_of(write.result.zxid) > sim::epoch_of(sync.result.zxid);
      if (write.result.zxid > sync.result.zxid && !later_epoch) return describe(sync) + "missed " + describe(write);
    }
  }
  return {};
}

// Told at least once of what came after. A node that came and went while the client was away is not seen by a watch for
// its coming.
std::string Reference::judge_watch(const Watched& watched) const {
  const bool of_children = watched.op == OpCode::get_children;
  const auto& table = of_children ? lists_ : changes_;
  const auto changes = table.find(watched.path);
  const bool changed = changes != table.end() && changes->second.upper_bound(watched.zxid) != changes->second.end();
  const bool there = last().contains(watched.path);
  const bool must = watched.node_was_there ? changed || !there : there;
  if (!must) return {};
  return "a watch of client " + std::to_string(watched.client) + " on " + watched.path + " was lost";
}

}  // namespace history
