#include <algorithm>

#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

class SlowFsync final : public Effect {
 public:
  SlowFsync(std::vector<sim::ZooKeeperConditions*> servers, Duration by) : servers_(std::move(servers)), by_(by) {
    for (sim::ZooKeeperConditions* server : servers_) server->log_flush_extra += by_;
  }
  void heal(RecordId) override {
    for (sim::ZooKeeperConditions* server : servers_) server->log_flush_extra -= by_;
  }

 private:
  std::vector<sim::ZooKeeperConditions*> servers_;
  Duration by_;
};

std::unique_ptr<Effect> slow_down(Strikeable& strike, sim::ZooKeeperEnsemble& ensemble) {
  const std::vector<sim::Process*> meant =
      resolve_processes(*strike.action.target, strike.world, strike.directory, strike.draws);
  std::vector<sim::ZooKeeperConditions*> servers;
  for (const sim::ZooKeeperPeer& peer : ensemble.peers()) {
    sim::Process* const process = &ensemble.process(peer.id);
    if (std::find(meant.begin(), meant.end(), process) == meant.end()) continue;
    servers.push_back(&ensemble.conditions(peer.id));
    strike.targets.push_back(process->name());
  }
  if (servers.empty()) return nullptr;
  return std::make_unique<SlowFsync>(std::move(servers), strike.action.duration("by"));
}

std::unique_ptr<Effect> expire(Strikeable& strike, sim::ZooKeeperEnsemble& ensemble) {
  for (const sim::Machine* machine :
       resolve_machines(*strike.action.target, strike.world, strike.directory, strike.draws)) {
    if (ensemble.expire_sessions_from(machine->options().ip) > 0) strike.targets.push_back(machine->name());
  }
  if (strike.targets.empty()) return nullptr;
  return std::make_unique<Happened>();
}

}  // namespace

std::unique_ptr<Effect> zookeeper_effect(Strikeable& strike) {
  sim::ZooKeeperEnsemble* const ensemble = strike.world.zookeeper();
  if (ensemble == nullptr) return nullptr;
  if (strike.action.kind == FaultKind::slow_fsync) return slow_down(strike, *ensemble);
  CF_ASSERT(strike.action.kind == FaultKind::expire_session);
  return expire(strike, *ensemble);
}

}  // namespace chronofault::faults
