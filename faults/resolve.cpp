#include <algorithm>

#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

using Kind = Selector::Kind;
using Processes = std::vector<sim::Process*>;

template <class Match>
Processes select(sim::World& world, Match match) {
  Processes found;
  for (const auto& process : world.processes()) {
    if (match(*process)) found.push_back(process.get());
  }
  return found;
}

Processes named(sim::World& world, const std::vector<std::string>& names) {
  return select(world, [&](const sim::Process& process) {
    return std::find(names.begin(), names.end(), process.name()) != names.end();
  });
}

/// "leader", "follower" (all that serve and do not lead), or the number of a server.
Processes zookeeper_servers(sim::World& world, const std::string& which) {
  Processes found;
  sim::ZooKeeperEnsemble* const ensemble = world.zookeeper();
  if (ensemble == nullptr) return found;
  const std::int32_t leader = ensemble->leader();
  for (const sim::ZooKeeperPeer& peer : ensemble->peers()) {
    const sim::ZooKeeperServer* const server = ensemble->server(peer.id);
    const bool follows = peer.id != leader && server != nullptr && server->serving();
    const bool meant = which == "leader"     ? peer.id == leader
                       : which == "follower" ? follows
                                             : which == std::to_string(peer.id);
    if (meant) found.push_back(&ensemble->process(peer.id));
  }
  return found;
}

/// "primary", "replica" (all servers but that one), or the number of a server.
Processes database_servers(sim::World& world, const std::string& which) {
  Processes found;
  const sim::DatabaseCluster* const cluster = world.database();
  for (std::size_t server = 0; cluster != nullptr && server < cluster->size(); ++server) {
    const bool primary = server == cluster->primary();
    const bool meant = which == "primary"   ? primary
                       : which == "replica" ? !primary
                                            : which == std::to_string(server + 1);
    if (meant) found.push_back(&cluster->process(server));
  }
  return found;
}

}  // namespace

std::vector<const Selector*> flatten(const Selector& selector, RandomStream& draws) {
  std::vector<const Selector*> parts;
  for (const Selector& part : selector.parts) parts.push_back(&part);
  switch (selector.kind) {
    case Kind::all:
      return parts;
    case Kind::one_of:
      if (parts.empty()) return {};
      return {parts[static_cast<std::size_t>(draws.below(parts.size()))]};
    case Kind::any_two_of:
      draws.shuffle(std::span<const Selector*>(parts));
      parts.resize(std::min<std::size_t>(parts.size(), 2));
      return parts;
    default:
      return {&selector};
  }
}

Processes resolve_processes(const Selector& selector, sim::World& world, const Directory& directory,
                            RandomStream& draws) {
  switch (selector.kind) {
    case Kind::name: {
      if (sim::Process* process = world.process(selector.text)) return {process};
      sim::Machine* machine = world.machine(selector.text);
      return machine != nullptr ? machine->processes() : Processes();
    }
    case Kind::process:
      return named(world, {selector.text});
    case Kind::host: {
      sim::Machine* machine = world.machine(selector.text);
      return machine != nullptr ? machine->processes() : Processes();
    }
    case Kind::zone:
      return select(world, [&](const sim::Process& p) { return p.machine().options().zone == selector.text; });
    case Kind::role:
      return select(world, [&](const sim::Process& p) { return p.role() == selector.text; });
    case Kind::app:
      return directory.app ? named(world, directory.app(selector.text)) : Processes();
    case Kind::database:
      return database_servers(world, selector.text);
    case Kind::zookeeper:
      return zookeeper_servers(world, selector.text);
    case Kind::system: {
      chronofault::Selector own;
      own.key = selector.key;
      own.argument = selector.text;
      return directory.system ? named(world, directory.system(own)) : Processes();
    }
    case Kind::pool:
      return selector.parts.empty() ? Processes() : resolve_processes(selector.parts[0], world, directory, draws);
    case Kind::one_of:
    case Kind::any_two_of:
    case Kind::all: {
      // A single part that means several is what is drawn from; otherwise the parts themselves are.
      Processes candidates;
      if (selector.parts.size() == 1) {
        candidates = resolve_processes(selector.parts[0], world, directory, draws);
        if (selector.kind != Kind::all) {
          draws.shuffle(std::span<sim::Process*>(candidates));
          candidates.resize(std::min<std::size_t>(candidates.size(), selector.kind == Kind::one_of ? 1 : 2));
        }
        return candidates;
      }
      for (const Selector* part : flatten(selector, draws)) {
        for (sim::Process* process : resolve_processes(*part, world, directory, draws)) {
          if (std::find(candidates.begin(), candidates.end(), process) == candidates.end()) {
            candidates.push_back(process);
          }
        }
      }
      return candidates;
    }
    case Kind::message:
    case Kind::table:
      return {};
  }
  return {};
}

std::vector<sim::Machine*> resolve_machines(const Selector& selector, sim::World& world, const Directory& directory,
                                            RandomStream& draws) {
  if (selector.kind == Kind::name || selector.kind == Kind::host) {
    if (sim::Machine* machine = world.machine(selector.text)) return {machine};
  }
  if (selector.kind == Kind::zone) {
    std::vector<sim::Machine*> found;
    for (const auto& machine : world.machines()) {
      if (machine->options().zone == selector.text) found.push_back(machine.get());
    }
    return found;
  }
  std::vector<sim::Machine*> machines;
  for (sim::Process* process : resolve_processes(selector, world, directory, draws)) {
    if (std::find(machines.begin(), machines.end(), &process->machine()) == machines.end()) {
      machines.push_back(&process->machine());
    }
  }
  return machines;
}

bool means(const Selector& selector, const sim::Process& process, sim::World& world, const Directory& directory,
           RandomStream& draws) {
  const Processes meant = resolve_processes(selector, world, directory, draws);
  return std::find(meant.begin(), meant.end(), &process) != meant.end();
}

}  // namespace chronofault::faults
