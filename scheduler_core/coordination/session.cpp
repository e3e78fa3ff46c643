#include "session.hpp"

#include <algorithm>

#include <coordination/errors.hpp>
#include <coordination/interrupts.hpp>
#include <ports/task/race.hpp>

namespace chronofault::curator {

class Session::DefaultWatcher final : public zk::Watcher {
 public:
  explicit DefaultWatcher(Session& session) : session_(session) {}
  Task<> process(zk::WatchedEvent event) override { return session_.process(std::move(event)); }

 private:
  Session& session_;
};

Session::Session(Clock& clock, Coordination& coordination, zk::Options options, Duration connection_timeout, Told told)
    : clock_(clock),
      coordination_(coordination),
      options_(std::move(options)),
      connection_timeout_(connection_timeout),
      told_(std::move(told)),
      watcher_(std::make_shared<DefaultWatcher>(*this)) {}

Session::~Session() = default;

void Session::open() {
  ++instance_;
  connected_ = false;
  handle_ = coordination_.open(options_, watcher_);
}

Task<> Session::reset() {
  const Mutex::Guard guard = co_await resetting_.lock();
  connected_ = false;
  co_await retire(handle_);
  if (!closed_) open();
}

Task<> Session::close() {
  closed_ = true;
  co_await retire(std::exchange(handle_, nullptr));
  connected_ = false;
}

Task<> Session::retire(std::shared_ptr<zk::Handle> handle) {
  const std::shared_ptr<zk::Handle> old = std::move(handle);
  if (!old) co_return;
  old->set_default_watcher(nullptr);
  retired_.push_back(old);
  bool interrupted = false;
  try {
    co_await old->close();
  } catch (const Interrupted&) {
    interrupted = true;  // it closes all the same
  }
  if (interrupted) co_await keep_interrupt();
  // The last thing that its event thread tells: all that was queued before has been told by then.
  zk::Callback drained = [this, raw = old.get()](zk::Result) -> Task<> {
    std::erase_if(retired_, [raw](const auto& one) { return one.get() == raw; });
    co_return;
  };
  old->submit(zk::Request(zk::Op::exists("/")), std::move(drained));
}

std::shared_ptr<zk::Handle> Session::handle() const {
  if (!handle_) throw IllegalState("the ZooKeeper client is closed");
  return handle_;
}

Task<> Session::process(zk::WatchedEvent event) {
  if (event.type == zk::EventType::none) {
    switch (event.state) {
      case zk::KeeperState::disconnected:
        connected_ = false;
        break;
      case zk::KeeperState::sync_connected:
        if (!connected_ && handle_) negotiated_ = handle_->negotiated_timeout();
        connected_ = true;
        break;
      case zk::KeeperState::expired:
        co_await reset();
        break;
    }
  }
  told_(event);
  events_.notify_all();
}

Task<> Session::wait_connected() {
  Duration left = connection_timeout_;
  while (!connected_ && left > Duration()) {
    const WallTime start = clock_.wall();
    co_await race(events_.wait(), clock_.sleep_for(std::min(left, Duration::seconds(1))));
    left = left - std::max(Duration::ms(1), clock_.wall() - start);
  }
}

}  // namespace chronofault::curator
