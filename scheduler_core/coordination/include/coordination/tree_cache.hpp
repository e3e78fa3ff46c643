// TreeCache: a copy of a subtree, kept by one-shot data and child watches on every node (zookeeper 11).
//
// It is eventually what the servers have. Changes between an event and the read that follows it collapse: two quick
// writes may be one update, a node that comes and goes may never be seen, and one that was deleted and made again while
// the connection was away is an update. After a reconnection connection_reconnected comes first, the differences after.
//
// The copy is changed on the handle's event thread; listeners are told by one thread of the cache's own ("TreeCache"),
// in the order of the changes. What a listener does holds up later events of this cache, never the copy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <coordination/child_data.hpp>
#include <coordination/client.hpp>

namespace chronofault::curator {

struct TreeCacheEvent {
  enum class Type {
    node_added,
    node_updated,
    node_removed,
    connection_suspended,
    connection_reconnected,
    connection_lost,
    initialized,  // all that was there at the start has been told; after connection_lost once more
  };
  explicit TreeCacheEvent(Type type) : type(type) {}
  Type type;
  std::optional<ChildData> data;  // of a node: as it is now; removed: as it was last
  std::optional<ChildData> old;   // node_updated
};
/// "NODE_ADDED": upstream's name.
std::string_view name_of(TreeCacheEvent::Type type) noexcept;

class TreeCache {
 public:
  static constexpr int unlimited_depth = 0x7fffffff;

  /// Nodes more than `depth_max` levels below the path are left out. Throws zk::IllegalArgument.
  TreeCache(Client& client, std::string path, int depth_max = unlimited_depth);
  TreeCache(const TreeCache&) = delete;
  TreeCache& operator=(const TreeCache&) = delete;
  ~TreeCache();

  void add_listener(std::function<Task<>(TreeCacheEvent event)> listener);
  /// Once; throws IllegalState. The path need not exist.
  Task<> start();
  /// Listeners are not told any more; one that runs goes on.
  Task<> close();

  std::optional<ChildData> current_data(std::string_view path) const;
  /// By name, in upstream's order; none: the node itself is not known.
  std::optional<std::vector<std::pair<std::string, ChildData>>> current_children(std::string_view path) const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
