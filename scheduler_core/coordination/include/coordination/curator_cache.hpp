// CuratorCache: a copy of a subtree, kept by one persistent recursive watch (zookeeper 11; needs servers of 3.6 on).
//
// Each event of the watch has the node read again; versions are compared, not transactions: a node that was deleted and
// made again while the connection was away, and has the version that was stored, is not reported, though the copy takes
// its new data. There are no connection events: after a reconnection the watch is set again and all that is stored is
// read again, and the differences are told as changes.
//
// The copy is changed on the handle's event thread; listeners are told on the client's SafeNotifyService thread, in
// order, together with whatever else the process runs there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <coordination/child_data.hpp>
#include <coordination/client.hpp>

namespace chronofault::curator {

struct CuratorCacheEvent {
  enum class Type {
    node_created,
    node_changed,
    node_deleted,
    initialized,  // CuratorCacheListener.initialized(): once in the life of a cache
  };
  explicit CuratorCacheEvent(Type type) : type(type) {}
  Type type;
  std::optional<ChildData> old;   // changed, deleted
  std::optional<ChildData> data;  // created, changed
};
/// "NODE_CREATED", "INITIALIZED": upstream's name.
std::string_view name_of(CuratorCacheEvent::Type type) noexcept;

class CuratorCache {
 public:
  /// Throws zk::IllegalArgument.
  CuratorCache(Client& client, std::string path);
  CuratorCache(const CuratorCache&) = delete;
  CuratorCache& operator=(const CuratorCache&) = delete;
  ~CuratorCache();

  /// The event outlives the task that the listener makes of it.
  void add_listener(std::function<Task<>(const CuratorCacheEvent& event)> listener);
  /// Once; throws IllegalState. The path need not exist.
  Task<> start();
  /// Takes the watch away in the background and forgets what is stored.
  Task<> close();

  /// Until the next step. Null: it is not stored.
  const ChildData* get(std::string_view path) const;
  std::size_t size() const noexcept;
  /// All that is stored, in the iteration order of Java's ConcurrentHashMap.
  std::vector<ChildData> stream() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
