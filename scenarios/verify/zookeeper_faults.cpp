// What happens to servers in a trace of three of them.
#include <algorithm>

#include <ports/task/race.hpp>

#include "zookeeper_runner.hpp"

namespace chronofault::verify {

using nlohmann::json;
using sim::ServerState;

bool ZooKeeperRunner::up(std::int32_t server) const {
  const sim::Process& process = world_.ensemble().process(server);
  return process.alive() && !process.paused();
}

bool ZooKeeperRunner::reachable(const HandSession& session) const {
  return session.connection != nullptr && !world_.ensemble().process(at_.at(session.name)).paused();
}

// Every running server serves if they are a majority, and none does otherwise.
bool ZooKeeperRunner::settled() const {
  std::size_t running = 0;
  std::size_t serving = 0;
  std::size_t leading = 0;
  for (const sim::ZooKeeperPeer& peer : world_.ensemble().peers()) {
    if (!up(peer.id)) continue;
    ++running;
    const sim::ZooKeeperServer* server = world_.ensemble().server(peer.id);
    serving += server->serving() ? 1u : 0u;
    leading += server->serving() && server->state() == ServerState::leading ? 1u : 0u;
  }
  if (running < 2) return serving == 0;
  return serving == running && leading == 1;
}

Task<> ZooKeeperRunner::settle(bool catch_up) {
  while (!settled()) co_await ports_->clock.sleep_for(Duration::ms(50));
  if (!catch_up || world_.ensemble().leader() == 0) co_return;
  const auto behind = [this] {
    return std::any_of(world_.ensemble().peers().begin(), world_.ensemble().peers().end(), [this](const auto& peer) {
      return up(peer.id) && world_.ensemble().server(peer.id)->tree().last_zxid() < top_;
    });
  };
  while (behind()) co_await ports_->clock.sleep_for(Duration::ms(50));
}

Task<> ZooKeeperRunner::prepare() { co_await lead(trace_.at("leader").get<std::int32_t>()); }

// With equal logs the highest id wins. Server 1 leads if it has what 3 lacks while 2 is down.
Task<> ZooKeeperRunner::lead(std::int32_t wanted) {
  if (wanted < 1 || wanted > 3) throw std::out_of_range("no such server");
  const std::vector<std::int32_t> first =
      wanted == 3 ? std::vector<std::int32_t>{1, 2, 3} : std::vector<std::int32_t>{1, 2};
  for (const std::int32_t server : first) world_.start(server);
  co_await ports_->clock.sleep_for(Duration::ms(300));
  co_await settle(false);
  if (wanted == 1) {
    HandSession probe("probe");
    co_await probe.open(&ports_->network, world_.address(2), 60'000);
    const std::int32_t xid = probe.submit(zk::Op(zk::OpCode::close_session));
    co_await probe.reply(xid);
    co_await ports_->clock.sleep_for(Duration::ms(300));
    world_.kill(2);
    world_.start(3);
    co_await ports_->clock.sleep_for(Duration::ms(300));
    co_await settle(false);
    world_.start(2);
  } else if (wanted == 2) {
    world_.start(3);
  }
  co_await ports_->clock.sleep_for(Duration::ms(300));
  co_await settle(false);
  CF_ASSERT(world_.ensemble().leader() == wanted);
}

Task<json> ZooKeeperRunner::fault(const json* step) {
  const std::string op = step->at("op").get<std::string>();
  const std::int32_t server = step->at("server").get<std::int32_t>();
  if (op == "kill") world_.kill(server);
  if (op == "start") world_.start(server);
  if (op == "pause") world_.pause(server);
  if (op == "resume") world_.resume(server);
  leader_known_ = false;
  co_await ports_->clock.sleep_for(Duration::ms(50));
  json out{{"err", "OK"}};
  if (!step->value("wait", true)) co_return out;
  co_await ports_->clock.sleep_for(Duration::ms(300));
  co_await settle(true);
  const std::int32_t leader = world_.ensemble().leader();
  leader_known_ = leader != 0;
  out["leader"] = leader == 0 ? json() : json(leader);
  json closed = json::array();
  for (const std::string& name : order_) {
    HandSession* session = sessions_[name].get();
    if (!reachable(*session)) continue;
    if (co_await closed_by_server(session)) {
      session->cut();
      closed.push_back(name);
    }
    collect(*session);
  }
  out["closed"] = std::move(closed);
  co_return out;
}

Task<bool> ZooKeeperRunner::closed_by_server(HandSession* session) {
  try {
    co_await session->ping();
  } catch (const Closed&) {
    co_return true;
  }
  co_return false;
}

Task<json> ZooKeeperRunner::send_only(HandSession* session, const json* step) {
  session->submit(op_of(step->at("request")));
  co_await ports_->clock.sleep_for(Duration::ms(step->value("wait_ms", 0)));
  co_return json{{"err", "OK"}};
}

}  // namespace chronofault::verify
