#include <algorithm>

#include <fmt/format.h>

#include <scenarios/run.hpp>
#include <scenarios/run/desk.hpp>

namespace chronofault::scenarios {

class ScenarioRun::Latency final : public sim::LatencyModel {
 public:
  explicit Latency(const Plan& plan) {
    for (const LinkPlan& link : plan.links) between_[{link.from, link.to}] = link.latency;
  }
  Duration draw(const sim::Machine& from, const sim::Machine& to, RandomStream& draws) const override {
    const auto found = between_.find({from.options().zone, to.options().zone});
    CF_ASSERT(found != between_.end());
    return found->second.draw(draws);
  }

 private:
  std::map<std::pair<std::string, std::string>, Distribution> between_;
};

namespace {

std::string ip_of(const Plan& plan, const std::string& process_or_ip) {
  for (const ProcessEntry& entry : plan.cluster.processes) {
    if (entry.name == process_or_ip) return entry.ip;
  }
  return process_or_ip;
}

sim::Resolver resolver_of(const Plan& plan) {
  std::map<std::string, std::map<std::string, std::string>, std::less<>> names;
  for (const auto& [name, zones] : plan.cluster.names) {
    for (const auto& [zone, target] : zones) names[name][zone] = ip_of(plan, target);
  }
  return [names = std::move(names)](std::string_view name, const std::string& zone) -> std::optional<std::string> {
    const auto found = names.find(name);
    if (found == names.end()) return std::nullopt;
    const auto there = found->second.find(zone);
    if (there == found->second.end()) return std::nullopt;
    return there->second;
  };
}

sim::WorkDeclaration declaration_of(const WorkPlan& plan) {
  sim::WorkDeclaration work;
  work.takes = [takes = plan.takes](RandomStream& draws) { return takes.draw(draws); };
  work.milli_cores = static_cast<int>(plan.cpu_milli);
  work.memory = plan.memory_bytes;
  work.fails_per_million = static_cast<int>(plan.fails_ppm);
  work.obeys_interrupt = plan.obeys_interrupt;
  for (const ThenPlan& then : plan.then) {
    sim::WorkDeclaration::Call call;
    call.verb = then.verb;
    call.argument = then.argument;
    call.takes = [takes = then.takes](RandomStream& draws) { return takes.draw(draws); };
    for (const std::int64_t item : then.items) call.items.push_back(static_cast<int>(item));
    work.then.push_back(std::move(call));
  }
  return work;
}

Standing standing_of(sim::LifeChange change) {
  switch (change) {
    case sim::LifeChange::started:
    case sim::LifeChange::resumed:
      return Standing::up;
    case sim::LifeChange::ended:
      return Standing::down;
    case sim::LifeChange::stopped:
      return Standing::still;
  }
  return Standing::up;
}

}  // namespace

ScenarioRun::ScenarioRun(const Plan& plan, RunOptions options) : plan_(plan), options_(options) {
  CF_ASSERT(plan_.target != nullptr);
  latency_ = std::make_unique<Latency>(plan_);
  for (const auto& [job, work] : plan_.work) work_[job] = declaration_of(work);
  sim::WorldOptions world;
  world.seed = plan_.seed;
  world.start = plan_.start;
  world.trace = options_.trace;
  world_ = std::make_unique<sim::World>(world, *latency_, resolver_of(plan_),
                                        [this](std::string_view job) -> const sim::WorkDeclaration* {
                                          const auto found = work_.find(job);
                                          return found == work_.end() ? nullptr : &found->second;
                                        });
  world_->kernel().keep_checkpoints(options_.checkpoint_interval);
  world_->on_life([this](sim::Process& process, sim::LifeChange change) { life_changed(process, change); });
  build_machines();
  deploy();
  seat_operator();
  attach();
}

ScenarioRun::~ScenarioRun() {
  // The world ends first: what it tells at its end, nobody needs to hear.
  injector_.reset();
  world_->on_life(nullptr);
  world_.reset();
}

void ScenarioRun::build_machines() {
  for (const HostPlan& host : plan_.hosts) {
    sim::MachineOptions machine;
    machine.name = host.name;
    machine.zone = host.zone;
    machine.ip = host.ip;
    machine.cores = static_cast<int>(std::max<std::int64_t>(1, (host.cores_milli + 999) / 1'000));
    machine.memory = host.memory_bytes;
    machine.disk = host.disk_bytes;
    machine.clock_offset = host.clock_offset;
    machine.time_zone = zones_.find(host.time_zone);
    CF_ASSERT(machine.time_zone != nullptr);
    sim::Machine& made = world_->add_machine(std::move(machine));
    if (host.drift_ppb != 0) made.clock().set_drift(host.drift_ppb / 1'000);
  }
}

void ScenarioRun::deploy() {
  const System& system = *plan_.target;
  if (plan_.database) deploy_database(*plan_.database);
  if (plan_.zookeeper) deploy_zookeeper(*plan_.zookeeper);
  std::map<std::string, const ProcessEntry*> entries;
  for (const ProcessEntry& entry : plan_.cluster.processes) entries[entry.name] = &entry;
  std::map<std::string, Duration> starts;
  for (const StartPlan& start : plan_.starts) starts[start.process] = start.after;
  for (ProcessSpec& spec : system.deploy(plan_.cluster)) {
    const ProcessEntry& entry = *entries.at(spec.name);
    sim::ProcessOptions options;
    options.name = spec.name;
    options.role = spec.role;
    sim::Process& process = world_->add_process(*world_->machine(entry.host), options, std::move(spec.make));
    world_->start_at(process, plan_.start + starts[spec.name]);
  }
}

void ScenarioRun::deploy_database(const DatabasePlan& plan) {
  sim::DatabaseServerOptions options;
  options.port = plan_.cluster.database.port;
  if (plan.dialect == "postgresql") {
    options.dialect = sim::Dialect::postgresql;
    options.max_connections = 100;
  }
  if (plan.replication == "semisync-after-commit") options.semi_sync = sim::SemiSync::after_commit;
  if (plan.replication == "semisync-after-sync") options.semi_sync = sim::SemiSync::after_sync;
  options.semi_sync_timeout = plan.semisync_timeout;
  if (plan.replication == "synchronous") {
    options.semi_sync = sim::SemiSync::after_sync;
    options.semi_sync_timeout.reset();
  }
  std::vector<sim::Machine*> machines{world_->machine(plan.host)};
  for (const DatabasePlan::Replica& replica : plan.replicas) machines.push_back(world_->machine(replica.host));
  const System& system = *plan_.target;
  sim::DatabaseCluster& cluster = world_->add_database(
      machines, plan.name, options, system.tables(plan_.cluster.profile), system.initial_rows(plan_.cluster));
  cluster.on_switch([this] { database_changed(); });
  for (std::size_t server = 0; server < cluster.size(); ++server) {
    cluster.conditions(server).replication_lag = plan.replication_lag;
    world_->start_at(cluster.process(server), plan_.start);
  }
}

void ScenarioRun::deploy_zookeeper(const ZookeeperPlan& plan) {
  sim::ZooKeeperOptions options;
  options.tick = plan.tick_time;
  options.init_limit_ticks = static_cast<int>(plan.init_limit);
  options.sync_limit_ticks = static_cast<int>(plan.sync_limit);
  options.min_session_timeout = plan.min_session_timeout;
  options.max_session_timeout = plan.max_session_timeout;
  options.log_flush = plan.fsync;
  options.order_seed = plan_.seed;
  std::vector<sim::Machine*> machines;
  for (const auto& server : plan.servers) machines.push_back(world_->machine(server.host));
  sim::ZooKeeperEnsemble& ensemble = world_->add_zookeeper(machines, "zookeeper", std::move(options));
  for (const sim::ZooKeeperPeer& peer : ensemble.peers()) world_->start_at(ensemble.process(peer.id), plan_.start);
}

// The operator sits on a machine of his own in the zone of the process through which he acts.
void ScenarioRun::seat_operator() {
  std::map<std::string, std::vector<ActionPlan>> by_zone;
  for (const ActionPlan& planned : plan_.actions) {
    std::string zone = plan_.zones.empty() ? std::string() : plan_.zones.front().name;
    for (const ProcessEntry& entry : plan_.cluster.processes) {
      if (entry.name == planned.action.via) zone = entry.zone;
    }
    by_zone[zone].push_back(planned);
  }
  int seats = 0;
  for (auto& [zone, actions] : by_zone) {
    ++seats;
    sim::MachineOptions machine;
    machine.name = seats == 1 ? "operator.host" : "operator-" + zone + ".host";
    machine.zone = zone;
    machine.ip = "10.255.255." + std::to_string(seats);
    machine.time_zone = zones_.find(plan_.cluster.zone_name);
    sim::Machine& desk_machine = world_->add_machine(std::move(machine));
    sim::ProcessOptions options;
    options.name = seats == 1 ? "operator" : "operator-" + zone;
    options.role = "operator";
    sim::Process& desk =
        world_->add_process(desk_machine, options, [this, planned = actions](Ports& ports) -> std::unique_ptr<Program> {
          // The book acts between steps.
          OperatorDesk::Told told = [this](const OperatorAction& action, const OperatorResult& result,
                                           RecordId record) {
            world_->kernel().agenda(world_->kernel().now(),
                                    [this, action, result, record] { watch_->operator_acted(action, result, record); });
          };
          return std::make_unique<OperatorDesk>(ports, *plan_.target, plan_.cluster, planned, plan_.start,
                                                std::move(told));
        });
    world_->start_at(desk, plan_.start);
  }
}

// Of what serves no scope, the database alone stalls all when it is away.
void ScenarioRun::life_changed(sim::Process& process, sim::LifeChange change) {
  if (watch_ == nullptr) return;
  const Standing standing = standing_of(change);
  watch_->process(process.name(), standing);
  if (world_->database() == nullptr || !world_->database()->server_in(process)) return;
  database_servers_[process.name()] = standing;
  database_changed();
}

void ScenarioRun::database_changed() {
  if (watch_ == nullptr) return;
  sim::DatabaseCluster& cluster = *world_->database();
  const bool away = database_servers_[cluster.process(cluster.serving()).name()] != Standing::up;
  if (away == database_away_) return;
  database_away_ = away;
  if (away) {
    watch_->block();
  } else {
    watch_->unblock();
  }
}

OwnershipView ScenarioRun::ownership_view() {
  const System& system = *plan_.target;
  OwnershipView view;
  view.owner = [this, &system](std::string_view scope) { return system.owner(scope, world_->view()); };
  const auto& rule = system.info().ownership_rule;
  if (!rule) return view;
  world_->net().watch_asks(rule->ask, [this](sim::ProcessId asker, sim::ProcessId asked, bool answered) {
    if (!answered) unanswered_[{asker, asked}] = world_->kernel().now();
  });
  view.may_move = [this, rule = *rule](const sim::DomainRecord& taken,
                                       const std::string& before) -> std::optional<std::string> {
    const sim::ProcessId* old_owner = world_->trace().find_process(before);
    const auto silent = old_owner == nullptr ? unanswered_.end() : unanswered_.find({taken.process, *old_owner});
    if (silent != unanswered_.end() && taken.at - silent->second <= rule.valid_for) return std::nullopt;
    return fmt::format("it left no {} unanswered in the {} before ({})", rule.ask, to_string(rule.valid_for),
                       rule.section);
  };
  return view;
}

void ScenarioRun::attach() {
  const System& system = *plan_.target;
  WatchOptions watch;
  watch.start = plan_.start;
  watch.zone = plan_.cluster.zone_name;
  watch.zones = [this](std::string_view name) { return zones_.find(name); };
  watch.message_zone = TimeZone("", plan_.utc_offset);
  watch.ownership = ownership_view();
  watch.process_of_member = [this](const std::string& member) {
    const sim::ProcessId process = world_->trace().process_at(member);
    return process == 0 ? member : world_->trace().processes()[process].name;
  };
  watch_ = std::make_unique<Watch>(Roster(system, plan_.cluster), watch, world_->trace(), world_->kernel());
  settle_ = default_settle(watch_->roster(), system.longest_loop(plan_.cluster.profile));
  if (plan_.settle) {
    settle_ = Bound();
    settle_.parts.push_back({"settle of the scenario", *plan_.settle});
  }

  faults::Directory directory;
  directory.system = [this, &system](const chronofault::Selector& selector) {
    return system.resolve(selector, world_->view());
  };
  directory.app = [this](const std::string& app) {
    std::vector<std::string> names;
    for (const ProcessEntry& entry : plan_.cluster.processes) {
      const auto found = entry.keys.find("app");
      if (found != entry.keys.end() && found->second == Value(app)) names.push_back(entry.name);
    }
    return names;
  };
  directory.zone = [this](std::string_view name) { return zones_.find(name); };
  directory.utc_offset = plan_.utc_offset;
  injector_ = std::make_unique<faults::Injector>(*world_, std::move(directory), plan_.faults);
  injector_->on_stall([this](bool begins) {
    if (begins) {
      watch_->block();
    } else {
      watch_->unblock();
    }
  });
}

bool ScenarioRun::stopped() const noexcept {
  return (options_.stop_at_step != 0 && world_->kernel().steps() >= options_.stop_at_step) ||
         (options_.stop_at && world_->kernel().now() >= *options_.stop_at);
}

void ScenarioRun::advance(sim::TrueTime until) {
  if (options_.stop_at) until = std::min(until, *options_.stop_at);
  sim::Kernel& kernel = world_->kernel();
  if (options_.stop_at_step != 0) {
    kernel.run_to_step(options_.stop_at_step, until);
  } else {
    kernel.run_until(until);
  }
}

void ScenarioRun::run() {
  watch_->begin();
  injector_->arm();
  advance(plan_.until);
  if (stopped()) return;
  injector_->heal_all();
  world_->kernel().settle();
  watch_->healed();
  healed_ = true;
  const sim::TrueTime last = plan_.until + settle_.total();
  while (!stopped() && watch_->open_before(plan_.until) > 0 && world_->kernel().now() < last) {
    advance(std::min(watch_->next_look(plan_.until), last));
  }
}

Verdict ScenarioRun::verdict() {
  Verdict verdict;
  sim::Kernel& kernel = world_->kernel();
  verdict.scenario = plan_.scenario;
  verdict.variant = plan_.variant;
  verdict.seed = plan_.seed;
  verdict.start = plan_.start;
  verdict.until = plan_.until;
  verdict.end = kernel.now();
  verdict.utc_offset = plan_.utc_offset;
  verdict.settle = settle_.total();
  verdict.steps = kernel.steps();
  verdict.digest = kernel.digest().value();
  verdict.domain_digest = world_->trace().domain_digest().value();
  verdict.properties = watch_->finish(std::min(plan_.until, kernel.now()));
  verdict.metrics.emplace_back("steps", static_cast<std::int64_t>(kernel.steps()));
  verdict.metrics.emplace_back("messages", static_cast<std::int64_t>(world_->net().messages()));
  verdict.metrics.emplace_back("faults struck", static_cast<std::int64_t>(std::count_if(
                                                    strikes().begin(), strikes().end(),
                                                    [](const faults::Strike& strike) { return !strike.missed; })));
  verdict.metrics.emplace_back("faults missed", static_cast<std::int64_t>(std::count_if(
                                                    strikes().begin(), strikes().end(),
                                                    [](const faults::Strike& strike) { return strike.missed; })));
  if (options_.trace) {
    TraceView view(world_->trace());
    view.role = [this](sim::ProcessId id) {
      return std::string(watch_->roster().role_of(world_->trace().processes()[id].name));
    };
    for (const PropertyResult& property : verdict.properties) {
      if (property.violations.empty()) continue;
      verdict.slices.emplace_back(property.name, causal_slice(view, property.violations.front()));
    }
  }
  return verdict;
}

bool meets(const std::vector<Expectation>& expected, const Verdict& verdict, std::vector<std::string>& reasons) {
  const std::size_t before = reasons.size();
  for (const Expectation& expectation : expected) {
    const PropertyResult* seen = verdict.find(expectation.property);
    const std::string name = expectation.property;
    if (seen == nullptr) {
      reasons.push_back(name + " was not watched");
    } else if (expectation.seeds == Seeds::all && seen->state != PropertyState::violated) {
      reasons.push_back(name + " was expected to be violated and is " + std::string(name_of(seen->state)));
    } else if (expectation.seeds == Seeds::none && seen->state != PropertyState::held) {
      reasons.push_back(name + " was expected to hold and is " + std::string(name_of(seen->state)));
    }
  }
  return reasons.size() == before;
}

}  // namespace chronofault::scenarios
