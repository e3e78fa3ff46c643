// The world in which a recorded sequence of job-store operations is played: a database on a host of its own, and one
// process that holds the job stores of all nodes. Its clock stands still and is set before each step, so that every
// store reads the very instant that the real one read.
#pragma once

#include <memory>

#include "player.hpp"

namespace chronofault::verify::quartz {

class JobStoreWorld {
 public:
  using Main = Player::Main;

  /// `start`: what the clock shows at first.
  JobStoreWorld(WallTime start, sim::Dialect dialect);

  /// Runs `main` until it ends. False: it did not. Rethrows what leaves it.
  bool play(Main main);
  void set_clock(WallTime now);
  /// For faults, and for a clock that runs.
  sim::World& world() noexcept { return *world_; }
  const sim::DatabaseStorage& storage() { return *world_->storage(); }

 private:
  Player player_;  // outlives the world
  std::unique_ptr<sim::World> world_;
  sim::Machine* machine_ = nullptr;
};

}  // namespace chronofault::verify::quartz
