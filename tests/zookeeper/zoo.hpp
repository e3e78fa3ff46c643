// An ensemble on machines of its own, and client processes that each hold a handle: for tests that read like stories.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/coordination.hpp>
#include <ports/task/race.hpp>
#include <sim/zookeeper/client.hpp>
#include <sim/zookeeper/ensemble.hpp>
#include <support/cluster.hpp>

namespace zoo {

using namespace support;
using zk::Code;
using zk::CreateMode;
using zk::Op;
using Lines = std::vector<std::string>;

/// Servers zk-1 ... zk-n on 10.0.0.1 ... n, started at once. Tick 2 s, and what zookeeper 12 says.
class Zoo {
 public:
  explicit Zoo(int servers, sim::ZooKeeperOptions options = sim::ZooKeeperOptions(),
               ClusterOptions cluster_options = ClusterOptions())
      : ensemble(std::move(options), peers(servers)), cluster(cluster_options) {
    for (const sim::ZooKeeperPeer& peer : ensemble.peers()) {
      sim::MachineOptions machine;
      machine.name = "zk-" + std::to_string(peer.id) + ".host";
      machine.ip = peer.ip;
      sim::ProcessOptions process;
      process.name = "zk-" + std::to_string(peer.id);
      sim::Process& seat =
          cluster.add_program(cluster.add_machine(std::move(machine)), std::move(process), ensemble.program(peer.id));
      ensemble.seat(peer.id, seat);
      seat.start();
      cluster.kernel.settle();
    }
  }

  /// Notes what happened, with the time since the start.
  void say(const std::string& text) { said.push_back(to_string(cluster.now()) + " " + text); }
  void note(const std::string& text) { said.push_back(text); }

  sim::Process& server(std::int32_t id) { return ensemble.process(id); }
  void kill(std::int32_t id) {
    server(id).request_kill(sim::Ending::crash);
    cluster.kernel.settle();
  }
  void start(std::int32_t id) {
    server(id).start();
    cluster.kernel.settle();
  }
  sim::ZooKeeperServer& up(std::int32_t id) {
    REQUIRE(ensemble.server(id) != nullptr);
    return *ensemble.server(id);
  }
  sim::Machine& host(std::int32_t id) { return server(id).machine(); }

  sim::ZooKeeperEnsemble ensemble;  // outlives the processes
  Cluster cluster;
  Lines said;

 private:
  static std::vector<sim::ZooKeeperPeer> peers(int servers) {
    std::vector<sim::ZooKeeperPeer> all;
    for (int id = 1; id <= servers; ++id) all.emplace_back(id, "10.0.0." + std::to_string(id));
    return all;
  }
};

/// Notes every event that it is told, as NAME: TYPE PATH, or NAME: STATE.
class Noter final : public zk::Watcher {
 public:
  Noter(Zoo* zoo, std::string name) : zoo_(zoo), name_(std::move(name)) {}
  Task<> process(zk::WatchedEvent event) override {
    const bool state = event.type == zk::EventType::none;
    zoo_->note(name_ + ": " +
               (state ? std::string(name_of(event.state)) : std::string(name_of(event.type)) + " " + event.path));
    co_return;
  }

 private:
  Zoo* zoo_;
  std::string name_;
};

/// What a client process does with its handle.
using Story = std::function<Task<>(Ports* ports, zk::Handle* handle)>;

struct ClientOptions {
  ClientOptions() {}
  Duration timeout = Duration::seconds(10);
  std::string servers;  // empty: all
  zk::WatcherPtr default_watcher;
};

struct ClientMain {
  static Task<> run(Ports* ports, Zoo* zoo, ClientOptions options, Story given) {
    const Story story = std::move(given);
    sim::ZooKeeperClient client(ports->executor, ports->clock, ports->network, ports->host, ports->random,
                                ports->events);
    zk::Options own(options.servers.empty() ? zoo->ensemble.connect_string() : options.servers, options.timeout);
    const std::shared_ptr<zk::Handle> handle = client.open(std::move(own), std::move(options.default_watcher));
    Task<> told = story(ports, handle.get());
    co_await std::move(told);
    Latch for_ever(1);
    co_await for_ever.wait();
  }
};

inline sim::Process& add_client(Zoo& zoo, const std::string& name, ClientOptions options, Story story) {
  return zoo.cluster.add(
      name, [&zoo, options, story](Ports& ports) { return ClientMain::run(&ports, &zoo, options, story); });
}

/// "OK /a", "NONODE": the outcome of one operation as text.
inline Task<std::string> outcome(zk::Handle* handle, zk::Request request) {
  const zk::Result result = co_await handle->request(std::move(request));
  std::string text(name_of(result.error));
  if (!result.path.empty()) text += " " + result.path;
  if (result.data) text += " " + *result.data;
  co_return text;
}

}  // namespace zoo
