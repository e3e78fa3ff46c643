// A database server and some clients on hosts of their own, 200 us apart: just enough of a world to run the port.
#pragma once

#include <deque>
#include <functional>

#include <ports/time_zone.hpp>
#include <sim/database/client.hpp>
#include <sim/database/server.hpp>
#include <sim/host/absent_ports.hpp>
#include <sim/host/host_ports.hpp>
#include <sim/host/work_port.hpp>
#include <sim/network/network_port.hpp>

#include "engine_driver.hpp"

namespace database_test {

using Script = std::function<Task<>(Ports* ports)>;

class SmallWorld : private sim::LatencyModel {
 public:
  static constexpr std::int64_t start_us = 1'645'671'600'000'000;

  explicit SmallWorld(sim::DatabaseServerOptions options = {}, db::PoolOptions pool = {}, std::uint64_t seed = 7)
      : kernel(seed, sim::TrueTime::from_us(start_us)),
        trace(kernel),
        storage({db::table_spec<Item>()}, options.dialect),
        pool_(pool),
        net_(kernel, trace, *this) {
    trace.keep();
    if (options.semi_sync != sim::SemiSync::off) storage.keep_binlog();
    server = &add_process("db", "10.0.0.1", [this, options](Ports& ports) {
      return std::make_unique<sim::DatabaseServer>(ports, storage, conditions, options);
    });
    server->start();
  }
  ~SmallWorld() {
    for (auto& process : processes_) crash(*process);
  }

  /// Another server, with a storage and conditions of its own, at the next address.
  sim::Process& add_server(std::string name, sim::DatabaseServerOptions options, sim::DatabaseStorage& of,
                           sim::DatabaseConditions& with) {
    const std::string ip = "10.0.0." + std::to_string(machines_.size() + 1);
    sim::Process& process = add_process(std::move(name), ip, [&of, &with, options](Ports& ports) {
      return std::make_unique<sim::DatabaseServer>(ports, of, with, options);
    });
    process.start();
    return process;
  }
  /// A process that runs the script.
  sim::Process& client(std::string name, Script script) {
    const std::string ip = "10.0.0." + std::to_string(machines_.size() + 1);
    sim::Process& process =
        add_process(std::move(name), ip, [script](Ports& ports) { return std::make_unique<Scripted>(script, &ports); });
    process.start();
    return process;
  }
  void crash(sim::Process& process) {
    process.request_kill(sim::Ending::crash);
    kernel.settle();
  }
  void run_for(Duration d) { kernel.run_until(kernel.now() + d); }
  sim::DatabaseServer& program() { return static_cast<sim::DatabaseServer&>(*server->program()); }
  std::vector<Item> items() const {
    std::vector<Item> all;
    for (const db::Row& row : storage.committed("item")) all.push_back(db::from_row<Item>(row));
    return all;
  }

  sim::Kernel kernel;
  sim::Trace trace;
  sim::DatabaseStorage storage;
  sim::DatabaseConditions conditions;
  sim::Process* server = nullptr;
  // Of processes that start from now on.
  Address server_of_clients = Address("10.0.0.1", 3306);
  std::vector<Address> replicas_of_clients;

 private:
  struct Scripted final : Program {
    Scripted(Script script, Ports* ports) : script(std::move(script)), ports(ports) {}
    Task<> main() override { return script(ports); }
    Script script;
    Ports* ports;
  };
  struct PortsOf final : sim::ProcessPorts {
    PortsOf(SmallWorld& world, sim::Process& process, sim::TaskExecutor& executor)
        : clock(world.trace, process),
          network(world.net_, process, executor),
          database(executor, clock, network, world.route()),
          files(process, executor),
          host(process, executor, world.resolver_),
          random(world.kernel.streams(), process.name()),
          events(world.trace, process, executor),
          work(world.trace, process, executor, random, world.catalogue_),
          all{executor, clock, network, database, files, host, random, events, work, coordination} {
      database.configure(world.pool_);
    }
    Ports& ports() noexcept override { return all; }
    void ended(bool silent) noexcept override { network.ended(silent); }
    sim::ClockPort clock;
    sim::NetworkPort network;
    sim::DatabaseClient database;
    sim::FilesPort files;
    sim::HostPort host;
    sim::ScopedStreams random;
    sim::EventsPort events;
    sim::WorkPort work;
    sim::NoCoordination coordination;
    Ports all;
  };

  std::shared_ptr<const sim::DatabaseRoute> route() const {
    auto route = std::make_shared<sim::DatabaseRoute>(server_of_clients);
    route->replicas = replicas_of_clients;
    return route;
  }
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return Duration::us(200); }
  sim::Process& add_process(std::string name, std::string ip, sim::MakeProgram program) {
    sim::MachineOptions options;
    options.name = name + ".host";
    options.ip = std::move(ip);
    options.time_zone = &utc();
    machines_.push_back(std::make_unique<sim::Machine>(kernel, trace, options));
    net_.add(*machines_.back());
    sim::ProcessOptions process;
    process.name = std::move(name);
    auto ports = [this](sim::Process& p, sim::TaskExecutor& e) { return std::make_unique<PortsOf>(*this, p, e); };
    processes_.push_back(std::make_unique<sim::Process>(kernel, trace, *machines_.back(), std::move(process),
                                                        std::move(ports), std::move(program)));
    return *processes_.back();
  }

  db::PoolOptions pool_;
  sim::Net net_;
  sim::Resolver resolver_ = [](std::string_view, const std::string&) { return std::nullopt; };
  sim::WorkCatalogue catalogue_ = [](std::string_view) { return nullptr; };
  std::deque<std::unique_ptr<sim::Machine>> machines_;
  std::deque<std::unique_ptr<sim::Process>> processes_;
};

}  // namespace database_test
