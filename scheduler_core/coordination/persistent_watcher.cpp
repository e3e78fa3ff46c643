#include "persistent_watcher.hpp"

#include <coordination/errors.hpp>

namespace chronofault::curator {

PersistentWatcher::PersistentWatcher(Client& client, std::string path, Event event, Reset reset)
    : client_(client), path_(std::move(path)), watcher_(client.watcher(std::move(event))), reset_(std::move(reset)) {}

Task<> PersistentWatcher::start() {
  started_ = true;
  StateListener listener = [self = shared_from_this()](ConnectionState state) -> Task<> {
    if (is_connected(state)) co_await self->set();
  };
  state_listener_ = client_.add_state_listener(std::move(listener));
  co_await set();
}

Task<> PersistentWatcher::close() {
  if (!started_) co_return;
  abandon();
  zk::Request request(zk::Op::remove_watches(path_, zk::WatcherType::any), watcher_);
  try {
    co_await client_.in_background(std::move(request), nullptr);
  } catch (const IllegalState&) {
    // The client is closed: its watches are gone with it.
  }
}

void PersistentWatcher::abandon() noexcept {
  if (!std::exchange(started_, false)) return;
  client_.remove_state_listener(state_listener_);
}

Task<> PersistentWatcher::set() {
  if (!started_) co_return;
  BackgroundCallback done = [self = shared_from_this()](BackgroundAnswer answer) {
    return self->answered(std::move(answer));
  };
  zk::Request request(zk::Op::add_watch(path_, zk::AddWatchMode::persistent_recursive), watcher_);
  try {
    co_await client_.in_background(std::move(request), std::move(done));
  } catch (const IllegalState&) {
  }
}

Task<> PersistentWatcher::answered(BackgroundAnswer answer) {
  if (answer.error == zk::Code::ok) {
    co_await reset_();
  } else {
    co_await set();
  }
}

}  // namespace chronofault::curator
