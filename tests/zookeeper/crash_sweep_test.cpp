// A server or a client dies, pauses or comes back at each step of a busy stretch: nothing of it is left (frames and
// tracked objects are counted at each death), and what it held shut stays usable for the others. And the same seed is
// the same run.
#include "zoo.hpp"

namespace {

using namespace zoo;

struct Busy {
  static Task<> run(Ports* ports, zk::Handle* handle, int number) {
    const auto silent = std::make_shared<Silent>();
    const std::string own = "/own-" + std::to_string(number);
    for (int i = 0;; ++i) {
      zk::Request make(Op::create("/q-", "", CreateMode::ephemeral_sequential));
      const zk::Result made = co_await handle->request(std::move(make));
      if (made.error == Code::session_expired) co_return;
      zk::Request list(Op::get_children("/"), silent);
      co_await handle->request(std::move(list));
      handle->submit(zk::Request(Op::create(own, "", CreateMode::persistent)), Callback());
      zk::Request remove(Op::del(made.path));
      co_await handle->request(std::move(remove));
      if (i % 3 == 0) co_await ports->clock.sleep_for(5_ms);
    }
  }
  struct Silent final : zk::Watcher {
    Task<> process(zk::WatchedEvent) override { co_return; }
  };
  struct Callback {
    Task<> operator()(zk::Result) const { return nothing(); }
    static Task<> nothing() { co_return; }
  };
};

struct World {
  explicit World(std::uint64_t seed, bool trace = false) : zoo(3, sim::ZooKeeperOptions(), options(seed, trace)) {
    for (int number = 1; number <= 2; ++number) {
      add_client(zoo, "app-" + std::to_string(number), ClientOptions(),
                 [number](Ports* ports, zk::Handle* handle) { return Busy::run(ports, handle, number); });
    }
  }
  static support::ClusterOptions options(std::uint64_t seed, bool trace) {
    support::ClusterOptions cluster;
    cluster.seed = seed;
    cluster.trace = trace;
    cluster.latency_low = 100_us;
    cluster.latency_high = 2_ms;
    return cluster;
  }
  Zoo zoo;
};

constexpr Duration busy_from = 3_s;

sim::Process& victim_of(Zoo& zoo, int victim) {
  return victim < 3 ? zoo.server(victim + 1) : zoo.cluster.process("app-" + std::to_string(victim - 2));
}

void sweep(int victim, std::uint64_t steps, std::uint64_t stride) {
  for (std::uint64_t step = 0; step < steps; step += stride) {
    World world(step);
    Zoo& zoo = world.zoo;
    zoo.cluster.run_until(busy_from);
    const auto end = sim::TrueTime(support::Cluster::start + 60_s);
    zoo.cluster.kernel.run_to_step(zoo.cluster.kernel.steps() + step + 1, end);
    sim::Process& process = victim_of(zoo, victim);
    const bool comes_back = step % 2 == 0;
    process.request_kill(sim::Ending::crash);
    zoo.cluster.kernel.settle();
    zoo.cluster.run_until(zoo.cluster.now() + 300_ms);
    if (comes_back) process.start();
    zoo.cluster.kernel.settle();
    sim::Process& other = victim_of(zoo, (victim + 1) % 5);
    other.pause();
    zoo.cluster.run_until(zoo.cluster.now() + 200_ms);
    other.resume();
    zoo.cluster.run_until(zoo.cluster.now() + 4_s);
    CHECK(zoo.ensemble.leader() != 0);
  }
}

TEST_CASE("a crash at every step of a busy stretch", "[zookeeper:8]") {
  const int victim = GENERATE(0, 1, 2, 3, 4);
  sweep(victim, 120, 4);
}

TEST_CASE("a crash at every step of a longer busy stretch", "[zookeeper:8][slow]") {
  const int victim = GENERATE(0, 1, 2, 3, 4);
  sweep(victim, 600, 1);
}

TEST_CASE("the same seed is the same run, another one is not, and a trace changes nothing", "[design:4]") {
  const auto digest = [](std::uint64_t seed, bool trace = false) {
    World world(seed, trace);
    world.zoo.cluster.run_until(6_s);
    world.zoo.kill(3);
    world.zoo.cluster.run_until(12_s);
    return to_string(world.zoo.cluster.kernel.digest().value());
  };
  const std::string first = digest(1);
  CHECK(first == digest(1));
  CHECK(first == digest(1, true));
  CHECK(first != digest(2));
}

}  // namespace
