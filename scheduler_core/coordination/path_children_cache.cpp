#include <set>
#include <variant>

#include <coordination/errors.hpp>
#include <coordination/java_hash_map.hpp>
#include <coordination/path_children_cache.hpp>
#include <coordination/paths.hpp>
#include <ports/task/pool.hpp>

namespace chronofault::curator {

std::string_view name_of(PathChildrenCacheEvent::Type type) noexcept {
  switch (type) {
    case PathChildrenCacheEvent::Type::child_added:
      return "CHILD_ADDED";
    case PathChildrenCacheEvent::Type::child_updated:
      return "CHILD_UPDATED";
    case PathChildrenCacheEvent::Type::child_removed:
      return "CHILD_REMOVED";
    case PathChildrenCacheEvent::Type::connection_suspended:
      return "CONNECTION_SUSPENDED";
    case PathChildrenCacheEvent::Type::connection_reconnected:
      return "CONNECTION_RECONNECTED";
    case PathChildrenCacheEvent::Type::connection_lost:
      return "CONNECTION_LOST";
    case PathChildrenCacheEvent::Type::initialized:
      return "INITIALIZED";
  }
  return "?";
}

class PathChildrenCache::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Client& the_client, std::string path)
      : client(the_client),
        path_(std::move(path)),
        thread_(client.executor(), ThreadPool::Settings("PathChildrenCache", 1, 1, ThreadPool::unlimited)) {
    const std::string why = zk::why_invalid(path_);
    if (!why.empty()) throw zk::IllegalArgument(why);
  }

  Task<> start(StartMode mode);
  void close();
  void abandon() noexcept;

  Client& client;
  Listeners<PathChildrenCacheEvent> listeners;
  JavaHashMap<ChildData> data;

 private:
  enum class Life { latent, started, closed };
  enum class Refresh { standard, post_initialized, force, no_node };
  using Read = std::variant<Refresh, std::string>;  // the children, or the data of one

  Task<> rebuild();
  Task<> ensure_path();
  Task<> children_event(zk::WatchedEvent event);
  Task<> data_event(zk::WatchedEvent event);
  Task<> state_changed(ConnectionState state);
  void offer(Read read);
  Task<> perform(RecordId cause, Read read);
  Task<> tell_listeners(RecordId cause, PathChildrenCacheEvent event);
  void tell(PathChildrenCacheEvent event);
  void submit(ThreadPool::Job job);
  Task<> refresh(Refresh mode);
  Task<> children_read(Refresh mode, BackgroundAnswer answer);
  Task<> read_data(std::string path);
  void data_read(const std::string& path, BackgroundAnswer answer);
  void remove(const std::string& path);
  void note_initial(const std::string& name, bool read);
  void tell_if_initialized();

  std::string path_;
  Life life_ = Life::latent;
  bool path_needed_ = true;
  ListenerId state_listener_{};
  zk::WatcherPtr children_watcher_;
  zk::WatcherPtr data_watcher_;
  std::set<Read> queued_;
  std::optional<std::map<std::string, bool>> initial_;  // until initialized is told: children, and whether read
  ThreadPool thread_;                                   // last: its jobs use all of the above
};

PathChildrenCache::PathChildrenCache(Client& client, std::string path)
    : core_(std::make_shared<Core>(client, std::move(path))) {}
// It may be one of its listeners that gives it up.
PathChildrenCache::~PathChildrenCache() {
  Executor& executor = core_->client.executor();
  core_->abandon();
  dispose(executor, std::move(core_));
}
void PathChildrenCache::add_listener(std::function<Task<>(PathChildrenCacheEvent event)> listener) {
  core_->listeners.add(std::move(listener));
}
Task<> PathChildrenCache::start(StartMode mode) { return core_->start(mode); }
void PathChildrenCache::close() { core_->close(); }
std::optional<ChildData> PathChildrenCache::current_data(std::string_view path) const {
  const ChildData* found = core_->data.find(path);
  if (found == nullptr) return std::nullopt;
  core_->client.events().read(found->record);
  return *found;
}
std::vector<ChildData> PathChildrenCache::current_data() const {
  std::map<std::string, ChildData> sorted;
  for (auto& [path, child] : core_->data.entries()) sorted.emplace(path, std::move(child));
  std::vector<ChildData> all;
  for (auto& [path, child] : sorted) {
    core_->client.events().read(child.record);
    all.push_back(std::move(child));
  }
  return all;
}

Task<> PathChildrenCache::Core::start(StartMode mode) {
  if (life_ != Life::latent) throw IllegalState("already started");
  life_ = Life::started;
  // Weak: this object holds the watchers.
  children_watcher_ = client.watcher([weak = weak_from_this()](zk::WatchedEvent event) -> Task<> {
    if (const auto core = weak.lock()) co_await core->children_event(std::move(event));
  });
  data_watcher_ = client.watcher([weak = weak_from_this()](zk::WatchedEvent event) -> Task<> {
    if (const auto core = weak.lock()) co_await core->data_event(std::move(event));
  });
  state_listener_ = client.add_state_listener(
      [core = shared_from_this()](ConnectionState state) { return core->state_changed(state); });
  switch (mode) {
    case StartMode::normal:
      offer(Refresh::standard);
      break;
    case StartMode::build_initial_cache:
      co_await rebuild();
      break;
    case StartMode::post_initialized_event:
      initial_.emplace();
      offer(Refresh::post_initialized);
      break;
  }
}

void PathChildrenCache::Core::close() {
  if (life_ != Life::started) return;
  abandon();
  thread_.shutdown_now();
}

// Its threads may be gone already: the process may have died.
void PathChildrenCache::Core::abandon() noexcept {
  if (life_ == Life::started) client.remove_state_listener(state_listener_);
  life_ = Life::closed;
  listeners.clear();
}

Task<> PathChildrenCache::Core::rebuild() {
  co_await ensure_path();
  data.clear();
  const std::vector<std::string> children = co_await client.get_children(path_, nullptr);
  for (const std::string& name : children) {
    std::string path = make_path(path_, name);
    try {
      zk::Handle::Node node = co_await client.get_data(path, nullptr);
      data.put(path, ChildData(path, node.stat, std::move(node.data)));
    } catch (const zk::NoNode&) {
      data.take(path);
    }
  }
  offer(Refresh::force);  // for what changed meanwhile
}

Task<> PathChildrenCache::Core::ensure_path() {
  if (!std::exchange(path_needed_, false)) co_return;
  co_await client.create_containers(path_);
}

// Connection events have it read again, too.
Task<> PathChildrenCache::Core::children_event(zk::WatchedEvent) {
  offer(Refresh::standard);
  co_return;
}

Task<> PathChildrenCache::Core::data_event(zk::WatchedEvent event) {
  if (event.type == zk::EventType::node_deleted) {
    remove(event.path);
  } else if (event.type == zk::EventType::node_data_changed) {
    offer(std::move(event.path));
  }
  co_return;
}

Task<> PathChildrenCache::Core::state_changed(ConnectionState state) {
  switch (state) {
    case ConnectionState::suspended:
      tell(PathChildrenCacheEvent(PathChildrenCacheEvent::Type::connection_suspended));
      break;
    case ConnectionState::lost:
      tell(PathChildrenCacheEvent(PathChildrenCacheEvent::Type::connection_lost));
      break;
    case ConnectionState::connected:
    case ConnectionState::reconnected:
      offer(Refresh::force);
      tell(PathChildrenCacheEvent(PathChildrenCacheEvent::Type::connection_reconnected));
      break;
    case ConnectionState::read_only:
      break;
  }
  co_return;
}

void PathChildrenCache::Core::offer(Read read) {
  if (!queued_.insert(read).second) return;
  const RecordId cause = client.events().wrote("PathChildrenCache", "");
  submit([this, cause, read = std::move(read)] { return perform(cause, read); });
}

Task<> PathChildrenCache::Core::perform(RecordId cause, Read read) {
  client.events().begin_unit(cause);
  queued_.erase(read);
  bool interrupted = false;
  try {
    if (const Refresh* mode = std::get_if<Refresh>(&read)) {
      co_await refresh(*mode);
    } else {
      co_await read_data(std::get<std::string>(std::move(read)));
    }
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
    // Logged upstream.
  }
  if (interrupted) co_await keep_interrupt();
}

void PathChildrenCache::Core::tell(PathChildrenCacheEvent event) {
  const RecordId cause = client.events().wrote("PathChildrenCache", "");
  submit([this, cause, event = std::move(event)] { return tell_listeners(cause, event); });
}

Task<> PathChildrenCache::Core::tell_listeners(RecordId cause, PathChildrenCacheEvent event) {
  client.events().begin_unit(cause);
  return listeners.tell(std::move(event));
}

void PathChildrenCache::Core::submit(ThreadPool::Job job) {
  if (life_ == Life::started) thread_.execute(std::move(job));
}

Task<> PathChildrenCache::Core::refresh(Refresh mode) {
  co_await ensure_path();
  BackgroundCallback done = [core = shared_from_this(), mode](BackgroundAnswer answer) {
    return core->children_read(mode, std::move(answer));
  };
  zk::Request request(zk::Op::get_children2(path_), children_watcher_);
  co_await client.in_background(std::move(request), std::move(done));
}

Task<> PathChildrenCache::Core::children_read(Refresh mode, BackgroundAnswer answer) {
  if (life_ == Life::closed) co_return;
  if (answer.error == zk::Code::no_node) {
    path_needed_ = true;
    if (mode != Refresh::no_node) offer(Refresh::no_node);
    co_return;
  }
  if (answer.error != zk::Code::ok) co_return;
  std::set<std::string> present;
  for (const std::string& name : answer.names) present.insert(make_path(path_, name));
  for (const auto& [path, child] : data.entries()) {
    if (!present.contains(path)) remove(path);
  }
  for (const std::string& name : answer.names) {
    std::string path = make_path(path_, name);
    if (mode == Refresh::force || !data.contains(path)) co_await read_data(std::move(path));
    note_initial(name, false);
  }
  tell_if_initialized();
}

Task<> PathChildrenCache::Core::read_data(std::string path) {
  BackgroundCallback done = [core = shared_from_this(), path](BackgroundAnswer answer) -> Task<> {
    core->data_read(path, std::move(answer));
    co_return;
  };
  zk::Request request(zk::Op::get_data(std::move(path)), data_watcher_);
  co_await client.in_background(std::move(request), std::move(done));
}

void PathChildrenCache::Core::data_read(const std::string& path, BackgroundAnswer answer) {
  if (life_ == Life::closed) return;
  if (answer.error == zk::Code::no_node) remove(path);
  if (answer.error != zk::Code::ok) return;
  ChildData child(path, answer.stat, std::move(answer.data));
  child.record = client.events().wrote("PathChildrenCache", "");
  const std::optional<ChildData> before = data.put(path, child);
  const bool changed = !before || before->stat.mzxid != child.stat.mzxid;
  PathChildrenCacheEvent event(before ? PathChildrenCacheEvent::Type::child_updated
                                      : PathChildrenCacheEvent::Type::child_added);
  event.data = std::move(child);
  if (changed) tell(std::move(event));
  note_initial(std::string(node_of(path)), true);
}

void PathChildrenCache::Core::remove(const std::string& path) {
  std::optional<ChildData> before = data.take(path);
  if (before) {
    PathChildrenCacheEvent event(PathChildrenCacheEvent::Type::child_removed);
    event.data = std::move(before);
    tell(std::move(event));
  }
  if (!initial_) return;
  initial_->erase(std::string(node_of(path)));
  tell_if_initialized();
}

void PathChildrenCache::Core::note_initial(const std::string& name, bool read) {
  if (!initial_) return;
  initial_->insert_or_assign(name, read);
  tell_if_initialized();
}

void PathChildrenCache::Core::tell_if_initialized() {
  if (!initial_) return;
  for (const auto& [name, read] : *initial_) {
    if (!read) return;
  }
  initial_.reset();
  tell(PathChildrenCacheEvent(PathChildrenCacheEvent::Type::initialized));
}

}  // namespace chronofault::curator
