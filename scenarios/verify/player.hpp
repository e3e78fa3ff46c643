// What the worlds in which recordings are played have in common: one process that carries out what it is handed, links
// that take 100 us, and no names or work.
#pragma once

#include <exception>
#include <functional>
#include <memory>

#include <sim/world/world.hpp>

namespace chronofault::verify {

class Player {
 public:
  using Main = std::function<Task<>(Ports& ports)>;

  Player() = default;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  static std::unique_ptr<sim::World> world(sim::TrueTime start);

  /// Adds the process that plays. Once.
  void seat(sim::World& world, sim::Machine& machine, const char* name);
  /// Runs `main` in it until it ends, at most so long. False: it did not end. Rethrows what leaves it.
  bool play(sim::World& world, Main main, Duration at_most);

 private:
  class Role;
  sim::Process* process_ = nullptr;
  Main main_;
  bool done_ = false;
  std::exception_ptr error_;
};

}  // namespace chronofault::verify
