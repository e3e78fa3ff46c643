#include "tree_cache_node.hpp"

#include <algorithm>

#include <coordination/paths.hpp>

namespace chronofault::curator {

Task<> TreeOwner::refresh(TreeNodePtr node) {
  const bool children = has_children(*node);
  outstanding_ += children ? 2 : 1;
  co_await read(node, zk::Op::get_data(node->path));
  if (children) co_await read(node, zk::Op::get_children2(node->path));
}

// With the node's watch, its answer to answered(). Whoever asks counts it in.
Task<> TreeOwner::read(TreeNodePtr node, zk::Op op) {
  if (life != Life::started) co_return;
  if (!node->watcher) {
    // Weak: the node holds the watcher.
    node->watcher = client.watcher([kept = std::weak_ptr<void>(keep()), this,
                                    weak = std::weak_ptr<TreeNode>(node)](zk::WatchedEvent event) -> Task<> {
      const std::shared_ptr<void> owner = kept.lock();
      const TreeNodePtr told = weak.lock();
      if (owner && told) co_await this->event(told, std::move(event));
    });
  }
  const zk::OpCode asked = op.code;
  BackgroundCallback done = [owner = keep(), this, node, asked](BackgroundAnswer answer) {
    return answered(node, asked, std::move(answer));
  };
  zk::Request request(std::move(op), node->watcher);
  co_await client.in_background(std::move(request), std::move(done));
}

Task<> TreeOwner::event(TreeNodePtr node, zk::WatchedEvent event) {
  switch (event.type) {
    case zk::EventType::node_created:
      co_await refresh(std::move(node));
      break;
    case zk::EventType::node_children_changed:
      if (!has_children(*node)) co_return;
      ++outstanding_;
      co_await read(node, zk::Op::get_children2(node->path));
      break;
    case zk::EventType::node_data_changed:
      ++outstanding_;
      co_await read(node, zk::Op::get_data(node->path));
      break;
    case zk::EventType::node_deleted:
      co_await was_deleted(std::move(node));
      break;
    default:
      break;
  }
}

Task<> TreeOwner::was_deleted(TreeNodePtr node) {
  if (std::exchange(node->dead, true)) co_return;
  const std::optional<ChildData> last = std::exchange(node->data, std::nullopt);
  const auto children = node->children.entries();
  node->children.clear();
  for (const auto& [name, child] : children) co_await was_deleted(child);
  if (life == Life::closed) co_return;
  if (last) {
    TreeCacheEvent removed(TreeCacheEvent::Type::node_removed);
    removed.data = last;
    publish(std::move(removed));
  }
  if (node->root()) {
    co_await read(node, zk::Op::exists(node->path));
  } else if (const TreeNodePtr parent = node->parent.lock()) {
    const std::string_view name = node_of(node->path);
    const TreeNodePtr* present = parent->children.find(name);
    if (present != nullptr && *present == node) parent->children.take(name);
  }
}

Task<> TreeOwner::answered(TreeNodePtr node, zk::OpCode asked, BackgroundAnswer answer) {
  if (answer.unsent) {
    --outstanding_;  // does not initialize: a reconnection mends this
    co_return;
  }
  switch (asked) {
    case zk::OpCode::exists:
      co_await exists_answered(std::move(node), std::move(answer));
      break;
    case zk::OpCode::get_children2:
      co_await children_answered(std::move(node), std::move(answer));
      break;
    default:
      co_await data_answered(std::move(node), std::move(answer));
      break;
  }
  if (--outstanding_ == 0 && !std::exchange(initialized, true)) {
    publish(TreeCacheEvent(TreeCacheEvent::Type::initialized));
  }
}

Task<> TreeOwner::exists_answered(TreeNodePtr node, BackgroundAnswer answer) {
  if (answer.error != zk::Code::ok) co_return;
  node->dead = false;
  co_await refresh(std::move(node));
}

Task<> TreeOwner::children_answered(TreeNodePtr node, BackgroundAnswer answer) {
  if (answer.error == zk::Code::no_node) co_await was_deleted(node);
  if (answer.error != zk::Code::ok) co_return;
  // Only with the same data: else the answer of a read that is under way would look old.
  if (node->live() && node->data->stat.mzxid == answer.stat.mzxid) node->data->stat = answer.stat;
  std::vector<std::string> added;
  for (const std::string& name : answer.names) {
    if (!node->children.contains(name)) added.push_back(name);
  }
  std::sort(added.begin(), added.end());
  for (const std::string& name : added) {
    if (node->children.contains(name)) continue;
    const auto child = std::make_shared<TreeNode>(make_path(node->path, name), node);
    node->children.put(name, child);
    co_await refresh(child);
  }
}

Task<> TreeOwner::data_answered(TreeNodePtr node, BackgroundAnswer answer) {
  if (answer.error == zk::Code::no_node) co_await was_deleted(node);
  if (answer.error != zk::Code::ok) co_return;
  if (node->live() && answer.stat.mzxid <= node->data->stat.mzxid) co_return;  // older than what is known
  if (!node->root() && node->dead) co_return;                                  // it was deleted since
  node->dead = false;
  ChildData data(node->path, answer.stat, std::move(answer.data));
  data.record = client.events().wrote("TreeCache", "");
  std::optional<ChildData> before = std::exchange(node->data, data);
  TreeCacheEvent event(before ? TreeCacheEvent::Type::node_updated : TreeCacheEvent::Type::node_added);
  event.data = std::move(data);
  event.old = std::move(before);
  publish(std::move(event));
}

}  // namespace chronofault::curator
