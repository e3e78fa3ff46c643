#include <algorithm>

#include <sim/network/network_port.hpp>
#include <sim/world/world.hpp>

namespace chronofault::sim {

class World::Start final : public WorldEvent {
 public:
  explicit Start(Process& process) : WorldEvent(StepKind::world), process_(process) {}
  void fire() override { process_.start(); }

 private:
  Process& process_;
};

class World::View final : public StateView {
 public:
  explicit View(World& world) : world_(world) {}
  std::vector<std::map<std::string, Value>> rows(std::string_view table) const override {
    const DatabaseStorage* const storage = world_.storage();
    return storage != nullptr ? storage->rows(table) : std::vector<std::map<std::string, Value>>();
  }
  std::optional<std::string> znode(std::string_view path) const override {
    const Znode* node = find(path);
    return node != nullptr ? std::optional<std::string>(node->data.value_or("")) : std::nullopt;
  }
  std::vector<std::string> znode_children(std::string_view path) const override {
    std::vector<std::string> names;
    if (const Znode* node = find(path)) {
      for (const Znode* child : node->children) names.emplace_back(child->name());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string process_at(std::string_view address) const override {
    const std::optional<Address> parsed = parse_address(address);
    NetworkPort* port = parsed ? world_.net_.directory().listener(*parsed) : nullptr;
    if (port != nullptr) return port->process().name();
    const ProcessId known = world_.trace_.process_at(address);
    return known != 0 ? world_.trace_.processes()[known].name : std::string();
  }

 private:
  const Znode* find(std::string_view path) const {
    const ZooKeeperEnsemble* ensemble = world_.zookeeper();
    const ZooKeeperServer* leader = ensemble != nullptr ? ensemble->server(ensemble->leader()) : nullptr;
    return leader != nullptr ? leader->tree().find(path) : nullptr;
  }
  World& world_;
};

// All ports of one life of a process.
class World::Adapters final : public ProcessPorts {
 public:
  Adapters(World& world, Process& process, TaskExecutor& executor)
      : world_(world),
        process_(process.id()),
        clock_(world.trace_, process),
        network_(world.net_, process, executor),
        files_(process, executor),
        host_(process, executor, world.resolver_),
        random_(world.kernel_.streams(), process.name()),
        events_(world.trace_, process, executor),
        work_(world.trace_, process, executor, random_, world.works_),
        database_(executor, clock_, network_,
                  world.database_ ? world.database_->route() : std::make_shared<const DatabaseRoute>()),
        coordination_(executor, clock_, network_, host_, random_, events_),
        ports_{executor, clock_, network_, database_, files_, host_, random_, events_, work_, coordination_} {
    world_.clients_[process_] = &database_;
  }
  Adapters(const Adapters&) = delete;
  Adapters& operator=(const Adapters&) = delete;
  ~Adapters() override { world_.clients_.erase(process_); }
  Ports& ports() noexcept override { return ports_; }
  void ended(bool silent) noexcept override { network_.ended(silent); }

 private:
  World& world_;
  ProcessId process_;
  ClockPort clock_;
  NetworkPort network_;
  FilesPort files_;
  HostPort host_;
  ScopedStreams random_;
  EventsPort events_;
  WorkPort work_;
  DatabaseClient database_;
  ZooKeeperClient coordination_;
  Ports ports_;
};

World::World(const WorldOptions& options, const LatencyModel& latency, Resolver resolver, WorkCatalogue works)
    : kernel_(options.seed, options.start),
      trace_(kernel_),
      net_(kernel_, trace_, latency),
      resolver_([this, names = std::move(resolver)](std::string_view name, const std::string& zone) {
        for (const std::string& where : {zone, std::string()}) {
          const auto found = overrides_.find({std::string(name), where});
          if (found != overrides_.end()) return found->second;
        }
        return names(name, zone);
      }),
      works_(std::move(works)),
      view_(std::make_unique<View>(*this)) {
  if (options.trace) trace_.keep();
}

World::~World() {
  life_listener_ = nullptr;
  kernel_.settle();
  for (auto process = processes_.rbegin(); process != processes_.rend(); ++process) {
    if ((*process)->alive()) (*process)->kill();
  }
}

Machine& World::add_machine(MachineOptions options) {
  machines_.push_back(std::make_unique<Machine>(kernel_, trace_, std::move(options)));
  net_.add(*machines_.back());
  return *machines_.back();
}

Process& World::add_process(Machine& machine, ProcessOptions options, MakeProgram program) {
  MakePorts ports = [this](Process& process, TaskExecutor& executor) -> std::unique_ptr<ProcessPorts> {
    return std::make_unique<Adapters>(*this, process, executor);
  };
  processes_.push_back(
      std::make_unique<Process>(kernel_, trace_, machine, std::move(options), std::move(ports), std::move(program)));
  processes_.back()->on_life([this](Process& process, LifeChange change) {
    if (life_listener_) life_listener_(process, change);
  });
  return *processes_.back();
}

Process& World::add_database(Machine& machine, std::string name, DatabaseServerOptions options,
                             const std::vector<TableSpec>& tables, const std::vector<InitialRow>& rows) {
  const std::vector<Machine*> alone(1, &machine);
  return add_database(alone, name, std::move(options), tables, rows).process(0);
}

DatabaseCluster& World::add_database(const std::vector<Machine*>& machines, const std::string& name,
                                     DatabaseServerOptions options, const std::vector<TableSpec>& tables,
                                     const std::vector<InitialRow>& rows) {
  CF_ASSERT(database_ == nullptr && !machines.empty());
  options.purge_seed = kernel_.seed();
  std::vector<std::string> ips;
  for (const Machine* machine : machines) ips.push_back(machine->options().ip);
  database_ = std::make_unique<DatabaseCluster>(std::move(options), tables, rows, ips);
  for (std::size_t server = 0; server < machines.size(); ++server) {
    ProcessOptions process;
    process.name = server == 0 ? name : name + "-" + std::to_string(server + 1);
    process.role = "database";
    database_->seat(server, add_process(*machines[server], std::move(process), database_->program(server)));
  }
  return *database_;
}

DatabaseClient* World::database_client(const Process& process) const noexcept {
  const auto found = clients_.find(process.id());
  return found == clients_.end() ? nullptr : found->second;
}

ZooKeeperEnsemble& World::add_zookeeper(const std::vector<Machine*>& machines, const std::string& name,
                                        ZooKeeperOptions options) {
  CF_ASSERT(zookeeper_ == nullptr && !machines.empty());
  std::vector<ZooKeeperPeer> peers;
  for (const Machine* machine : machines) {
    peers.emplace_back(static_cast<std::int32_t>(peers.size() + 1), machine->options().ip);
  }
  zookeeper_ = std::make_unique<ZooKeeperEnsemble>(std::move(options), peers);
  for (const ZooKeeperPeer& peer : peers) {
    ProcessOptions process;
    process.name = name + "-" + std::to_string(peer.id);
    process.role = "zookeeper";
    Machine& machine = *machines[static_cast<std::size_t>(peer.id - 1)];
    zookeeper_->seat(peer.id, add_process(machine, std::move(process), zookeeper_->program(peer.id)));
  }
  return *zookeeper_;
}

void World::start_at(Process& process, TrueTime at) {
  starts_.push_back(std::make_unique<Start>(process));
  kernel_.at(*starts_.back(), at);
}

const StateView& World::view() const noexcept { return *view_; }

Machine* World::machine(std::string_view name) const noexcept {
  for (const auto& machine : machines_) {
    if (machine->name() == name) return machine.get();
  }
  return nullptr;
}

Process* World::process(std::string_view name) const noexcept {
  for (const auto& process : processes_) {
    if (process->name() == name) return process.get();
  }
  return nullptr;
}

void World::override_name(const std::string& name, const std::string& zone, std::optional<std::string> to) {
  overrides_[{name, zone}] = std::move(to);
}

void World::restore_name(const std::string& name, const std::string& zone) { overrides_.erase({name, zone}); }

}  // namespace chronofault::sim
