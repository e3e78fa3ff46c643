// The world in which a recorded sequence of job-store operations is played: a database on a host of its own, and one
// process that holds the job stores of all nodes. Its clock stands still and is set before each step, so that every
// store reads the very instant that the real one read.
#pragma once

#include <exception>
#include <functional>
#include <memory>

#include <sim/world/world.hpp>

namespace chronofault::verify::quartz {

class JobStoreWorld {
 public:
  using Main = std::function<Task<>(Ports& ports)>;

  /// `start`: what the clock shows at first.
  JobStoreWorld(WallTime start, sim::Dialect dialect);
  JobStoreWorld(const JobStoreWorld&) = delete;
  JobStoreWorld& operator=(const JobStoreWorld&) = delete;
  ~JobStoreWorld();

  /// Runs `main` until it ends. False: it did not. Rethrows what leaves it.
  bool play(Main main);
  void set_clock(WallTime now);
  /// For faults, and for a clock that runs.
  sim::World& world() noexcept { return world_; }
  const sim::DatabaseStorage& storage() { return *world_.storage(); }

 private:
  class Latency;
  std::unique_ptr<Latency> latency_;
  sim::World world_;
  sim::Machine* machine_ = nullptr;
  sim::Process* process_ = nullptr;
  Main main_;
  bool done_ = false;
  std::exception_ptr error_;
};

}  // namespace chronofault::verify::quartz
