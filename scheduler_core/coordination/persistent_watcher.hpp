// A persistent recursive watch that is set again whenever the connection comes back (upstream: PersistentWatcher).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <coordination/client.hpp>

namespace chronofault::curator {

class PersistentWatcher : public std::enable_shared_from_this<PersistentWatcher> {
 public:
  using Event = std::function<Task<>(zk::WatchedEvent event)>;
  using Reset = std::function<Task<>()>;

  /// `event`: on the event thread; `reset`: there too, each time the watch has been set. Both are kept until close().
  PersistentWatcher(Client& client, std::string path, Event event, Reset reset);

  Task<> start();
  Task<> close();
  /// Stops without a word.
  void abandon() noexcept;

 private:
  Task<> set();
  Task<> answered(BackgroundAnswer answer);

  Client& client_;
  std::string path_;
  zk::WatcherPtr watcher_;
  Reset reset_;
  bool started_ = false;
  ListenerId state_listener_{};
};

}  // namespace chronofault::curator
