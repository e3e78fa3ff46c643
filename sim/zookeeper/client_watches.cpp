#include <algorithm>
#include <array>

#include <ports/mutant.hpp>
#include <sim/zookeeper/client_watches.hpp>
#include <sim/zookeeper/path.hpp>

namespace chronofault::sim {

using zk::Code;
using zk::EventType;
using zk::OpCode;
using zk::WatcherType;

void ClientWatches::add(Map& map, const std::string& path, const zk::WatcherPtr& watcher) {
  Watchers& watchers = map[path];
  if (std::find(watchers.begin(), watchers.end(), watcher) == watchers.end()) watchers.push_back(watcher);
}

void ClientWatches::append(const Watchers& from, Watchers& to) {
  for (const zk::WatcherPtr& watcher : from) {
    if (std::find(to.begin(), to.end(), watcher) == to.end()) to.push_back(watcher);
  }
}

void ClientWatches::move_out(Map& map, const std::string& path, Watchers& to) {
  const auto found = map.find(path);
  if (found == map.end()) return;
  append(found->second, to);
  map.erase(found);
}

void ClientWatches::replied(const zk::Op& op, Code error, const zk::WatcherPtr& watcher) {
  switch (op.code) {
    case OpCode::exists:
      if (error == Code::ok) add(data_, op.path, watcher);
      if (error == Code::no_node) add(exist_, op.path, watcher);
      return;
    case OpCode::get_data:
      if (error == Code::ok) add(data_, op.path, watcher);
      return;
    case OpCode::get_children:
    case OpCode::get_children2:
      if (error == Code::ok) add(child_, op.path, watcher);
      return;
    case OpCode::add_watch:
      if (error != Code::ok && error != Code::no_node) return;
      add(op.watch_mode == zk::AddWatchMode::persistent ? persistent_ : recursive_, op.path, watcher);
      return;
    default:
      return;
  }
}

ClientWatches::Watchers ClientWatches::take(EventType type, const std::string& path) {
  Watchers told;
  if (type != EventType::node_children_changed) {
    move_out(data_, path, told);
    move_out(exist_, path, told);
  }
  if (type == EventType::node_children_changed || type == EventType::node_deleted) move_out(child_, path, told);
  if (const auto found = persistent_.find(path); found != persistent_.end()) append(found->second, told);
  if (recursive_.empty()) return told;
  // NodeChildrenChanged reaches them too if another watch of this client caused it (ZOOKEEPER-4475, fixed in 3.9).
  for (std::string_view at = path;;) {
    if (const auto found = recursive_.find(shown(at)); found != recursive_.end()) append(found->second, told);
    if (at.empty() || at == "/") return told;
    at = parent_of(at);
  }
}

ClientWatches::Watchers ClientWatches::all() const {
  Watchers told;
  for (const Map* map : {&data_, &exist_, &child_, &persistent_, &recursive_}) {
    for (const auto& [path, watchers] : *map) append(watchers, told);
  }
  return told;
}

namespace {
bool of_type(WatcherType wanted, WatcherType type) { return wanted == WatcherType::any || wanted == type; }
}  // namespace

bool ClientWatches::contains(const std::string& path, WatcherType type, const zk::WatcherPtr& watcher) const {
  const auto in = [&](const Map& map) {
    const auto found = map.find(path);
    return found != map.end() && std::find(found->second.begin(), found->second.end(), watcher) != found->second.end();
  };
  return (of_type(type, WatcherType::children) && in(child_)) ||
         (of_type(type, WatcherType::data) && (in(data_) || in(exist_))) ||
         (type == WatcherType::any && (in(persistent_) || in(recursive_)));
}

std::vector<std::pair<EventType, ClientWatches::Watchers>> ClientWatches::remove(const std::string& path,
                                                                                 WatcherType type,
                                                                                 const zk::WatcherPtr& watcher) {
  const auto take_from = [&](Map& map, Watchers& removed) {
    if (watcher == nullptr) {
      move_out(map, path, removed);
      return;
    }
    const auto found = map.find(path);
    if (found == map.end()) return;
    if (std::erase(found->second, watcher) > 0) append(Watchers{watcher}, removed);
    if (found->second.empty()) map.erase(found);
  };
  Watchers children;
  Watchers data;
  Watchers persistent;
  if (of_type(type, WatcherType::children)) take_from(child_, children);
  if (of_type(type, WatcherType::data)) {
    take_from(data_, data);
    take_from(exist_, data);
  }
  if (type == WatcherType::any) {
    take_from(persistent_, persistent);
    take_from(recursive_, persistent);
  }
  std::vector<std::pair<EventType, Watchers>> told;
  if (!children.empty()) told.emplace_back(EventType::child_watch_removed, std::move(children));
  if (!data.empty()) told.emplace_back(EventType::data_watch_removed, std::move(data));
  if (!persistent.empty()) told.emplace_back(EventType::persistent_watch_removed, std::move(persistent));
  return told;
}

std::vector<ZkSetWatches> ClientWatches::to_set(Zxid relative_zxid, const std::string& chroot) const {
  constexpr std::size_t batch_max = std::size_t{128} * 1024;
  using List = std::vector<std::string> ZkSetWatches::*;
  const std::array<std::pair<const Map*, List>, 5> lists{{{&data_, &ZkSetWatches::data},
                                                          {&exist_, &ZkSetWatches::exist},
                                                          {&child_, &ZkSetWatches::child},
                                                          {&persistent_, &ZkSetWatches::persistent},
                                                          {&recursive_, &ZkSetWatches::recursive}}};
  std::vector<ZkSetWatches> requests;
  std::size_t size = batch_max;
  for (const auto& [map, list] : lists) {
    if (MUTANT("watch-lost-at-reconnect", false, map == &child_)) continue;
    for (const auto& [path, watchers] : *map) {
      if (size >= batch_max) {
        requests.emplace_back().relative_zxid = relative_zxid;
        size = 0;
      }
      const std::string& whole = (requests.back().*list)
                                     .emplace_back(chroot.empty() ? path
                                                   : path == "/"  ? chroot
                                                                  : chroot + path);
      size += whole.size();
    }
  }
  return requests;
}

}  // namespace chronofault::sim
