// Which workers get an instance, and which of them tracks it (powerjob 7.4 steps 3 to 5, score and metrics).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ports/random.hpp>
#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/rules/worker_table.hpp>

namespace chronofault::powerjob {

/// trunc((jvmMax - jvmUsed) x 2 + processors - load), the processor part 1 if the load is unknown.
std::int32_t score_of(const SystemMetrics& metrics);
/// Memory and disk at least the minimum; processors above it, unless either side is unset.
bool has_resources(const SystemMetrics& metrics, double min_cpu_cores, double min_memory_gb, double min_disk_gb);
/// An empty list designates every worker.
bool is_designated(const std::string& designated_workers, const WorkerInfo& worker, const Profile& profile);
/// SPECIFY (V511): "tagIn:x", "tagEquals:x", or a comma list of tags and addresses.
bool matches_specify(std::string_view config, std::string_view address, std::string_view tag);

struct Selection {
  Selection() = default;
  std::vector<WorkerInfo> workers;  // suitable, in order
  bool all_overloaded = false;      // V511: there are suitable workers, but none that may take more
};
/// `table`: entries in table order. Draws only for RANDOM (one shuffle).
Selection suitable_workers(const std::vector<WorkerInfo>& table, const JobInfo& job, WallTime now,
                           const Profile& profile, RandomStream& draws);

/// The worker whose TaskTracker coordinates the instance; `workers` must not be empty.
const WorkerInfo& choose_tracker(const std::vector<WorkerInfo>& workers, const JobInfo& job, const Profile& profile,
                                 RandomStream& draws);

}  // namespace chronofault::powerjob
