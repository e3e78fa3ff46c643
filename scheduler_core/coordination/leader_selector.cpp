#include <deque>

#include <coordination/errors.hpp>
#include <coordination/interprocess_mutex.hpp>
#include <coordination/leader_selector.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::curator {

class LeaderSelector::Core {
 public:
  Core(Client& client, std::string path, std::shared_ptr<LeaderSelectorListener> listener, std::string id)
      : client_(client),
        listener_(std::move(listener)),
        mutex_(client, std::move(path), id.empty() ? zk::Data() : zk::Data(std::move(id))),
        scope_(client.executor()) {}

  void start();
  bool requeue();
  void close();
  void abandon() noexcept;
  void interrupt_leadership();
  Task<> state_changed(ConnectionState state);
  bool leads() const noexcept { return leads_; }
  Executor& executor() const noexcept { return client_.executor(); }

  bool auto_requeue = false;

 private:
  enum class Life { latent, started, closed };
  /// A Future of the worker's executor.
  struct Attempt {
    bool cancelled = false;
    bool done = false;
  };

  bool enqueue();
  Task<> work();
  Task<> run(std::shared_ptr<Attempt> attempt);
  Task<> lead();
  Task<> release();

  Client& client_;
  std::shared_ptr<LeaderSelectorListener> listener_;
  InterProcessMutex mutex_;
  Life life_ = Life::latent;
  bool leads_ = false;
  bool queued_ = false;
  std::deque<std::shared_ptr<Attempt>> attempts_;
  std::shared_ptr<Attempt> latest_;
  std::shared_ptr<Attempt> running_;
  Condition changed_;
  ListenerId state_listener_{};
  FiberHandle worker_;
  Scope scope_;  // last: its task uses all of the above
};

Task<> LeaderSelectorListener::state_changed(Client& client, ConnectionState state) {
  if (is_error(client.options().error_policy, state)) throw CancelLeadership{};
  co_return;
}

LeaderSelector::LeaderSelector(Client& client, std::string path, std::shared_ptr<LeaderSelectorListener> listener,
                               std::string id)
    : core_(std::make_shared<Core>(client, std::move(path), std::move(listener), std::move(id))) {}
// It may be its own worker that gives it up.
LeaderSelector::~LeaderSelector() {
  Executor& executor = core_->executor();
  core_->abandon();
  dispose(executor, std::move(core_));
}
void LeaderSelector::auto_requeue() noexcept { core_->auto_requeue = true; }
void LeaderSelector::start() { core_->start(); }
bool LeaderSelector::requeue() { return core_->requeue(); }
void LeaderSelector::close() { core_->close(); }
void LeaderSelector::interrupt_leadership() { core_->interrupt_leadership(); }
bool LeaderSelector::has_leadership() const noexcept { return core_->leads(); }

void LeaderSelector::Core::start() {
  if (life_ != Life::latent) throw IllegalState("Cannot be started more than once");
  life_ = Life::started;
  state_listener_ = client_.add_state_listener([this](ConnectionState state) { return state_changed(state); });
  worker_ = scope_.start("LeaderSelector", work());
  enqueue();
}

bool LeaderSelector::Core::requeue() {
  if (life_ != Life::started) throw IllegalState("close() has already been called");
  return enqueue();
}

bool LeaderSelector::Core::enqueue() {
  if (queued_ || life_ != Life::started) return false;
  queued_ = true;
  latest_ = std::make_shared<Attempt>();
  attempts_.push_back(latest_);
  changed_.notify_all();
  return true;
}

void LeaderSelector::Core::close() {
  if (life_ != Life::started) throw IllegalState("Already closed or has not been started");
  life_ = Life::closed;
  client_.remove_state_listener(state_listener_);
  attempts_.clear();
  worker_.interrupt();
  latest_ = nullptr;
}

void LeaderSelector::Core::abandon() noexcept {
  if (life_ == Life::started) client_.remove_state_listener(state_listener_);
  life_ = Life::closed;
  scope_.cancel();
}

void LeaderSelector::Core::interrupt_leadership() {
  if (!latest_ || latest_->done) return;
  latest_->cancelled = true;
  if (latest_ == running_) worker_.interrupt();
}

Task<> LeaderSelector::Core::state_changed(ConnectionState state) {
  try {
    co_await listener_->state_changed(client_, state);
  } catch (const CancelLeadership&) {
    interrupt_leadership();
  }
}

Task<> LeaderSelector::Core::work() {
  Fiber& self = co_await this_fiber;
  while (life_ == Life::started) {
    if (attempts_.empty()) {
      try {
        co_await changed_.wait();
      } catch (const Interrupted&) {
      }
      continue;
    }
    running_ = std::move(attempts_.front());
    attempts_.pop_front();
    if (!running_->cancelled) co_await run(running_);
    running_ = nullptr;
    self.take_interrupt();  // meant for the attempt that has ended
  }
}

// An attempt whatever its end: errors go into a Future that nobody asks.
Task<> LeaderSelector::Core::run(std::shared_ptr<Attempt> attempt) {
  bool interrupted = false;
  try {
    co_await lead();
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
  }
  if (interrupted) co_await keep_interrupt();
  queued_ = false;
  if (auto_requeue) enqueue();
  attempt->done = true;
}

// Upstream: doWork.
Task<> LeaderSelector::Core::lead() {
  leads_ = false;
  co_await mutex_.acquire();
  leads_ = true;
  bool interrupted = false;
  try {
    co_await listener_->take_leadership();
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
  }
  queued_ = false;
  co_await release();
  if (interrupted) throw Interrupted{};
}

Task<> LeaderSelector::Core::release() {
  leads_ = false;
  Fiber& self = co_await this_fiber;
  bool interrupted = self.take_interrupt();  // the release is to work at once
  try {
    co_await mutex_.release();
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
    // Ignored upstream: what is left of the node is deleted in the background.
  }
  if (interrupted) self.interrupt();
}

}  // namespace chronofault::curator
