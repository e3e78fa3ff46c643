// What a watcher is told (zookeeper 6, 7).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <ports/coordination/types.hpp>
#include <ports/task/task.hpp>

namespace chronofault::zk {

enum class EventType : std::int32_t {
  none = -1,  // the connection's state changed
  node_created = 1,
  node_deleted = 2,
  node_data_changed = 3,
  node_children_changed = 4,
  data_watch_removed = 5,
  child_watch_removed = 6,
  persistent_watch_removed = 7,
};
/// "NodeCreated", "None": upstream's name.
std::string_view name_of(EventType type) noexcept;

enum class KeeperState : std::int32_t { disconnected = 0, sync_connected = 3, expired = -112 };
std::string_view name_of(KeeperState state) noexcept;

struct WatchedEvent {
  WatchedEvent() = default;
  WatchedEvent(EventType type, KeeperState state, std::string path) : type(type), state(state), path(std::move(path)) {}
  EventType type = EventType::none;
  KeeperState state = KeeperState::disconnected;
  std::string path;  // empty for type none; without the chroot
};

/// Told of events on the handle's event thread, one at a time: until the task that process() made has ended, nothing
/// else is delivered by that handle. What it throws is dropped, as the library logs it and goes on. A watcher is one
/// and the same if it is the same object.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual Task<> process(WatchedEvent event) = 0;
};
using WatcherPtr = std::shared_ptr<Watcher>;

}  // namespace chronofault::zk
