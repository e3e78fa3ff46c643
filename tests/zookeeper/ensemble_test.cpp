// Three and five servers under crashes, pauses and cuts. Each test is a story.
#include "zoo.hpp"

namespace {

using namespace zoo;
using sim::ServerState;

// One operation a second until the test ends; notes what changes.
struct Writer {
  static Task<> run(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    std::string before;
    for (int i = 0;; ++i) {
      const std::string path = "/n" + std::to_string(i);
      std::string seen = co_await outcome(handle, zk::Request(Op::create(path, "", CreateMode::ephemeral)));
      seen = seen.substr(0, seen.find(' '));
      if (seen != before) zoo->say(seen);
      before = seen;
      co_await ports->clock.sleep_for(1_s);
    }
  }
};

Story writer(Zoo& zoo) {
  return [&zoo](Ports* ports, zk::Handle* handle) { return Writer::run(ports, handle, &zoo); };
}

std::vector<std::int32_t> serving(Zoo& zoo) {
  std::vector<std::int32_t> ids;
  for (const sim::ZooKeeperPeer& peer : zoo.ensemble.peers()) {
    if (zoo.ensemble.server(peer.id) != nullptr && zoo.up(peer.id).serving()) ids.push_back(peer.id);
  }
  return ids;
}

TEST_CASE("an ensemble elects the highest id and serves within a second", "[zookeeper:8]") {
  const int servers = GENERATE(3, 5);
  Zoo zoo(servers);
  zoo.cluster.run_until(1_s);
  CHECK(zoo.ensemble.leader() == servers);
  CHECK(serving(zoo).size() == static_cast<std::size_t>(servers));
  CHECK(zoo.up(servers).tree().last_zxid() == sim::make_zxid(1, 0));
}

TEST_CASE("the leader dies: another leads, sessions and ephemerals live on", "[zookeeper:8][zookeeper:4]") {
  Zoo zoo(3);
  add_client(zoo, "app", ClientOptions(), writer(zoo));
  zoo.cluster.run_until(10_s);
  const std::size_t nodes = zoo.up(3).tree().size();
  zoo.kill(3);
  zoo.cluster.run_until(20_s);
  CHECK(zoo.ensemble.leader() == 2);
  CHECK(zoo.up(2).tree().size() > nodes);
  CHECK(zoo.up(2).tree().sessions().size() == 1);
  zoo.start(3);
  zoo.cluster.run_until(25_s);
  CHECK(zoo.ensemble.leader() == 2);  // a late server joins, whatever its id
  CHECK(serving(zoo) == std::vector<std::int32_t>{1, 2, 3});
  CHECK(zoo.up(3).tree().size() == zoo.up(2).tree().size());
}

TEST_CASE("without a quorum nobody serves, and no session expires", "[zookeeper:8]") {
  Zoo zoo(3);
  ClientOptions options;
  options.timeout = 4_s;
  add_client(zoo, "app", options, writer(zoo));
  zoo.cluster.run_until(5_s);
  const std::size_t nodes = zoo.up(1).tree().size();
  zoo.kill(2);
  zoo.kill(3);
  zoo.cluster.run_until(60_s);
  CHECK(serving(zoo).empty());
  CHECK(zoo.said.back().ends_with("CONNECTIONLOSS"));
  zoo.start(2);
  zoo.cluster.run_until(125_s);  // the lonely one tells its vote again after at most a minute
  CHECK(zoo.ensemble.leader() == 2);
  CHECK(zoo.up(2).tree().size() > nodes);  // the same session's nodes, and more
  CHECK(zoo.up(2).tree().sessions().size() == 1);
  CHECK(zoo.said.back().ends_with("OK"));
}

TEST_CASE("a leader that is cut off serves stale reads until it notices; the others elect", "[zookeeper:8]") {
  Zoo zoo(3);
  TestRule rule;
  bool cut = false;
  rule.cut = [&](const sim::Machine& a, const sim::Machine& b) {
    return cut && (&a == &zoo.host(3)) != (&b == &zoo.host(3)) && a.name().starts_with("zk") &&
           b.name().starts_with("zk");
  };
  zoo.cluster.net.install(rule);
  zoo.cluster.run_until(2_s);
  zoo.cluster.at(2_s, [&] { cut = true; });
  zoo.cluster.run_until(8_s);
  CHECK(zoo.up(3).serving());
  zoo.cluster.run_until(20_s);
  CHECK_FALSE(zoo.up(3).serving());
  CHECK(zoo.ensemble.leader() == 2);
  cut = false;
  zoo.cluster.run_until(120_s);
  CHECK(zoo.up(3).state() == ServerState::following);
  zoo.cluster.net.uninstall(rule);
}

struct Races {
  // Writes through one server, reads through another that lags, then syncs.
  static Task<> read_behind(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    co_await ports->clock.sleep_for(7_s - zoo->cluster.now());
    const std::string stale = co_await outcome(handle, zk::Request(Op::get_data("/x")));
    co_await handle->sync("/x");
    const std::string fresh = co_await outcome(handle, zk::Request(Op::get_data("/x")));
    zoo->note(stale + ", then " + fresh);
  }
  static Task<> write(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    co_await ports->clock.sleep_for(4_s - zoo->cluster.now());  // what is asked before a server serves, fails
    co_await handle->create("/x", "old", CreateMode::persistent);
    co_await ports->clock.sleep_for(6_s - zoo->cluster.now());
    co_await handle->set_data("/x", "new", -1);
  }
};

TEST_CASE("a lagging follower serves what it has; sync catches up", "[zookeeper:8][zookeeper:9]") {
  Zoo zoo(3);
  TestRule rule;
  rule.change = [&](const sim::Envelope& envelope, sim::Fate& fate) {
    const bool lagging = envelope.to_machine == &zoo.host(1) && zoo.cluster.now() > 5_s && envelope.kind != "ZkRequest";
    if (lagging) fate.extra = 1500_ms;
  };
  zoo.cluster.net.install(rule);
  ClientOptions to_leader;
  to_leader.servers = "10.0.0.3";
  ClientOptions to_follower;
  to_follower.servers = "10.0.0.1";
  add_client(zoo, "writer", to_leader, [&](Ports* p, zk::Handle* h) { return Races::write(p, h, &zoo); });
  add_client(zoo, "reader", to_follower, [&](Ports* p, zk::Handle* h) { return Races::read_behind(p, h, &zoo); });
  zoo.cluster.run_until(12_s);
  zoo.cluster.net.uninstall(rule);
  CHECK(zoo.said == Lines{"OK old, then OK new"});
}

TEST_CASE("a power loss keeps what was acknowledged", "[zookeeper:8]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), writer(zoo));
  zoo.cluster.run_until(5_s);
  const std::size_t nodes = zoo.up(1).tree().size();
  zoo.kill(1);
  zoo.start(1);
  CHECK(zoo.up(1).tree().size() == nodes);
}

TEST_CASE("slow flushes delay writes, and nothing else", "[zookeeper:9]") {
  Zoo zoo(1);
  zoo.ensemble.conditions(1).log_flush_extra = 3_s;
  ClientOptions options;
  options.timeout = 12_s;
  options.default_watcher = std::make_shared<Noter>(&zoo, "state");
  add_client(zoo, "app", options, writer(zoo));
  zoo.cluster.run_until(30_s);
  CHECK(zoo.said == Lines{"state: SyncConnected", zoo.said.back()});
  CHECK(zoo.said.back().ends_with("OK"));
}

TEST_CASE("a follower far behind is copied, one ahead is cut", "[zookeeper:8]") {
  sim::ZooKeeperOptions options;
  options.committed_log_max = 5;
  Zoo zoo(3, options);
  add_client(zoo, "app", ClientOptions(), writer(zoo));
  zoo.cluster.run_until(3_s);
  zoo.kill(1);
  zoo.cluster.run_until(20_s);
  zoo.start(1);
  zoo.cluster.run_until(22'500_ms);
  CHECK(zoo.up(1).serving());
  CHECK(zoo.up(1).tree().size() == zoo.up(3).tree().size());
  CHECK(zoo.up(1).tree().last_zxid() == zoo.up(3).tree().last_zxid());
}

}  // namespace
