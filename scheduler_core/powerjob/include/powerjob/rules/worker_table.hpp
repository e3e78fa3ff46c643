// What a server knows of an app's workers: upstream's ClusterStatusHolder (powerjob 2.2, 4.1, 3.1.3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

/// Memory and disk in GB. A load below zero means unknown.
struct SystemMetrics {
  int cpu_processors = 0;
  double cpu_load = 0;
  double jvm_max_memory = 0;
  double jvm_used_memory = 0;
  double memory_total = 0;
  double memory_used = 0;
  double disk_total = 0;
  double disk_used = 0;
  std::int32_t score = 0;  // as computed by the sender; positive: kept
};

struct WorkerInfo {
  WorkerInfo() = default;
  std::string address;        // "ip:27777"
  WallTime last_active_time;  // heartbeatTime: the worker's own clock
  std::string tag;
  std::string protocol;
  SystemMetrics metrics;
  bool overloaded = false;                         // V511
  std::map<std::int64_t, std::string> containers;  // deployed container id -> version
  std::uint64_t last_record = 0;                   // trace record of the last accepted heartbeat; not upstream
};

/// now - last_active_time > timeout; the two clocks are those of different machines.
bool timed_out(const WorkerInfo& worker, WallTime now, const Profile& profile);

/// The workers of one app. Iteration order is that of a hash map of the server process: any, but the same as long as
/// the table is the same; `order_seed` (drawn once per process) chooses it.
class WorkerTable {
 public:
  explicit WorkerTable(std::uint64_t order_seed = 0) : order_seed_(order_seed) {}

  /// False: older than the stored heartbeat, dropped. Equal times overwrite. Whose app it is is not asked.
  bool heartbeat(WorkerInfo worker);
  /// The 03:00 pass: forgets all containers and removes timed-out workers; returns those, in table order.
  std::vector<WorkerInfo> clean(WallTime now, const Profile& profile);

  const WorkerInfo* find(const std::string& address) const;
  /// All entries, timed out or not, in table order.
  std::vector<WorkerInfo> entries() const;
  bool empty() const { return workers_.empty(); }
  std::size_t size() const { return workers_.size(); }

 private:
  std::uint64_t order_seed_;
  std::map<std::pair<std::uint64_t, std::string>, WorkerInfo> workers_;  // by (hash of address and seed, address)
  std::pair<std::uint64_t, std::string> key_of(const std::string& address) const;
};

}  // namespace chronofault::powerjob
