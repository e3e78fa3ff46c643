#include <coordination/errors.hpp>
#include <coordination/java_hash_map.hpp>
#include <coordination/paths.hpp>
#include <coordination/tree_cache.hpp>
#include <ports/task/pool.hpp>

#include "tree_cache_node.hpp"

namespace chronofault::curator {

std::string_view name_of(TreeCacheEvent::Type type) noexcept {
  switch (type) {
    case TreeCacheEvent::Type::node_added:
      return "NODE_ADDED";
    case TreeCacheEvent::Type::node_updated:
      return "NODE_UPDATED";
    case TreeCacheEvent::Type::node_removed:
      return "NODE_REMOVED";
    case TreeCacheEvent::Type::connection_suspended:
      return "CONNECTION_SUSPENDED";
    case TreeCacheEvent::Type::connection_reconnected:
      return "CONNECTION_RECONNECTED";
    case TreeCacheEvent::Type::connection_lost:
      return "CONNECTION_LOST";
    case TreeCacheEvent::Type::initialized:
      return "INITIALIZED";
  }
  return "?";
}

class TreeCache::Core final : public TreeOwner, public std::enable_shared_from_this<Core> {
 public:
  Core(Client& client, std::string path, int depth_max)
      : TreeOwner(client, depth_max),
        root_(std::make_shared<TreeNode>(std::move(path), nullptr)),
        threads_(client.executor(), ThreadPool::Settings("TreeCache", 1, 1, ThreadPool::unlimited)) {
    const std::string why = zk::why_invalid(root_->path);
    if (!why.empty()) throw zk::IllegalArgument(why);
  }

  Task<> start();
  Task<> close();
  void abandon() noexcept;
  const TreeNode* find(std::string_view path) const;

  void publish(TreeCacheEvent event) override;
  std::shared_ptr<void> keep() override { return shared_from_this(); }

  Listeners<TreeCacheEvent> listeners;

 private:
  Task<> state_changed(ConnectionState state);
  Task<> refresh_all(TreeNodePtr node);
  Task<> tell_listeners(RecordId cause, TreeCacheEvent event);

  TreeNodePtr root_;
  ListenerId state_listener_{};
  ThreadPool threads_;  // last: its jobs use all of the above
};

TreeCache::TreeCache(Client& client, std::string path, int depth_max)
    : core_(std::make_shared<Core>(client, std::move(path), depth_max)) {}
// It may be one of its listeners that gives it up.
TreeCache::~TreeCache() {
  Executor& executor = core_->client.executor();
  core_->abandon();
  dispose(executor, std::move(core_));
}
void TreeCache::add_listener(std::function<Task<>(TreeCacheEvent event)> listener) {
  core_->listeners.add(std::move(listener));
}
Task<> TreeCache::start() { return core_->start(); }
Task<> TreeCache::close() { return core_->close(); }

std::optional<ChildData> TreeCache::current_data(std::string_view path) const {
  const TreeNode* node = core_->find(path);
  if (node == nullptr || !node->live()) return std::nullopt;
  core_->client.events().read(node->data->record);
  return node->data;
}

std::optional<std::vector<std::pair<std::string, ChildData>>> TreeCache::current_children(std::string_view path) const {
  const TreeNode* node = core_->find(path);
  if (node == nullptr || !node->live()) return std::nullopt;
  std::vector<std::pair<std::string, ChildData>> children;
  for (const auto& [name, child] : node->children.entries()) {
    if (!child->live()) continue;
    core_->client.events().read(child->data->record);
    children.emplace_back(name, *child->data);
  }
  return children;
}

Task<> TreeCache::Core::start() {
  if (life != Life::latent) throw IllegalState("already started");
  life = Life::started;
  state_listener_ = client.add_state_listener(
      [core = shared_from_this()](ConnectionState state) { return core->state_changed(state); });
  if (client.connected()) co_await refresh(root_);
}

Task<> TreeCache::Core::close() {
  if (life != Life::started) co_return;
  life = Life::closed;
  client.remove_state_listener(state_listener_);
  listeners.clear();
  threads_.shutdown();
  co_await was_deleted(root_);
}

void TreeCache::Core::abandon() noexcept {
  if (life == Life::started) client.remove_state_listener(state_listener_);
  life = Life::closed;
  listeners.clear();
}

Task<> TreeCache::Core::state_changed(ConnectionState state) {
  switch (state) {
    case ConnectionState::suspended:
      publish(TreeCacheEvent(TreeCacheEvent::Type::connection_suspended));
      break;
    case ConnectionState::lost:
      initialized = false;
      publish(TreeCacheEvent(TreeCacheEvent::Type::connection_lost));
      break;
    case ConnectionState::connected:
      co_await refresh(root_);
      break;
    case ConnectionState::reconnected:
      co_await refresh_all(root_);
      publish(TreeCacheEvent(TreeCacheEvent::Type::connection_reconnected));
      break;
    case ConnectionState::read_only:
      break;
  }
}

Task<> TreeCache::Core::refresh_all(TreeNodePtr node) {
  co_await refresh(node);
  const auto children = node->children.entries();
  for (const auto& [name, child] : children) co_await refresh_all(child);
}

void TreeCache::Core::publish(TreeCacheEvent event) {
  if (life == Life::closed) return;
  const RecordId cause = client.events().wrote("TreeCache", "");
  threads_.execute([this, cause, event = std::move(event)] { return tell_listeners(cause, event); });
}

Task<> TreeCache::Core::tell_listeners(RecordId cause, TreeCacheEvent event) {
  client.events().begin_unit(cause);
  return listeners.tell(std::move(event));
}

const TreeNode* TreeCache::Core::find(std::string_view path) const {
  if (path == root_->path) return root_.get();
  const std::string below = root_->path == "/" ? "/" : root_->path + "/";
  if (!path.starts_with(below)) return nullptr;
  const TreeNode* node = root_.get();
  for (std::size_t start = below.size(); node != nullptr && start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const TreeNodePtr* child = node->children.find(path.substr(start, end - start));
    node = child == nullptr ? nullptr : child->get();
    start = end + 1;
  }
  return node;
}

}  // namespace chronofault::curator
