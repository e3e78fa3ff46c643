#include <algorithm>

#include <ports/assert.hpp>
#include <sim/zookeeper/path.hpp>
#include <sim/zookeeper/watch_manager.hpp>

namespace chronofault::sim {

using zk::EventType;
using zk::WatcherType;

void WatchManager::Table::add(std::string_view path, ConnectionId connection, WatchMode mode) {
  auto found = entries_.find(path);
  if (found == entries_.end()) found = entries_.emplace(std::string(path), std::vector<Entry>()).first;
  const auto own = std::find_if(found->second.begin(), found->second.end(),
                                [connection](const Entry& entry) { return entry.connection == connection; });
  if (own == found->second.end()) {
    found->second.push_back(Entry{connection, mode});
    paths_[connection].emplace(path);
  } else {
    if (own->mode == WatchMode::recursive) --recursive_;
    own->mode = mode;
  }
  if (mode == WatchMode::recursive) ++recursive_;
}

bool WatchManager::Table::remove(std::string_view path, ConnectionId connection) {
  const auto paths = paths_.find(connection);
  if (paths == paths_.end()) return false;
  const auto own_path = paths->second.find(path);
  if (own_path == paths->second.end()) return false;
  const auto found = entries_.find(path);
  CF_ASSERT(found != entries_.end());
  const auto own = std::find_if(found->second.begin(), found->second.end(),
                                [connection](const Entry& entry) { return entry.connection == connection; });
  CF_ASSERT(own != found->second.end());
  if (own->mode == WatchMode::recursive) --recursive_;
  found->second.erase(own);
  if (found->second.empty()) entries_.erase(found);
  paths->second.erase(own_path);
  if (paths->second.empty()) paths_.erase(paths);
  return true;
}

void WatchManager::Table::drop(ConnectionId connection) {
  for (auto paths = paths_.find(connection); paths != paths_.end(); paths = paths_.find(connection)) {
    const std::string path = *paths->second.begin();
    remove(path, connection);
  }
}

void WatchManager::Table::take(std::string_view path, bool with_recursive, std::vector<ConnectionId>& told) {
  if (entries_.empty()) return;
  const auto tell = [&told](ConnectionId connection) {
    if (std::find(told.begin(), told.end(), connection) == told.end()) told.push_back(connection);
  };
  std::vector<ConnectionId> used_up;
  if (const auto found = entries_.find(path); found != entries_.end()) {
    for (const Entry& entry : found->second) {
      if (entry.mode == WatchMode::recursive && !with_recursive) continue;
      tell(entry.connection);
      if (entry.mode == WatchMode::standard) used_up.push_back(entry.connection);
    }
  }
  for (const ConnectionId connection : used_up) remove(path, connection);
  if (!with_recursive || recursive_ == 0 || path == "/") return;
  for (std::string_view at = path; !at.empty();) {
    at = parent_of(at);
    const auto found = entries_.find(shown(at));
    if (found == entries_.end()) continue;
    for (const Entry& entry : found->second) {
      if (entry.mode == WatchMode::recursive) tell(entry.connection);
    }
  }
}

void WatchManager::add(std::string_view path, ConnectionId connection, zk::AddWatchMode mode) {
  const WatchMode kept = mode == zk::AddWatchMode::persistent ? WatchMode::persistent : WatchMode::recursive;
  data_.add(path, connection, kept);
  child_.add(path, connection, kept);
}

bool WatchManager::remove(std::string_view path, ConnectionId connection, WatcherType type) {
  bool removed = false;
  if (type != WatcherType::data) removed = child_.remove(path, connection);
  if (type != WatcherType::children) removed = data_.remove(path, connection) || removed;
  return removed;
}

bool WatchManager::contains(std::string_view path, WatcherType type) const {
  return (type != WatcherType::data && child_.contains(path)) ||
         (type != WatcherType::children && data_.contains(path));
}

void WatchManager::drop(ConnectionId connection) {
  data_.drop(connection);
  child_.drop(connection);
}

void WatchManager::trigger(Table& table, EventType type, std::string_view path) {
  told_.clear();
  table.take(path, type != EventType::node_children_changed, told_);
  for (const ConnectionId connection : told_) sink_.event(connection, type, path);
}

void WatchManager::created(std::string_view path) {
  if (data_.empty() && child_.empty()) return;
  trigger(data_, EventType::node_created, path);
  trigger(child_, EventType::node_children_changed, shown(parent_of(path)));
}

void WatchManager::deleted(std::string_view path) {
  if (data_.empty() && child_.empty()) return;
  trigger(data_, EventType::node_deleted, path);
  // Not told twice; their standard entries in the child table are consumed all the same.
  std::vector<ConnectionId> reached = told_;
  const std::size_t before = reached.size();
  child_.take(path, true, reached);
  for (std::size_t i = before; i < reached.size(); ++i) sink_.event(reached[i], EventType::node_deleted, path);
  trigger(child_, EventType::node_children_changed, shown(parent_of(path)));
}

void WatchManager::data_changed(std::string_view path) {
  if (!data_.empty()) trigger(data_, EventType::node_data_changed, shown(path));
}

}  // namespace chronofault::sim
