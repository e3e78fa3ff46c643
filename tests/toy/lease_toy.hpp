// Two servers compete for a lease that a small store grants; the holder hands clients' jobs to workers. It does nothing
// useful, but it uses everything: asks with timeouts, sends, pooled calls with retries, connections, queue, mutex,
// pool, timers, races, files, tracked memory, work, shutdown hooks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <support/cluster.hpp>

namespace toy {

using namespace support;

/// The sound toy, or one with a planted dependence on something that is not in the plan.
enum class Defect { none, hashes_addresses, orders_by_address, reads_junk };

struct ToyOptions {
  ToyOptions() {}
  std::uint64_t seed = 1;
  Defect defect = Defect::none;
  bool trace = false;
  Duration store_starts;  // later than the others
};

/// store, server-1, server-2, worker-1 to worker-4, client-1, client-2.
class Toy {
 public:
  explicit Toy(const ToyOptions& options);
  Cluster cluster;

  /// Runs to the end of this step, or as long as anything is due within a day.
  void run_to_step(std::uint64_t step) { cluster.kernel.run_to_step(step, Cluster::start + Duration::hours(24)); }
  sim::Hash128 digest() { return cluster.kernel.digest().value(); }
};

/// For each step from 1: the process that it entered; 0: an event of the world.
std::vector<sim::ProcessId> processes_of_steps(const ToyOptions& options, std::uint64_t steps);

}  // namespace toy
