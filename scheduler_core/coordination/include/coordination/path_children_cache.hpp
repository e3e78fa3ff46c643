// PathChildrenCache: a copy of the direct children of one path, kept by a child watch on the path and a data watch on
// each child (zookeeper 11). The path is made, as a container, if it is missing.
//
// Reads and events run on one thread of the cache's own ("PathChildrenCache"); a read that is queued already is not
// queued twice. After a reconnection connection_reconnected comes first, then the differences.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <coordination/child_data.hpp>
#include <coordination/client.hpp>

namespace chronofault::curator {

struct PathChildrenCacheEvent {
  enum class Type {
    child_added,
    child_updated,
    child_removed,
    connection_suspended,
    connection_reconnected,
    connection_lost,
    initialized,  // post_initialized_event: all that was there at the start has been told
  };
  explicit PathChildrenCacheEvent(Type type) : type(type) {}
  Type type;
  std::optional<ChildData> data;  // of a child: as it is now; removed: as it was last
};
/// "CHILD_ADDED": upstream's name.
std::string_view name_of(PathChildrenCacheEvent::Type type) noexcept;

class PathChildrenCache {
 public:
  enum class StartMode {
    normal,                  // child_added for what is there
    build_initial_cache,     // what is there is read before start() returns, and not told
    post_initialized_event,  // child_added for what is there, then initialized
  };

  /// Throws zk::IllegalArgument.
  PathChildrenCache(Client& client, std::string path);
  PathChildrenCache(const PathChildrenCache&) = delete;
  PathChildrenCache& operator=(const PathChildrenCache&) = delete;
  ~PathChildrenCache();

  void add_listener(std::function<Task<>(PathChildrenCacheEvent event)> listener);
  /// Once; throws IllegalState, and under build_initial_cache what its reads throw.
  Task<> start(StartMode mode);
  void close();

  std::optional<ChildData> current_data(std::string_view path) const;
  /// In order of paths.
  std::vector<ChildData> current_data() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
