#include <coordination/curator_cache.hpp>
#include <coordination/errors.hpp>
#include <coordination/java_hash_map.hpp>
#include <coordination/paths.hpp>

#include "persistent_watcher.hpp"

namespace chronofault::curator {

std::string_view name_of(CuratorCacheEvent::Type type) noexcept {
  switch (type) {
    case CuratorCacheEvent::Type::node_created:
      return "NODE_CREATED";
    case CuratorCacheEvent::Type::node_changed:
      return "NODE_CHANGED";
    case CuratorCacheEvent::Type::node_deleted:
      return "NODE_DELETED";
    case CuratorCacheEvent::Type::initialized:
      return "INITIALIZED";
  }
  return "?";
}

// Upstream: CuratorCacheImpl.
class CuratorCache::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Client& the_client, std::string path) : client(the_client), path_(std::move(path)) {
    const std::string why = zk::why_invalid(path_);
    if (!why.empty()) throw zk::IllegalArgument(why);
  }

  Task<> start();
  Task<> close();
  void abandon() noexcept;

  Client& client;
  Listeners<CuratorCacheEvent> listeners;
  JavaHashMap<ChildData> storage;

 private:
  enum class Life { latent, started, closed };

  Task<> event(zk::WatchedEvent event);
  Task<> rebuild();
  Task<> node_changed(std::string path);
  Task<> data_read(std::string path, BackgroundAnswer answer);
  Task<> children_changed(std::string path, std::optional<zk::Stat> before, zk::Stat now);
  Task<> children_read(std::string path, BackgroundAnswer answer);
  void remove(const std::string& path);
  void tell(CuratorCacheEvent event);
  void read_ended();

  std::string path_;
  Life life_ = Life::latent;
  std::int64_t outstanding_ = 0;
  bool initialized_ = false;
  std::shared_ptr<PersistentWatcher> watcher_;
};

CuratorCache::CuratorCache(Client& client, std::string path) : core_(std::make_shared<Core>(client, std::move(path))) {}
CuratorCache::~CuratorCache() { core_->abandon(); }
void CuratorCache::add_listener(std::function<Task<>(const CuratorCacheEvent& event)> listener) {
  core_->listeners.add(std::move(listener));
}
Task<> CuratorCache::start() { return core_->start(); }
Task<> CuratorCache::close() { return core_->close(); }
const ChildData* CuratorCache::get(std::string_view path) const {
  const ChildData* found = core_->storage.find(path);
  if (found != nullptr) core_->client.events().read(found->record);
  return found;
}
std::size_t CuratorCache::size() const noexcept { return core_->storage.size(); }
std::vector<ChildData> CuratorCache::stream() const {
  std::vector<ChildData> all;
  for (auto& [path, data] : core_->storage.entries()) {
    core_->client.events().read(data.record);
    all.push_back(std::move(data));
  }
  return all;
}

Task<> CuratorCache::Core::start() {
  if (life_ != Life::latent) throw IllegalState("Already started");
  life_ = Life::started;
  // Weak: this object holds the watcher.
  watcher_ = std::make_shared<PersistentWatcher>(
      client, path_,
      [weak = weak_from_this()](zk::WatchedEvent event) -> Task<> {
        if (const auto core = weak.lock()) co_await core->event(std::move(event));
      },
      [weak = weak_from_this()]() -> Task<> {
        if (const auto core = weak.lock()) co_await core->rebuild();
      });
  co_await watcher_->start();
}

Task<> CuratorCache::Core::close() {
  if (life_ != Life::started) co_return;
  life_ = Life::closed;
  co_await watcher_->close();
  storage.clear();
}

void CuratorCache::Core::abandon() noexcept {
  life_ = Life::closed;
  listeners.clear();
  if (watcher_) watcher_->abandon();
}

Task<> CuratorCache::Core::event(zk::WatchedEvent event) {
  if (life_ != Life::started) co_return;
  switch (event.type) {
    case zk::EventType::node_created:
    case zk::EventType::node_data_changed:
      co_await node_changed(std::move(event.path));
      break;
    case zk::EventType::node_deleted:
      remove(event.path);
      break;
    default:
      break;
  }
}

Task<> CuratorCache::Core::rebuild() {
  if (life_ != Life::started) co_return;
  co_await node_changed(path_);
  const auto stored = storage.entries();
  for (const auto& [path, data] : stored) {
    if (path != path_) co_await node_changed(path);
  }
}

Task<> CuratorCache::Core::node_changed(std::string path) {
  if (life_ != Life::started) co_return;
  BackgroundCallback done = [core = shared_from_this(), path](BackgroundAnswer answer) {
    return core->data_read(path, std::move(answer));
  };
  ++outstanding_;
  zk::Request request(zk::Op::get_data(std::move(path)));
  co_await client.in_background(std::move(request), std::move(done));
}

Task<> CuratorCache::Core::data_read(std::string path, BackgroundAnswer answer) {
  if (answer.error == zk::Code::ok) {
    ChildData data(path, answer.stat, std::move(answer.data));
    data.record = client.events().wrote("CuratorCache", "");
    const zk::Stat now = data.stat;
    std::optional<ChildData> before = storage.put(path, data);
    const std::optional<zk::Stat> stat = before ? std::optional(before->stat) : std::nullopt;
    if (!stat || stat->version != now.version) {
      CuratorCacheEvent event(stat ? CuratorCacheEvent::Type::node_changed : CuratorCacheEvent::Type::node_created);
      event.old = std::move(before);
      event.data = std::move(data);
      tell(std::move(event));
    }
    co_await children_changed(std::move(path), stat, now);
  } else if (answer.error == zk::Code::no_node) {
    remove(path);
  }
  read_ended();
}

Task<> CuratorCache::Core::children_changed(std::string path, std::optional<zk::Stat> before, zk::Stat now) {
  if (life_ != Life::started || (before && before->cversion == now.cversion)) co_return;
  BackgroundCallback done = [core = shared_from_this(), path](BackgroundAnswer answer) {
    return core->children_read(path, std::move(answer));
  };
  ++outstanding_;
  zk::Request request(zk::Op::get_children2(std::move(path)));
  co_await client.in_background(std::move(request), std::move(done));
}

Task<> CuratorCache::Core::children_read(std::string path, BackgroundAnswer answer) {
  if (answer.error == zk::Code::ok) {
    for (const std::string& name : answer.names) {
      std::string child = make_path(path, name);
      co_await node_changed(std::move(child));
    }
  } else if (answer.error == zk::Code::no_node) {
    remove(path);
  }
  read_ended();
}

void CuratorCache::Core::remove(const std::string& path) {
  std::optional<ChildData> before = storage.take(path);
  if (!before) return;
  CuratorCacheEvent event(CuratorCacheEvent::Type::node_deleted);
  event.old = std::move(before);
  tell(std::move(event));
}

void CuratorCache::Core::read_ended() {
  if (--outstanding_ > 0 || std::exchange(initialized_, true)) return;
  tell(CuratorCacheEvent(CuratorCacheEvent::Type::initialized));
}

void CuratorCache::Core::tell(CuratorCacheEvent event) {
  if (life_ != Life::started) return;
  client.run_safe([core = shared_from_this(), event = std::move(event)]() mutable {
    return core->listeners.tell(std::move(event));
  });
}

}  // namespace chronofault::curator
