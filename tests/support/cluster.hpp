// A small world for tests of the simulation: a kernel, a trace, a network with one latency range, machines of one zone,
// and processes whose programs are functions. Time starts at `start`; instants of tests are durations since then.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sim/host/host_ports.hpp>
#include <sim/host/work_port.hpp>
#include <sim/network/network_port.hpp>

namespace support {

using namespace chronofault;
using namespace chronofault::literals;
using sim::TrueTime;

/// Uniform in [low, high]; draws only if they differ.
class TestLatency final : public sim::LatencyModel {
 public:
  TestLatency(Duration low, Duration high) : low(low), high(high) {}
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream& draws) const override {
    return low == high ? low : draws.between(low, high);
  }
  Duration low;
  Duration high;
};

/// A rule made of two functions; either may be empty.
class TestRule final : public sim::NetworkRule {
 public:
  void consider(const sim::Envelope& envelope, sim::Fate& fate) override {
    if (change) change(envelope, fate);
  }
  bool blocks(const sim::Machine& from, const sim::Machine& to) const override { return cut && cut(from, to); }
  RecordId record() const noexcept override { return fault; }

  std::function<void(const sim::Envelope&, sim::Fate&)> change;
  std::function<bool(const sim::Machine& from, const sim::Machine& to)> cut;
  RecordId fault = 0;
};

struct ClusterOptions {
  ClusterOptions() {}
  std::uint64_t seed = 1;
  Duration latency_low = Duration::ms(1);
  Duration latency_high = Duration::ms(1);
  bool trace = false;
};

class Cluster {
 public:
  static constexpr TrueTime start = TrueTime::from_us(1'645'671'600'000'000);  // 2022-02-24T03:00:00Z
  using Main = std::function<Task<>(Ports&)>;

  explicit Cluster(ClusterOptions options = ClusterOptions());
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  /// A machine of the name `name` + ".host", with the addresses 10.0.0.1, 10.0.0.2, ... in the order of making.
  sim::Machine& add_machine(sim::MachineOptions options);
  /// A process on a machine of its own; it starts now.
  sim::Process& add(const std::string& name, Main main);
  sim::Process& add_on(sim::Machine& machine, const std::string& name, Main main);
  /// As add_on, not started, with a program of a class.
  sim::Process& add_program(sim::Machine& machine, sim::ProcessOptions options, sim::MakeProgram program);

  sim::Process& process(const std::string& name) { return *by_name_.at(name); }
  const std::vector<std::unique_ptr<sim::Process>>& processes() const { return processes_; }
  const std::vector<std::unique_ptr<sim::Machine>>& machines() const { return machines_; }
  Address address(const std::string& name, int port) { return Address(process(name).machine().options().ip, port); }

  /// An act of an outsider at start + d.
  void at(Duration d, std::function<void()> act) { kernel.agenda(start + d, std::move(act)); }
  void run_until(Duration d) { kernel.run_until(start + d); }
  Duration now() const { return kernel.now() - start; }

  TestLatency latency;
  sim::Kernel kernel;
  sim::Trace trace;
  sim::Net net;
  std::map<std::string, sim::WorkDeclaration, std::less<>> works;

 private:
  class Adapters;
  std::unique_ptr<sim::ProcessPorts> make_ports(sim::Process& process, sim::TaskExecutor& executor);

  sim::Resolver resolver_;
  sim::WorkCatalogue catalogue_;
  std::vector<std::unique_ptr<sim::Machine>> machines_;
  std::vector<std::unique_ptr<sim::Process>> processes_;
  std::map<std::string, sim::Process*> by_name_;
};

}  // namespace support
