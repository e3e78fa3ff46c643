#include <algorithm>

#include <coordination/errors.hpp>
#include <coordination/leader_latch.hpp>
#include <coordination/monitor.hpp>
#include <coordination/paths.hpp>

#include "lock_names.hpp"

namespace chronofault::curator {

namespace {
constexpr std::string_view latch_name = "latch-";
}

// What callbacks and watchers keep: it lives as long as any of them may still be told.
class LeaderLatch::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Client& client, std::string path, std::string id)
      : client_(client),
        path_(std::move(path)),
        id_(std::move(id)),
        leads_(client.events(), "leader latch", false),
        scope_(client.executor()) {
    const std::string why = zk::why_invalid(path_);
    if (!why.empty()) throw zk::IllegalArgument(why);
  }

  void start();
  Task<> close(CloseMode mode);
  void abandon() noexcept;
  Task<> await();
  Task<bool> await(Duration max);
  bool leads() const { return life_ == Life::started && leads_.get(); }
  const std::string& node() const noexcept { return node_; }
  Listeners<bool>& listeners() noexcept { return listeners_; }

 private:
  enum class Life { latent, started, closed };

  Task<> start_connected();
  Task<> reset();
  Task<> created(BackgroundAnswer answer);
  Task<> get_children();
  Task<> check_leadership(std::vector<std::string> children);
  Task<> watch_predecessor(std::string name);
  Task<> predecessor_read(BackgroundAnswer answer);
  Task<> predecessor_event(zk::WatchedEvent event);
  Task<> set_leadership(bool leads);
  Task<> set_node(std::string node);
  Task<> state_changed(ConnectionState state);
  Task<> reconnected();
  bool suspended_is_error() const { return is_error(client_.options().error_policy, ConnectionState::suspended); }

  Client& client_;
  std::string path_;
  std::string id_;
  Life life_ = Life::latent;
  Tracked<bool> leads_;
  std::string node_;
  Listeners<bool> listeners_;
  std::optional<ListenerId> state_listener_;
  FiberHandle start_task_;
  Monitor monitor_;
  Scope scope_;  // last: its task uses all of the above
};

LeaderLatch::LeaderLatch(Client& client, std::string path, std::string id)
    : core_(std::make_shared<Core>(client, std::move(path), std::move(id))) {}
LeaderLatch::~LeaderLatch() { core_->abandon(); }
void LeaderLatch::start() { core_->start(); }
Task<> LeaderLatch::close(CloseMode mode) { return core_->close(mode); }
Task<> LeaderLatch::await() { return core_->await(); }
Task<bool> LeaderLatch::await(Duration max) { return core_->await(max); }
bool LeaderLatch::has_leadership() const { return core_->leads(); }
const std::string& LeaderLatch::node_path() const noexcept { return core_->node(); }
void LeaderLatch::add_listener(LeadershipListener listener) { core_->listeners().add(std::move(listener)); }

void LeaderLatch::Core::start() {
  if (life_ != Life::latent) throw IllegalState("Cannot be started more than once");
  life_ = Life::started;
  start_task_ = scope_.start("LeaderLatch", start_connected());
}

// AfterConnectionEstablished: a thread of its own, for this one task.
Task<> LeaderLatch::Core::start_connected() {
  co_await client_.wait_connected();
  const Monitor::Guard guard = co_await monitor_.enter();
  if (life_ != Life::started) co_return;
  StateListener listener = [core = shared_from_this()](ConnectionState state) { return core->state_changed(state); };
  state_listener_ = client_.add_state_listener(std::move(listener));
  co_await reset();
}

Task<> LeaderLatch::Core::close(CloseMode mode) {
  const Monitor::Guard guard = co_await monitor_.enter();
  if (life_ != Life::started) throw IllegalState("Already closed or has not been started");
  life_ = Life::closed;
  start_task_.interrupt();
  std::exception_ptr failed;
  try {
    co_await set_node(std::string());
  } catch (const IllegalState&) {
    failed = std::current_exception();  // the client is closed already
  }
  if (state_listener_) client_.remove_state_listener(*state_listener_);
  if (mode == CloseMode::silent) listeners_.clear();
  co_await set_leadership(false);
  listeners_.clear();
  if (failed) std::rethrow_exception(failed);
}

void LeaderLatch::Core::abandon() noexcept {
  if (life_ == Life::started && state_listener_) client_.remove_state_listener(*state_listener_);
  life_ = Life::closed;
  listeners_.clear();
  scope_.cancel();
}

Task<> LeaderLatch::Core::await() {
  const Monitor::Guard guard = co_await monitor_.enter();
  while (life_ == Life::started && !leads_.get()) co_await monitor_.wait();
  if (life_ != Life::started) throw LatchClosed{};
}

Task<bool> LeaderLatch::Core::await(Duration max) {
  const Monitor::Guard guard = co_await monitor_.enter();
  const MonoTime until = client_.clock().mono() + max;
  while (life_ == Life::started && !leads_.get() && client_.clock().mono() < until) {
    co_await monitor_.wait_for(&client_.clock(), until - client_.clock().mono());
  }
  co_return leads();
}

Task<> LeaderLatch::Core::reset() {
  co_await set_leadership(false);
  co_await set_node(std::string());
  Create how;
  how.mode = zk::CreateMode::ephemeral_sequential;
  how.parents = Parents::containers;
  how.protection = true;
  BackgroundCallback done = [core = shared_from_this()](BackgroundAnswer answer) {
    return core->created(std::move(answer));
  };
  std::string path = make_path(path_, latch_name);
  co_await client_.create_in_background(std::move(path), id_, how, std::move(done));
}

Task<> LeaderLatch::Core::created(BackgroundAnswer answer) {
  if (answer.error != zk::Code::ok) co_return;  // logged upstream
  co_await set_node(std::move(answer.path));
  if (life_ == Life::closed) {
    co_await set_node(std::string());
  } else {
    co_await get_children();
  }
}

Task<> LeaderLatch::Core::get_children() {
  BackgroundCallback done = [core = shared_from_this()](BackgroundAnswer answer) -> Task<> {
    if (answer.error != zk::Code::ok) co_return;
    co_await core->check_leadership(std::move(answer.names));
  };
  zk::Request request(zk::Op::get_children2(path_));
  co_await client_.in_background(std::move(request), std::move(done));
}

Task<> LeaderLatch::Core::check_leadership(std::vector<std::string> children) {
  const std::vector<std::string> sorted = sorted_by_sequence(std::move(children), latch_name);
  const auto ours = node_.empty() ? sorted.end() : std::find(sorted.begin(), sorted.end(), node_of(node_));
  if (ours == sorted.end()) {
    co_await reset();
  } else if (ours == sorted.begin()) {
    co_await set_leadership(true);
  } else {
    std::string predecessor = *std::prev(ours);
    if (client_.options().release >= Release::v5_4) co_await set_leadership(false);
    co_await watch_predecessor(std::move(predecessor));
  }
}

Task<> LeaderLatch::Core::watch_predecessor(std::string name) {
  zk::WatcherPtr watcher = client_.watcher(
      [core = shared_from_this()](zk::WatchedEvent event) { return core->predecessor_event(std::move(event)); });
  BackgroundCallback done = [core = shared_from_this()](BackgroundAnswer answer) {
    return core->predecessor_read(std::move(answer));
  };
  zk::Request request(zk::Op::get_data(make_path(path_, name)), std::move(watcher));
  co_await client_.in_background(std::move(request), std::move(done));
}

Task<> LeaderLatch::Core::predecessor_read(BackgroundAnswer answer) {
  if (answer.error != zk::Code::no_node) co_return;
  if (client_.options().release >= Release::v5_4) {
    co_await get_children();
  } else {
    co_await reset();
  }
}

Task<> LeaderLatch::Core::predecessor_event(zk::WatchedEvent event) {
  if (life_ == Life::started && event.type == zk::EventType::node_deleted) co_await get_children();
}

Task<> LeaderLatch::Core::set_leadership(bool leads) {
  const Monitor::Guard guard = co_await monitor_.enter();
  const bool before = leads_.peek();
  if (before != leads) {
    leads_.set(leads);
    co_await listeners_.tell(leads);
  }
  monitor_.notify_all();
}

Task<> LeaderLatch::Core::set_node(std::string node) {
  std::string old = std::exchange(node_, std::move(node));
  if (old.empty()) co_return;
  Delete how;
  how.guaranteed = true;
  co_await client_.remove_in_background(std::move(old), how, nullptr);
}

// The table of zookeeper 11.
Task<> LeaderLatch::Core::state_changed(ConnectionState state) {
  switch (state) {
    case ConnectionState::reconnected:
      if (suspended_is_error() || !leads_.get()) co_await reconnected();
      break;
    case ConnectionState::suspended:
      if (suspended_is_error()) co_await set_leadership(false);
      break;
    case ConnectionState::lost:
      co_await set_leadership(false);
      break;
    case ConnectionState::connected:
    case ConnectionState::read_only:
      break;
  }
}

Task<> LeaderLatch::Core::reconnected() {
  if (client_.options().release >= Release::v5_4) {
    co_await get_children();
  } else {
    co_await reset();
  }
}

}  // namespace chronofault::curator
