// A handle's watches as the library keeps them (zookeeper 7, watch bookkeeping): five maps from path to watchers. They
// outlive connections, and are set again after each. Paths are the client's, without the chroot.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/coordination.hpp>
#include <sim/zookeeper/messages.hpp>

namespace chronofault::sim {

class ClientWatches {
 public:
  /// In order, each once.
  using Watchers = std::vector<zk::WatcherPtr>;

  /// The reply to an operation with a watcher came.
  void replied(const zk::Op& op, zk::Code error, const zk::WatcherPtr& watcher);
  /// Who is to be told of this event of the server; one-shot entries go.
  Watchers take(zk::EventType type, const std::string& path);
  /// Everybody, for events of the connection.
  Watchers all() const;

  bool contains(const std::string& path, zk::WatcherType type, const zk::WatcherPtr& watcher) const;
  /// Takes them away (null: all of them), and says who lost what.
  std::vector<std::pair<zk::EventType, Watchers>> remove(const std::string& path, zk::WatcherType type,
                                                         const zk::WatcherPtr& watcher);
  /// What is to be set again, split into requests of about 128 KiB of paths; none: nothing.
  std::vector<ZkSetWatches> to_set(Zxid relative_zxid, const std::string& chroot) const;

 private:
  using Map = std::map<std::string, Watchers, std::less<>>;
  static void add(Map& map, const std::string& path, const zk::WatcherPtr& watcher);
  static void append(const Watchers& from, Watchers& to);
  static void move_out(Map& map, const std::string& path, Watchers& to);

  Map data_;
  Map exist_;
  Map child_;
  Map persistent_;
  Map recursive_;
};

}  // namespace chronofault::sim
