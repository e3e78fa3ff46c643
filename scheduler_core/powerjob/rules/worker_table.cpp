#include <ports/value.hpp>
#include <powerjob/rules/worker_table.hpp>

namespace chronofault::powerjob {

bool timed_out(const WorkerInfo& worker, WallTime now, const Profile& profile) {
  return now - worker.last_active_time > profile.worker_heartbeat_timeout;
}

std::pair<std::uint64_t, std::string> WorkerTable::key_of(const std::string& address) const {
  std::uint64_t mixed = (hash_of(std::string_view(address)) ^ order_seed_) * 0x9e37'79b9'7f4a'7c15u;
  mixed ^= mixed >> 32;
  return {mixed, address};
}

bool WorkerTable::heartbeat(WorkerInfo worker) {
  const auto key = key_of(worker.address);
  const auto [entry, is_new] = workers_.try_emplace(key, worker);
  if (is_new) return true;
  if (worker.last_active_time < entry->second.last_active_time) return false;
  for (const auto& [id, version] : entry->second.containers) worker.containers.try_emplace(id, version);
  entry->second = std::move(worker);
  return true;
}

std::vector<WorkerInfo> WorkerTable::clean(WallTime now, const Profile& profile) {
  std::vector<WorkerInfo> removed;
  for (auto it = workers_.begin(); it != workers_.end();) {
    it->second.containers.clear();
    if (timed_out(it->second, now, profile)) {
      removed.push_back(std::move(it->second));
      it = workers_.erase(it);
    } else {
      ++it;
    }
  }
  return removed;
}

const WorkerInfo* WorkerTable::find(const std::string& address) const {
  const auto found = workers_.find(key_of(address));
  return found == workers_.end() ? nullptr : &found->second;
}

std::vector<WorkerInfo> WorkerTable::entries() const {
  std::vector<WorkerInfo> all;
  all.reserve(workers_.size());
  for (const auto& [key, worker] : workers_) all.push_back(worker);
  return all;
}

}  // namespace chronofault::powerjob
