#include "player.hpp"

namespace chronofault::verify {

namespace {

class SteadyLatency final : public sim::LatencyModel {
 public:
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return Duration::us(100); }
};

}  // namespace

/// Owns what it carries out: objects of its tasks end with the process.
class Player::Role final : public Program {
 public:
  Role(Player& player, Ports& ports) : player_(player), main_(std::move(player.main_)), ports_(ports) {}
  Task<> main() override {
    try {
      co_await main_(ports_);
    } catch (...) {
      player_.error_ = std::current_exception();
    }
    player_.done_ = true;
  }

 private:
  Player& player_;
  Main main_;
  Ports& ports_;
};

std::unique_ptr<sim::World> Player::world(sim::TrueTime start) {
  static const SteadyLatency latency;
  sim::WorldOptions options;
  options.seed = 1;
  options.start = start;
  return std::make_unique<sim::World>(
      options, latency, [](std::string_view, const std::string&) { return std::nullopt; },
      [](std::string_view) -> const sim::WorkDeclaration* { return nullptr; });
}

void Player::seat(sim::World& world, sim::Machine& machine, const char* name) {
  CF_ASSERT(process_ == nullptr);
  sim::ProcessOptions options;
  options.name = name;
  process_ = &world.add_process(machine, std::move(options),
                                [this](Ports& ports) { return std::make_unique<Role>(*this, ports); });
}

bool Player::play(sim::World& world, Main main, Duration at_most) {
  main_ = std::move(main);
  const sim::TrueTime until = world.kernel().now() + at_most;
  world.start_at(*process_, world.kernel().now() + Duration::ms(1));
  while (!done_ && world.kernel().step(until)) {
  }
  if (error_) std::rethrow_exception(error_);
  return done_;
}

}  // namespace chronofault::verify
