#include "zookeeper_world.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace chronofault::verify {

using nlohmann::json;

namespace {

constexpr sim::TrueTime beginning = sim::TrueTime::from_us(1'645'671'600'000'000);

sim::ZooKeeperOptions server_options(const json& settings, bool container_kind) {
  sim::ZooKeeperOptions options;
  options.tick = Duration::ms(settings.at("tickTime").get<std::int64_t>());
  options.min_session_timeout = Duration::ms(settings.at("minSessionTimeout").get<std::int64_t>());
  options.max_session_timeout = Duration::ms(settings.at("maxSessionTimeout").get<std::int64_t>());
  options.init_limit_ticks = settings.value("initLimit", options.init_limit_ticks);
  options.sync_limit_ticks = settings.value("syncLimit", options.sync_limit_ticks);
  // As the recorders set it on the servers' command lines.
  options.container_check = container_kind ? Duration::ms(300) : Duration::ms(2'000'000'000);
  if (container_kind) options.container_per_minute_max = 60'000;
  options.extended_types = container_kind;
  options.order_seed = settings.value("orderSeed", options.order_seed);
  const bool legal = options.tick > Duration() && *options.min_session_timeout > Duration() &&
                     *options.max_session_timeout >= *options.min_session_timeout && options.init_limit_ticks > 0 &&
                     options.sync_limit_ticks > 0;
  if (!legal) throw std::out_of_range("server settings that no server has");
  return options;
}

}  // namespace

ZooKeeperWorld::ZooKeeperWorld(const json& settings, bool container_kind, int servers)
    : world_(Player::world(beginning)) {
  std::vector<sim::ZooKeeperPeer> peers;
  for (int id = 1; id <= servers; ++id) peers.emplace_back(id, "10.0.0." + std::to_string(id));
  ensemble_ = std::make_unique<sim::ZooKeeperEnsemble>(server_options(settings, container_kind), std::move(peers));
  const auto machine = [this](const std::string& name, const std::string& ip) -> sim::Machine& {
    sim::MachineOptions options;
    options.name = name + ".host";
    options.ip = ip;
    return world_->add_machine(std::move(options));
  };
  for (const sim::ZooKeeperPeer& peer : ensemble_->peers()) {
    sim::ProcessOptions options;
    options.name = "zk-" + std::to_string(peer.id);
    sim::Machine& host = machine(options.name, peer.ip);
    ensemble_->seat(peer.id, world_->add_process(host, std::move(options), ensemble_->program(peer.id)));
    if (servers == 1) world_->start_at(ensemble_->process(peer.id), beginning);
  }
  player_.seat(*world_, machine("recorder", "10.0.0.100"), "recorder");
}

Address ZooKeeperWorld::address(std::int32_t id) const {
  return Address(ensemble_->peers().at(static_cast<std::size_t>(id - 1)).ip, 2181);
}

bool ZooKeeperWorld::play(Main main, Duration at_most) { return player_.play(*world_, std::move(main), at_most); }

}  // namespace chronofault::verify
