// A replica takes the primary's place (database 5.3). What it has not received is lost, although it was acknowledged.
//
//   now                    the replica is promoted; with fencing `before` the old primary is killed first
//   after switch_delay     clients' new connections lead to the new primary; with fencing `late` the old one is killed
//   with fencing `never`   connections that are open go on to the old primary, which commits what reaches it
// Healed, the old primary comes back as a replica; what only it had is discarded.
#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

void restart(sim::World& world, sim::Process& process, RecordId cause) {
  process.request_kill(sim::Ending::crash, cause);
  world.kernel().agenda(world.kernel().now(), [&process, cause] { process.start(cause); });
}

class OldPrimaryReturns final : public Effect {
 public:
  OldPrimaryReturns(sim::World& world, std::size_t server, bool stays_down)
      : world_(world), server_(server), stays_down_(stays_down) {}
  void heal(RecordId cause) override {
    sim::DatabaseCluster& cluster = *world_.database();
    sim::Process& process = cluster.process(server_);
    if (stays_down_) return;
    if (!process.alive()) {
      process.start(cause);
    } else if (cluster.primary() != server_ && !cluster.running(server_)->replica()) {
      restart(world_, process, cause);
    }
  }

 private:
  sim::World& world_;
  std::size_t server_;
  bool stays_down_;
};

std::optional<std::size_t> successor(Strikeable& strike, const sim::DatabaseCluster& cluster) {
  if (!strike.action.target) return cluster.candidate();
  for (const std::size_t server : database_servers(strike, cluster)) {
    const sim::DatabaseServer* const running = cluster.running(server);
    if (running != nullptr && running->replica()) return server;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Effect> failover_effect(Strikeable& strike, sim::DatabaseCluster& cluster) {
  const std::optional<std::size_t> chosen = successor(strike, cluster);
  if (!chosen) return nullptr;
  const Action& action = strike.action;
  const std::size_t old = cluster.primary();
  sim::Process* const fenced = &cluster.process(old);
  sim::World& world = strike.world;
  const RecordId cause = strike.record;
  strike.targets.push_back(cluster.process(*chosen).name());

  const std::string& fencing = action.text("fencing");
  if (fencing == "before") fenced->request_kill(sim::Ending::crash, cause);
  for (sim::Process* const ahead : cluster.promote(*chosen)) restart(world, *ahead, cause);
  const bool late = fencing == "late";
  const std::uint32_t life = fenced->life();
  world.kernel().agenda(world.kernel().now() + action.duration("switch_delay"), [&cluster, fenced, late, life, cause] {
    cluster.switch_clients();
    if (late && fenced->life() == life) fenced->request_kill(sim::Ending::crash, cause);
  });
  return std::make_unique<OldPrimaryReturns>(world, old, action.flag("stays_down"));
}

}  // namespace chronofault::faults
