// The nodes of a TreeCache and what events and answers do to them (upstream: TreeCache.TreeNode; zookeeper 11).
//
// A node is pending until its first data come, then live, and dead when it was deleted. A dead node other than the root
// never lives again: a new one takes its place when the parent's children are read next. Outstanding reads are counted;
// when none is left for the first time, the cache is initialized. Upstream's slip is kept: the read by which a missing
// root is watched is counted off but never counted in.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <coordination/java_hash_map.hpp>
#include <coordination/tree_cache.hpp>

namespace chronofault::curator {

struct TreeNode;
using TreeNodePtr = std::shared_ptr<TreeNode>;

struct TreeNode {
  TreeNode(std::string path, const TreeNodePtr& parent)
      : path(std::move(path)), parent(parent), depth(parent ? parent->depth + 1 : 0) {}
  bool live() const noexcept { return !dead && data.has_value(); }
  bool root() const noexcept { return depth == 0; }

  const std::string path;
  const std::weak_ptr<TreeNode> parent;
  const int depth;
  bool dead = false;
  std::optional<ChildData> data;
  JavaHashMap<TreeNodePtr> children;
  zk::WatcherPtr watcher;  // one for all watches of the node, so that an event reaches it once
};

class TreeOwner {
 public:
  enum class Life { latent, started, closed };

  TreeOwner(Client& the_client, int depth_max) : client(the_client), depth_max_(depth_max) {}
  virtual ~TreeOwner() = default;
  virtual void publish(TreeCacheEvent event) = 0;
  /// What a callback or watcher holds, so that the owner is there when it is told.
  virtual std::shared_ptr<void> keep() = 0;

  Task<> refresh(TreeNodePtr node);
  Task<> was_deleted(TreeNodePtr node);

  Client& client;
  Life life = Life::latent;
  bool initialized = false;

 private:
  bool has_children(const TreeNode& node) const noexcept { return node.depth < depth_max_; }
  Task<> read(TreeNodePtr node, zk::Op op);
  Task<> event(TreeNodePtr node, zk::WatchedEvent event);
  Task<> answered(TreeNodePtr node, zk::OpCode asked, BackgroundAnswer answer);
  Task<> exists_answered(TreeNodePtr node, BackgroundAnswer answer);
  Task<> children_answered(TreeNodePtr node, BackgroundAnswer answer);
  Task<> data_answered(TreeNodePtr node, BackgroundAnswer answer);

  int depth_max_;
  std::int64_t outstanding_ = 0;
};

}  // namespace chronofault::curator
