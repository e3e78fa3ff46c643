// The watches that the connections of one server have set (zookeeper 6): two tables, data and child, each path and
// connection -> mode. They live and die with the connection.
//
// A path has at most one entry per table and connection: registering again replaces the mode, so that a standard watch
// turns a persistent one of that table into one that fires once (ZOOKEEPER-4466, fixed in 3.9.0; this is 3.8).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <ports/coordination/watcher.hpp>

namespace chronofault::sim {

/// Numbers the connections of one life of a server; 0: none.
using ConnectionId = std::uint64_t;

enum class WatchMode : std::uint8_t { standard, persistent, recursive };

/// Whoever puts events on connections, in the order of the calls.
class EventSink {
 public:
  virtual void event(ConnectionId connection, zk::EventType type, std::string_view path) = 0;

 protected:
  ~EventSink() = default;
};

class WatchManager {
 public:
  explicit WatchManager(EventSink& sink) : sink_(sink) {}
  WatchManager(const WatchManager&) = delete;
  WatchManager& operator=(const WatchManager&) = delete;

  void watch_data(std::string_view path, ConnectionId connection) { data_.add(path, connection, WatchMode::standard); }
  void watch_children(std::string_view path, ConnectionId connection) {
    child_.add(path, connection, WatchMode::standard);
  }
  /// Both tables; no event about the present state.
  void add(std::string_view path, ConnectionId connection, zk::AddWatchMode mode);
  /// The caller's entry at exactly that path, whatever its mode. False: there was none.
  bool remove(std::string_view path, ConnectionId connection, zk::WatcherType type);
  /// Whether any connection has an entry there (ZOOKEEPER-4471's family: upstream asks for any, too).
  bool contains(std::string_view path, zk::WatcherType type) const;
  void drop(ConnectionId connection);

  // A change was applied. `path` as nodes have it.
  void created(std::string_view path);
  void deleted(std::string_view path);
  void data_changed(std::string_view path);

 private:
  class Table {
   public:
    void add(std::string_view path, ConnectionId connection, WatchMode mode);
    bool remove(std::string_view path, ConnectionId connection);
    bool contains(std::string_view path) const { return entries_.find(path) != entries_.end(); }
    void drop(ConnectionId connection);
    bool empty() const noexcept { return entries_.empty(); }
    /// Appends each connection that is to be told, once; takes standard entries at `path` away.
    void take(std::string_view path, bool with_recursive, std::vector<ConnectionId>& told);

   private:
    struct Entry {
      ConnectionId connection;
      WatchMode mode;
    };
    struct Hash {
      using is_transparent = void;
      std::size_t operator()(std::string_view path) const noexcept { return std::hash<std::string_view>{}(path); }
    };
    std::unordered_map<std::string, std::vector<Entry>, Hash, std::equal_to<>> entries_;
    std::map<ConnectionId, std::set<std::string, std::less<>>> paths_;
    std::size_t recursive_ = 0;  // entries of that mode: without any, no ancestor is looked at
  };
  void trigger(Table& table, zk::EventType type, std::string_view path);

  EventSink& sink_;
  Table data_;
  Table child_;
  std::vector<ConnectionId> told_;
};

}  // namespace chronofault::sim
