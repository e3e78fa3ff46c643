#include "zookeeper_load.hpp"

#include <memory>
#include <string>

#include <sim/world/world.hpp>
#include <sim/zookeeper/client.hpp>
#include <sim/zookeeper/ensemble.hpp>

#include "report.hpp"

namespace bench {
namespace {

using namespace chronofault;
using namespace chronofault::sim;

constexpr int client_processes = 6;
constexpr int workers_per_process = 20;

class Latency final : public LatencyModel {
 public:
  Duration draw(const Machine&, const Machine&, RandomStream&) const override { return Duration::us(200); }
};

Task<> work(zk::Handle* handle, std::string path, bool writes, std::int64_t* done) {
  zk::Request first(zk::Op::create(path, "0123456789", zk::CreateMode::persistent));
  co_await handle->request(std::move(first));
  for (;;) {
    zk::Request next(writes ? zk::Op::set_data(path, "abcdefghij") : zk::Op::get_data(path));
    const zk::Result result = co_await handle->request(std::move(next));
    if (result.error != zk::Code::ok) co_return;
    ++*done;
  }
}

class Application final : public Program {
 public:
  Application(Ports& ports, std::string servers, int number, bool writes, std::int64_t* done)
      : ports_(ports),
        servers_(std::move(servers)),
        number_(number),
        writes_(writes),
        done_(done),
        library_(ports.executor, ports.clock, ports.network, ports.host, ports.random, ports.events),
        workers_(ports.executor) {}
  Task<> main() override {
    co_await ports_.clock.sleep_for(Duration::seconds(3));
    handle_ = library_.open(zk::Options(servers_, Duration::seconds(30)), nullptr);
    co_await ports_.clock.sleep_for(Duration::seconds(1));
    for (int worker = 0; worker < workers_per_process; ++worker) {
      const std::string path = "/n" + std::to_string(number_ * workers_per_process + worker);
      workers_.spawn("worker", work(handle_.get(), path, writes_, done_));
    }
  }

 private:
  Ports& ports_;
  std::string servers_;
  int number_;
  bool writes_;
  std::int64_t* done_;
  ZooKeeperClient library_;
  std::shared_ptr<zk::Handle> handle_;
  Scope workers_;
};

}  // namespace

double zookeeper_operations(bool writes, Duration busy) {
  const Latency latency;
  ZooKeeperEnsemble ensemble(ZooKeeperOptions(), {{1, "10.0.0.1"}, {2, "10.0.0.2"}, {3, "10.0.0.3"}});
  std::int64_t done = 0;
  World world(
      WorldOptions(), latency, [](std::string_view, const std::string&) { return std::nullopt; },
      [](std::string_view) -> const WorkDeclaration* { return nullptr; });
  const auto machine = [&world](const std::string& name, const std::string& ip) -> Machine& {
    MachineOptions options;
    options.name = name + ".host";
    options.ip = ip;
    return world.add_machine(std::move(options));
  };
  for (const ZooKeeperPeer& peer : ensemble.peers()) {
    ProcessOptions options;
    options.name = "zk-" + std::to_string(peer.id);
    Machine& host = machine(options.name, peer.ip);
    ensemble.seat(peer.id, world.add_process(host, std::move(options), ensemble.program(peer.id)));
    world.start_at(ensemble.process(peer.id), TrueTime());
  }
  for (int number = 0; number < client_processes; ++number) {
    ProcessOptions options;
    options.name = "app-" + std::to_string(number);
    Machine& host = machine(options.name, "10.0.1." + std::to_string(number + 1));
    Process& process = world.add_process(host, std::move(options), [&ensemble, &done, number, writes](Ports& ports) {
      return std::make_unique<Application>(ports, ensemble.connect_string(), number, writes, &done);
    });
    world.start_at(process, TrueTime());
  }
  const TrueTime begin = TrueTime() + Duration::seconds(6);
  world.kernel().run_until(begin);
  const std::int64_t done_before = done;
  const double before = bench::cpu_seconds();
  world.kernel().run_until(begin + busy);
  return static_cast<double>(done - done_before) / (bench::cpu_seconds() - before);
}

}  // namespace bench
