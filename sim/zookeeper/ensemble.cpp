#include <sim/zookeeper/ensemble.hpp>

namespace chronofault::sim {

ZooKeeperEnsemble::ZooKeeperEnsemble(ZooKeeperOptions common, std::vector<ZooKeeperPeer> peers)
    : options_(std::move(common)) {
  CF_ASSERT(!peers.empty());
  options_.ensemble = std::move(peers);
  for (const ZooKeeperPeer& peer : options_.ensemble) seats_.try_emplace(peer.id);
}

MakeProgram ZooKeeperEnsemble::program(std::int32_t id) {
  return [this, id](Ports& ports) -> std::unique_ptr<Program> {
    ZooKeeperOptions own = options_;
    own.id = id;
    Seat& seat = seats_.at(id);
    return std::make_unique<ZooKeeperServer>(ports, seat.storage, seat.conditions, homes_, std::move(own));
  };
}

std::string ZooKeeperEnsemble::connect_string() const {
  std::string text;
  for (const ZooKeeperPeer& peer : options_.ensemble) {
    if (!text.empty()) text += ',';
    text += peer.ip + ':' + std::to_string(options_.client_port);
  }
  return text;
}

ZooKeeperServer* ZooKeeperEnsemble::server(std::int32_t id) const noexcept {
  const auto seat = seats_.find(id);
  if (seat == seats_.end() || seat->second.process == nullptr) return nullptr;
  return static_cast<ZooKeeperServer*>(seat->second.process->program());
}

std::int32_t ZooKeeperEnsemble::leader() const noexcept {
  std::int32_t leader = 0;
  std::int64_t epoch = -1;
  for (const auto& [id, seat] : seats_) {
    const ZooKeeperServer* one = server(id);
    if (one == nullptr || seat.process->paused() || !one->serving()) continue;
    const bool leads = one->state() == ServerState::leading || one->state() == ServerState::standalone;
    if (!leads || seat.storage.current_epoch <= epoch) continue;
    leader = id;
    epoch = seat.storage.current_epoch;
  }
  return leader;
}

std::size_t ZooKeeperEnsemble::expire_sessions_from(std::string_view ip) {
  ZooKeeperServer* const decides = server(leader());
  if (decides == nullptr) return 0;
  std::vector<zk::SessionId> meant;
  for (const auto& [session, home] : homes_) {
    if (home == ip) meant.push_back(session);
  }
  std::size_t count = 0;
  for (const zk::SessionId session : meant) count += decides->expire_session(session) ? 1 : 0;
  return count;
}

}  // namespace chronofault::sim
