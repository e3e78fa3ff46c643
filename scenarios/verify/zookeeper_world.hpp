// The world in which a trace is played: one server or three on hosts of their own, and the recorder on another.
#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include <sim/zookeeper/ensemble.hpp>

#include "player.hpp"

namespace chronofault::verify {

class ZooKeeperWorld {
 public:
  using Main = Player::Main;

  /// Settings as the trace names them. `servers` 1: standalone, and running; 3: none is started.
  ZooKeeperWorld(const nlohmann::json& settings, bool container_kind, int servers);

  /// Runs `main` in the recorder's process until it ends, at most so long. False: it did not end. Rethrows what leaves
  /// it.
  bool play(Main main, Duration at_most);

  sim::ZooKeeperEnsemble& ensemble() noexcept { return *ensemble_; }
  Address address(std::int32_t id) const;

  // What the recorder does to servers, from inside one of its own steps.
  void kill(std::int32_t id) { ensemble_->process(id).request_kill(sim::Ending::crash); }
  void start(std::int32_t id) { world_->start_at(ensemble_->process(id), world_->kernel().now()); }
  void pause(std::int32_t id) { ensemble_->process(id).pause(); }
  void resume(std::int32_t id) { ensemble_->process(id).resume(); }

 private:
  std::unique_ptr<sim::ZooKeeperEnsemble> ensemble_;  // its disks outlive the processes
  Player player_;                                     // and so does it
  std::unique_ptr<sim::World> world_;
};

}  // namespace chronofault::verify
