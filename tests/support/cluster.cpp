#include "cluster.hpp"

#include <sim/host/absent_ports.hpp>

namespace support {

namespace {

class FunctionProgram final : public Program {
 public:
  FunctionProgram(Cluster::Main main, Ports& ports) : main_(std::move(main)), ports_(ports) {}
  Task<> main() override { return main_(ports_); }

 private:
  Cluster::Main main_;
  Ports& ports_;
};

}  // namespace

class Cluster::Adapters final : public sim::ProcessPorts {
 public:
  Adapters(Cluster& cluster, sim::Process& process, sim::TaskExecutor& executor)
      : clock_(cluster.trace, process),
        network_(cluster.net, process, executor),
        files_(process, executor),
        host_(process, executor, cluster.resolver_),
        random_(cluster.kernel.streams(), process.name()),
        events_(cluster.trace, process, executor),
        work_(cluster.trace, process, executor, random_, cluster.catalogue_),
        ports_{executor, clock_, network_, database_, files_, host_, random_, events_, work_, coordination_} {}
  Ports& ports() noexcept override { return ports_; }
  void ended(bool silent) noexcept override { network_.ended(silent); }

 private:
  sim::ClockPort clock_;
  sim::NetworkPort network_;
  sim::NoDatabase database_;
  sim::NoCoordination coordination_;
  sim::FilesPort files_;
  sim::HostPort host_;
  sim::ScopedStreams random_;
  sim::EventsPort events_;
  sim::WorkPort work_;
  Ports ports_;
};

Cluster::Cluster(ClusterOptions options)
    : latency(options.latency_low, options.latency_high),
      kernel(options.seed, start),
      trace(kernel),
      net(kernel, trace, latency),
      resolver_([](std::string_view, const std::string&) { return std::nullopt; }),
      catalogue_([this](std::string_view job) -> const sim::WorkDeclaration* {
        const auto found = works.find(job);
        return found == works.end() ? nullptr : &found->second;
      }) {
  if (options.trace) trace.keep();
}

Cluster::~Cluster() {
  while (!processes_.empty()) processes_.pop_back();
}

sim::Machine& Cluster::add_machine(sim::MachineOptions options) {
  if (options.ip.empty()) options.ip = "10.0.0." + std::to_string(machines_.size() + 1);
  machines_.push_back(std::make_unique<sim::Machine>(kernel, trace, std::move(options)));
  net.add(*machines_.back());
  return *machines_.back();
}

sim::Process& Cluster::add(const std::string& name, Main main) {
  sim::MachineOptions options;
  options.name = name + ".host";
  return add_on(add_machine(std::move(options)), name, std::move(main));
}

sim::Process& Cluster::add_on(sim::Machine& machine, const std::string& name, Main main) {
  sim::ProcessOptions options;
  options.name = name;
  sim::Process& process = add_program(machine, std::move(options), [main = std::move(main)](Ports& ports) {
    return std::make_unique<FunctionProgram>(main, ports);
  });
  process.start();
  kernel.settle();
  return process;
}

sim::Process& Cluster::add_program(sim::Machine& machine, sim::ProcessOptions options, sim::MakeProgram program) {
  const std::string name = options.name;
  processes_.push_back(std::make_unique<sim::Process>(
      kernel, trace, machine, std::move(options),
      [this](sim::Process& process, sim::TaskExecutor& executor) { return make_ports(process, executor); },
      std::move(program)));
  by_name_[name] = processes_.back().get();
  return *processes_.back();
}

std::unique_ptr<sim::ProcessPorts> Cluster::make_ports(sim::Process& process, sim::TaskExecutor& executor) {
  return std::make_unique<Adapters>(*this, process, executor);
}

}  // namespace support
