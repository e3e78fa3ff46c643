#include <algorithm>

#include <coordination/errors.hpp>
#include <coordination/interprocess_mutex.hpp>
#include <coordination/monitor.hpp>
#include <coordination/paths.hpp>

#include "lock_names.hpp"

namespace chronofault::curator {

namespace {
constexpr std::string_view lock_name = "lock-";
}

// Upstream: InterProcessMutex with LockInternals. Watchers keep it.
class InterProcessMutex::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Client& client, std::string path, zk::Data data)
      : client_(client), path_(std::move(path)), data_(std::move(data)) {
    const std::string why = zk::why_invalid(path_);
    if (!why.empty()) throw zk::IllegalArgument(why);
  }

  Task<bool> lock(std::optional<Duration> max);
  Task<> release();
  int held() const noexcept { return held_; }
  const std::string& path() const noexcept { return path_; }

 private:
  /// What is left of the time limit, as upstream counts it.
  struct Limit {
    Limit(WallTime start, std::optional<Duration> left) : start(start), left(left) {}
    WallTime start;
    std::optional<Duration> left;
  };

  Task<std::string> make_node();
  Task<bool> wait_for_turn(Limit limit, std::string node);
  Task<bool> wait_for_turn_or_throw(Limit limit, std::string node);
  Task<bool> wait_for(std::string predecessor, Limit* limit);
  Task<std::vector<std::string>> sorted_children();
  Task<> delete_node(std::string node);
  Task<> notified();

  Client& client_;
  std::string path_;
  zk::Data data_;
  int held_ = 0;
  std::string node_;
  zk::WatcherPtr watcher_;  // while a lock is waited for
  Monitor monitor_;
};

InterProcessMutex::InterProcessMutex(Client& client, std::string path, zk::Data data)
    : core_(std::make_shared<Core>(client, std::move(path), std::move(data))) {}
InterProcessMutex::~InterProcessMutex() = default;

Task<> InterProcessMutex::acquire() {
  const bool acquired = co_await core_->lock(std::nullopt);
  if (!acquired) throw LockLost(core_->path());
}
Task<bool> InterProcessMutex::acquire(Duration max) { return core_->lock(max); }
Task<> InterProcessMutex::release() { return core_->release(); }
bool InterProcessMutex::held() const noexcept { return core_->held() > 0; }

// LockInternals.attemptLock: a node that vanished while it waited has the whole attempt made again, under the policy.
Task<bool> InterProcessMutex::Core::lock(std::optional<Duration> max) {
  if (held_ > 0) {
    ++held_;
    co_return true;
  }
  const Limit limit(client_.clock().wall(), max);
  for (int retry = 0;; ++retry) {
    std::exception_ptr vanished;
    try {
      std::string node = co_await make_node();
      const bool turn = co_await wait_for_turn(limit, node);
      if (!turn) co_return false;
      node_ = std::move(node);
      held_ = 1;
      co_return true;
    } catch (const zk::NoNode&) {
      vanished = std::current_exception();
    }
    const Duration elapsed = client_.clock().wall() - limit.start;
    const RetryPolicy::Decision decision = client_.options().retry->decide(retry, elapsed, client_.draws());
    bool interrupted = false;
    try {
      if (decision.sleep > Duration()) co_await client_.clock().sleep_for(decision.sleep);
    } catch (const Interrupted&) {
      interrupted = true;
    }
    if (interrupted) co_await keep_interrupt();
    if (interrupted || !decision.retry) std::rethrow_exception(vanished);
  }
}

Task<std::string> InterProcessMutex::Core::make_node() {
  Create how;
  how.mode = zk::CreateMode::ephemeral_sequential;
  how.parents = Parents::containers;
  how.protection = true;
  std::string path = make_path(path_, lock_name);
  co_return co_await client_.create(std::move(path), data_, how);
}

// LockInternals.internalLockLoop.
Task<bool> InterProcessMutex::Core::wait_for_turn(Limit limit, std::string node) {
  std::exception_ptr failed;
  bool interrupted = false;
  try {
    const bool turn = co_await wait_for_turn_or_throw(limit, node);
    if (turn || !client_.started()) co_return turn;
  } catch (const Interrupted&) {
    failed = std::current_exception();
    interrupted = true;
  } catch (...) {
    failed = std::current_exception();
  }
  if (interrupted) co_await keep_interrupt();  // so the delete goes on in the background
  co_await delete_node(std::move(node));
  if (failed) std::rethrow_exception(failed);
  co_return false;
}

Task<bool> InterProcessMutex::Core::wait_for_turn_or_throw(Limit limit, std::string node) {
  while (client_.started()) {
    const std::vector<std::string> children = co_await sorted_children();
    const auto ours = std::find(children.begin(), children.end(), node_of(node));
    if (ours == children.end()) throw zk::NoNode(node);
    if (ours == children.begin()) co_return true;
    std::string predecessor = make_path(path_, *std::prev(ours));
    const bool in_time = co_await wait_for(std::move(predecessor), &limit);
    if (!in_time) co_return false;
  }
  co_return false;
}

// False: the time is up. The monitor is held during the read, so no event is missed before the wait.
Task<bool> InterProcessMutex::Core::wait_for(std::string predecessor, Limit* limit) {
  const Monitor::Guard guard = co_await monitor_.enter();
  if (!watcher_) {
    watcher_ = client_.watcher([weak = weak_from_this()](zk::WatchedEvent) -> Task<> {
      if (const auto core = weak.lock()) core->client_.run_safe([core] { return core->notified(); });
      co_return;
    });
  }
  try {
    co_await client_.get_data(std::move(predecessor), watcher_);
  } catch (const zk::NoNode&) {
    co_return true;  // released meanwhile
  }
  if (!limit->left) {
    co_await monitor_.wait();
    co_return true;
  }
  const WallTime now = client_.clock().wall();
  *limit->left = *limit->left - (now - limit->start);
  limit->start = now;
  if (*limit->left <= Duration()) co_return false;
  co_await monitor_.wait_for(&client_.clock(), *limit->left);
  co_return true;
}

Task<> InterProcessMutex::Core::notified() {
  const Monitor::Guard guard = co_await monitor_.enter();
  monitor_.notify_all();
}

Task<std::vector<std::string>> InterProcessMutex::Core::sorted_children() {
  try {
    std::vector<std::string> names = co_await client_.get_children(path_, nullptr);
    co_return sorted_by_sequence(std::move(names), lock_name);
  } catch (const zk::NoNode&) {
    co_return std::vector<std::string>();
  }
}

Task<> InterProcessMutex::Core::release() {
  if (held_ == 0) throw IllegalMonitorState("You do not own the lock: " + path_);
  if (held_ > 1) {
    --held_;
    co_return;
  }
  std::string node = std::exchange(node_, std::string());
  std::exception_ptr failed;
  try {
    co_await delete_node(std::move(node));
  } catch (...) {
    failed = std::current_exception();
  }
  held_ = 0;
  if (failed) std::rethrow_exception(failed);
}

Task<> InterProcessMutex::Core::delete_node(std::string node) {
  Delete how;
  how.guaranteed = true;
  try {
    co_await client_.remove(std::move(node), how);
  } catch (const zk::NoNode&) {
  }
}

}  // namespace chronofault::curator
