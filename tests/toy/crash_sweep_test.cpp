// Ends a process after each step of a busy run: the one that the step entered, and another one. Process::kill asserts
// that no frame and no tracked object is left; the destructors of the world assert the same of everything; the
// sanitizers watch the rest.
#include <cstdio>
#include <cstdlib>

#include <catch2/catch.hpp>

#include "lease_toy.hpp"

namespace {

using namespace toy;

enum class Blow { crash, crash_and_restart, pause, power_off, freeze };

// One world, struck after step `when`; it runs on to `steps` steps. Returns whether everybody was alive at the end.
void strike(std::uint64_t seed, std::uint64_t when, std::uint64_t steps, std::size_t victim, Blow blow) {
  ToyOptions options;
  options.seed = seed;
  Toy toy(options);
  Cluster& cluster = toy.cluster;
  sim::Process& process = *cluster.processes()[victim];
  bool struck = false;
  cluster.kernel.after_each_step([&] {
    if (cluster.kernel.steps() != when) return;
    struck = true;
    const Duration later = cluster.now() + Duration::ms(static_cast<std::int64_t>(when % 40) * 25);
    switch (blow) {
      case Blow::crash:
        process.request_kill(sim::Ending::crash);
        break;
      case Blow::crash_and_restart:
        process.request_kill(sim::Ending::crash);
        cluster.at(later, [&process] { process.start(); });
        break;
      case Blow::pause:
        process.pause();
        cluster.at(later, [&process] { process.resume(); });
        break;
      case Blow::power_off:
        process.machine().power_off(0);
        cluster.at(later, [&process] {
          process.machine().power_on();
          process.start();
        });
        break;
      case Blow::freeze:
        process.machine().freeze(0);
        cluster.at(later, [&process, when] {
          process.machine().thaw(when % 2 == 0 ? sim::Thaw::step : sim::Thaw::behind, 0);
        });
        break;
    }
  });
  toy.run_to_step(steps);
  CHECK(struck);
  CHECK(cluster.kernel.steps() == steps);
  if (blow == Blow::crash) CHECK_FALSE(process.alive());
}

std::size_t index_of(sim::ProcessId process, std::uint64_t step, std::size_t processes) {
  return process == 0 ? step % processes : process - 1;
}

// All worlds of one step; returns how many.
std::uint64_t sweep_step(const std::vector<sim::ProcessId>& entered, std::uint64_t step, std::uint64_t end) {
  constexpr std::size_t processes = 9;
  constexpr std::uint64_t seed = 7;
  const std::size_t own = index_of(entered[step - 1], step, processes);
  const std::size_t other = (own + 1 + step % (processes - 1)) % processes;
  std::uint64_t worlds = 2;
  strike(seed, step, end, own, step % 2 == 0 ? Blow::crash : Blow::crash_and_restart);
  strike(seed, step, end, other, step % 2 == 0 ? Blow::crash_and_restart : Blow::crash);
  if (step % 7 == 0) worlds += 1, strike(seed, step, end, own, Blow::pause);
  if (step % 13 == 0) {
    worlds += 2;
    strike(seed, step, end, own, Blow::power_off);
    strike(seed, step, end, other, Blow::freeze);
  }
  return worlds;
}

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, 10);
}

ToyOptions sweep_options() {
  ToyOptions options;
  options.seed = 7;
  return options;
}

TEST_CASE("a crash after any step leaves nothing behind", "[design:5]") {
  constexpr std::uint64_t steps = 1'500;
  const std::vector<sim::ProcessId> entered = processes_of_steps(sweep_options(), steps);
  for (std::uint64_t step = 1; step <= steps; ++step) {
    CAPTURE(step);
    sweep_step(entered, step, steps + 150);
  }
}

// Resumable: CF_SWEEP_STEPS (5000), CF_SWEEP_FROM, CF_SWEEP_TO; prints the share done.
TEST_CASE("a crash after any step of a long run leaves nothing behind", "[slow][design:5]") {
  const std::uint64_t steps = from_environment("CF_SWEEP_STEPS", 5'000);
  const std::uint64_t from = from_environment("CF_SWEEP_FROM", 1);
  const std::uint64_t to = from_environment("CF_SWEEP_TO", steps);
  REQUIRE((from >= 1 && from <= to && to <= steps));
  const std::vector<sim::ProcessId> entered = processes_of_steps(sweep_options(), steps);
  std::uint64_t worlds = 0;
  for (std::uint64_t step = from; step <= to; ++step) {
    CAPTURE(step);
    worlds += sweep_step(entered, step, steps);
    if (step % 250 == 0 || step == to) {
      std::printf("crash sweep: steps %llu to %llu of %llu done (%.1f %%), %llu worlds\n",
                  static_cast<unsigned long long>(from), static_cast<unsigned long long>(step),
                  static_cast<unsigned long long>(steps),
                  100.0 * static_cast<double>(step - from + 1) / static_cast<double>(steps),
                  static_cast<unsigned long long>(worlds));
      std::fflush(stdout);
    }
  }
}

}  // namespace
