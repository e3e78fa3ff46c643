#include <algorithm>

#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/journal.hpp>

namespace chronofault::powerjob {

ClusterStatus::ClusterStatus(ServerContext& server) : server_(server) {}

ClusterStatus::Holder* ClusterStatus::present(std::int64_t app_id) {
  const auto found = holders_.find(app_id);
  return found == holders_.end() || !found->second->present ? nullptr : found->second.get();
}

bool ClusterStatus::heartbeat(const WorkerHeartbeat& message, RecordId record) {
  if (!seeded_) {
    order_seed_ = server_.draws("holder order").next();
    seeded_ = true;
  }
  std::unique_ptr<Holder>& holder = holders_[message.app_id];
  if (!holder) holder = std::make_unique<Holder>(server_.ports.events, order_seed_);
  holder->present = true;
  holder->app_name = message.app_name;

  WorkerInfo worker;
  worker.address = message.worker_address;
  worker.last_active_time = message.heartbeat_time;
  worker.tag = message.tag;
  worker.protocol = message.protocol;
  worker.metrics = message.metrics;
  worker.overloaded = message.overloaded;
  worker.last_record = record;
  const bool is_new = holder->table.peek().find(worker.address) == nullptr;
  const bool stored = holder->table.change([&](WorkerTable& table) { return table.heartbeat(std::move(worker)); });
  if (is_new) server_.journal->member_seen(message.app_name, message.worker_address);
  return stored;
}

std::vector<WorkerInfo> ClusterStatus::workers(std::int64_t app_id) {
  const auto found = holders_.find(app_id);
  if (found == holders_.end()) return {};
  const WorkerTable& table = found->second->table.get();
  return found->second->present ? table.entries() : std::vector<WorkerInfo>();
}

bool ClusterStatus::knows(std::int64_t app_id, const std::string& worker) {
  Holder* holder = present(app_id);
  return holder != nullptr && holder->table.get().find(worker) != nullptr;
}

void ClusterStatus::cite_absence(std::int64_t app_id) {
  const auto found = holders_.find(app_id);
  if (found == holders_.end()) return;
  Absence absence;
  absence.message_kind = WorkerHeartbeat::kind;
  const WallTime now = server_.now();
  for (const WorkerInfo& worker : found->second->table.get().entries()) {
    if (timed_out(worker, now, server_.profile)) absence.subjects.emplace_back(worker.address, worker.last_record);
  }
  if (!absence.subjects.empty()) server_.ports.events.absent(absence);
}

void ClusterStatus::keep_only(const std::vector<std::int64_t>& app_ids) {
  for (auto& [app_id, holder] : holders_) {
    if (!holder->present || std::find(app_ids.begin(), app_ids.end(), app_id) != app_ids.end()) continue;
    holder->present = false;
    for (const WorkerInfo& worker : holder->table.peek().entries()) {
      server_.journal->member_lost(holder->app_name, worker.address, "holder of an app of others dropped");
    }
    holder->table.set(WorkerTable(order_seed_));
  }
}

void ClusterStatus::clean() {
  const WallTime now = server_.now();
  for (auto& [app_id, holder] : holders_) {
    if (!holder->present) continue;
    Absence absence;
    absence.message_kind = WorkerHeartbeat::kind;
    for (const WorkerInfo& worker : holder->table.get().entries()) {
      if (timed_out(worker, now, server_.profile)) absence.subjects.emplace_back(worker.address, worker.last_record);
    }
    if (!absence.subjects.empty()) server_.ports.events.absent(absence);
    const std::vector<WorkerInfo> gone =
        holder->table.change([&](WorkerTable& table) { return table.clean(now, server_.profile); });
    for (const WorkerInfo& worker : gone) {
      server_.journal->member_lost(holder->app_name, worker.address, "no heartbeat");
    }
  }
}

}  // namespace chronofault::powerjob
