// A world: kernel, trace, network, machines, processes and the servers that a scheduler leans on. It is a value without
// global state; one thread runs one world, and many worlds may live side by side.
//
// The pieces are made in a fixed order, and that order is part of the run: machines, then processes, then the first
// starts, each an event of the world.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sim/database/client.hpp>
#include <sim/database/cluster.hpp>
#include <sim/host/host_ports.hpp>
#include <sim/host/process.hpp>
#include <sim/host/work_port.hpp>
#include <sim/network/net.hpp>
#include <sim/zookeeper/client.hpp>
#include <sim/zookeeper/ensemble.hpp>

namespace chronofault::sim {

struct WorldOptions {
  std::uint64_t seed = 0;
  TrueTime start;
  bool trace = false;
};

class World {
 public:
  /// `latency`, `resolver` and `works` must outlive the world.
  World(const WorldOptions& options, const LatencyModel& latency, Resolver resolver, WorkCatalogue works);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  /// Ends all processes, without a word.
  ~World();

  Kernel& kernel() noexcept { return kernel_; }
  Trace& trace() noexcept { return trace_; }
  const Trace& trace() const noexcept { return trace_; }
  Net& net() noexcept { return net_; }

  Machine& add_machine(MachineOptions options);
  Process& add_process(Machine& machine, ProcessOptions options, MakeProgram program);
  /// The database server's process; at most once. Every other process gets a client of it.
  Process& add_database(Machine& machine, std::string name, DatabaseServerOptions options,
                        const std::vector<TableSpec>& tables, const std::vector<InitialRow>& rows);
  /// A server on each of these machines, the first as primary; their processes are NAME, NAME-2, NAME-3 and so on.
  DatabaseCluster& add_database(const std::vector<Machine*>& machines, const std::string& name,
                                DatabaseServerOptions options, const std::vector<TableSpec>& tables,
                                const std::vector<InitialRow>& rows);
  /// A process for each server of the ensemble, on these machines in order; at most once. `name`: "zookeeper" makes
  /// zookeeper-1 and so on. Every process may open handles to it.
  ZooKeeperEnsemble& add_zookeeper(const std::vector<Machine*>& machines, const std::string& name,
                                   ZooKeeperOptions options);
  /// Told of every start, end, stop and resumption from now on; set it before the first process is made.
  void on_life(LifeListener listener) { life_listener_ = std::move(listener); }
  /// Starts the process at an instant, as a step of the run.
  void start_at(Process& process, TrueTime at);

  Machine* machine(std::string_view name) const noexcept;
  Process* process(std::string_view name) const noexcept;
  const std::vector<std::unique_ptr<Machine>>& machines() const noexcept { return machines_; }
  const std::vector<std::unique_ptr<Process>>& processes() const noexcept { return processes_; }
  /// Null: there is none.
  DatabaseCluster* database() noexcept { return database_.get(); }
  // Of its present primary. Null: there is none; the server also while it is down.
  DatabaseStorage* storage() noexcept { return database_ ? &database_->storage(database_->primary()) : nullptr; }
  DatabaseServer* database_server() noexcept { return database_ ? database_->running(database_->primary()) : nullptr; }
  Process* database_process() noexcept { return database_ ? &database_->process(database_->primary()) : nullptr; }
  /// The client in the present life of a process; null while it is dead.
  DatabaseClient* database_client(const Process& process) const noexcept;
  /// Null: there is none.
  ZooKeeperEnsemble* zookeeper() noexcept { return zookeeper_.get(); }
  const ZooKeeperEnsemble* zookeeper() const noexcept { return zookeeper_.get(); }

  /// From now on `name` stands for `to` (an ip; none: unknown host) where a host of `zone` asks (empty: any zone).
  void override_name(const std::string& name, const std::string& zone, std::optional<std::string> to);
  void restore_name(const std::string& name, const std::string& zone);

  /// Committed rows and znodes, and listening processes, seen from outside without a request.
  const StateView& view() const noexcept;

 private:
  class Start;
  class View;
  class Adapters;

  Kernel kernel_;
  Trace trace_;
  Net net_;
  Resolver resolver_;  // asks overrides_ first
  std::map<std::pair<std::string, std::string>, std::optional<std::string>> overrides_;
  WorkCatalogue works_;
  LifeListener life_listener_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<DatabaseCluster> database_;     // its disks outlive the processes
  std::map<ProcessId, DatabaseClient*> clients_;  // of the processes that live
  std::unique_ptr<ZooKeeperEnsemble> zookeeper_;  // its disks outlive the processes
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<std::unique_ptr<Start>> starts_;
  std::unique_ptr<View> view_;
};

}  // namespace chronofault::sim
