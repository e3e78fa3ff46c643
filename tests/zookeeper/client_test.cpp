// The client library's timing and bookkeeping, on one server.
#include <sim/zookeeper/server_list.hpp>

#include "zoo.hpp"

namespace {

using namespace zoo;

struct Stories {
  static Task<> hello(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    const std::string path = co_await handle->create("/a", "x", CreateMode::persistent);
    zoo->note(path);
    const zk::Handle::Node node = co_await handle->get_data("/a", nullptr);
    zoo->note(*node.data + " v" + std::to_string(node.stat.version));
    try {
      co_await handle->del("/b", -1);
    } catch (const zk::NoNode& error) {
      zoo->note("no " + error.path);
    }
    try {
      co_await handle->create("a", "", CreateMode::persistent);
    } catch (const zk::IllegalArgument&) {
      zoo->note("illegal");
    }
    zk::Request sequential(Op::create("/a/q-", "", CreateMode::ephemeral_sequential));
    const std::string numbered = co_await outcome(handle, std::move(sequential));
    zoo->note(numbered);
    static_cast<void>(ports);
    co_await handle->close();
    zoo->note(handle->state() == zk::HandleState::closed ? "closed" : "open");
    const std::string late = co_await outcome(handle, zk::Request(Op::exists("/a")));
    zoo->note(late);
  }

  static Task<> watch(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    auto watcher = std::make_shared<Noter>(zoo, "w");
    co_await handle->exists("/a", watcher);
    co_await handle->get_children("/", watcher);
    co_await handle->create("/a", "", CreateMode::persistent);
    zoo->note("created");
    co_await handle->add_watch("/a", watcher, zk::AddWatchMode::persistent_recursive);
    co_await handle->create("/a/b", "", CreateMode::persistent);
    co_await handle->set_data("/a/b", "1", -1);
    co_await handle->del("/a/b", -1);
    zk::Request remove(Op::remove_watches("/a", zk::WatcherType::any));
    const std::string removed = co_await outcome(handle, std::move(remove));
    zoo->note(removed);
    co_await handle->set_data("/a", "1", -1);
    co_await ports->clock.sleep_for(10_ms);
  }

  static Task<> background(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    auto watcher = std::make_shared<Noter>(zoo, "w");
    co_await handle->exists("/a", watcher);
    const auto told = [zoo](zk::Result result) { return note_result(zoo, std::move(result)); };
    handle->submit(zk::Request(Op::create("/a", "x", CreateMode::persistent)), told);
    handle->submit(zk::Request(Op::get_data("/a")), told);
    const std::string last = co_await outcome(handle, zk::Request(Op::get_data("/a")));
    zoo->note("awaited " + last);
    co_await ports->clock.sleep_for(10_ms);
  }
  static Task<> note_result(Zoo* zoo, zk::Result result) {
    zoo->note("told " + std::string(name_of(result.op)) + " " + std::string(name_of(result.error)));
    co_return;
  }

  static Task<> in_chroot(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    auto watcher = std::make_shared<Noter>(zoo, "w");
    zk::Request look(Op::exists("/x"), watcher);
    const std::string before = co_await outcome(handle, std::move(look));
    zoo->note(before);
    std::vector<Op> members{Op::create("/", "", CreateMode::persistent), Op::create("/x", "", CreateMode::ephemeral)};
    const std::vector<zk::Result> made = co_await handle->multi(std::move(members));
    zoo->note(made.at(0).path + " " + made.at(1).path);
    const std::vector<std::string> names = co_await handle->get_children("/", nullptr);
    zoo->note(names.at(0));
    const zk::Result own = co_await handle->execute(zk::Request(Op::get_ephemerals()));
    zoo->note(own.names.at(0));
    co_await ports->clock.sleep_for(10_ms);
  }

  // The watcher is removed at the client; the server's entry stays for others.
  static Task<> remove_one(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    auto first = std::make_shared<Noter>(zoo, "1");
    auto second = std::make_shared<Noter>(zoo, "2");
    co_await handle->get_data("/", first);
    co_await handle->get_data("/", second);
    zk::Request remove(Op::remove_watches("/", zk::WatcherType::data), first);
    const std::string removed = co_await outcome(handle, std::move(remove));
    zoo->note(removed);
    zk::Request again(Op::remove_watches("/", zk::WatcherType::data), first);
    const std::string nothing = co_await outcome(handle, std::move(again));
    zoo->note(nothing);
    co_await handle->set_data("/", "", -1);
    co_await ports->clock.sleep_for(10_ms);
  }

  // The library's own death: no word to the server.
  static Task<> inject(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    co_await handle->create("/e", "", CreateMode::ephemeral);
    handle->inject_session_expiration();
    const std::string late = co_await outcome(handle, zk::Request(Op::exists("/e")));
    zoo->note(late);
    co_await ports->clock.sleep_for(10_ms);
  }

  static Task<> idle(Ports*, zk::Handle*) { co_return; }

  static Task<> lose(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    co_await handle->create("/e", "", CreateMode::ephemeral);
    co_await ports->clock.sleep_for(5_s);
    for (;;) {
      const std::string seen = co_await outcome(handle, zk::Request(Op::exists("/e")));
      zoo->say(seen);
      if (seen == "SESSIONEXPIRED") co_return;
      co_await ports->clock.sleep_for(2_s);
    }
  }
};

Story story(Task<> (*act)(Ports*, zk::Handle*, Zoo*), Zoo& zoo) {
  return [act, &zoo](Ports* ports, zk::Handle* handle) { return act(ports, handle, &zoo); };
}

TEST_CASE("operations, their errors, and close", "[zookeeper:3][zookeeper:7]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), story(Stories::hello, zoo));
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"/a", "x v0", "no /b", "illegal", "OK /a/q-0000000000", "closed", "SESSIONEXPIRED"});
  CHECK(zoo.up(1).tree().find("/a/q-0000000000") == nullptr);
  CHECK(zoo.up(1).tree().sessions().empty());
}

TEST_CASE("watchers are told in order, once each, before the replies that show the change",
          "[zookeeper:6][zookeeper:7]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), story(Stories::watch, zoo));
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"w: NodeCreated /a", "w: NodeChildrenChanged /", "created", "w: NodeCreated /a/b",
                          "w: NodeDataChanged /a/b", "w: NodeDeleted /a/b", "w: PersistentWatchRemoved /a", "OK"});
}

TEST_CASE("a callback comes after the watchers of the change that it shows", "[zookeeper:7]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), story(Stories::background, zoo));
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"w: NodeCreated /a", "told create OK", "told getData OK", "awaited OK x"});
}

TEST_CASE("in a chroot all paths are the client's", "[zookeeper:7]") {
  Zoo zoo(1);
  ClientOptions options;
  options.servers = "10.0.0.1/app";
  add_client(zoo, "app", options, story(Stories::in_chroot, zoo));
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"NONODE", "w: NodeCreated /x", "/ /x", "x", "/x"});
  CHECK(zoo.up(1).tree().find("/app/x") != nullptr);
}

TEST_CASE("one of two watchers is removed", "[zookeeper:7]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), story(Stories::remove_one, zoo));
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"1: DataWatchRemoved /", "OK", "NOWATCHER", "2: NodeDataChanged /"});
}

TEST_CASE("an operator expires a session: its ephemerals go, the client learns of it at its next contact",
          "[zookeeper:4][zookeeper:9]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(), story(Stories::lose, zoo));
  zoo.cluster.run_until(4_s);
  const zk::SessionId session = zoo.up(1).tree().sessions().begin()->first;
  CHECK(zoo.up(1).expire_session(session));
  CHECK_FALSE(zoo.up(1).expire_session(session));
  zoo.cluster.run_until(20_s);
  CHECK(zoo.up(1).tree().find("/e") == nullptr);
  REQUIRE_FALSE(zoo.said.empty());
  CHECK(zoo.said.back().ends_with("SESSIONEXPIRED"));
}

TEST_CASE("an injected expiry kills the handle and not the session", "[zookeeper:10]") {
  Zoo zoo(1);
  ClientOptions options;
  options.default_watcher = std::make_shared<Noter>(&zoo, "state");
  add_client(zoo, "app", options, story(Stories::inject, zoo));
  zoo.cluster.run_until(4_s);
  CHECK(zoo.said == Lines{"state: SyncConnected", "SESSIONEXPIRED", "state: Expired"});
  CHECK(zoo.up(1).tree().find("/e") != nullptr);
  CHECK(zoo.up(1).connections() == 0);
  zoo.cluster.run_until(20_s);
  CHECK(zoo.up(1).tree().find("/e") == nullptr);
}

// Gives its handle up from inside the event that says so, as a framework that replaces handles does.
class Dropper final : public zk::Watcher {
 public:
  explicit Dropper(Zoo* zoo) : zoo_(zoo) {}
  Task<> process(zk::WatchedEvent event) override {
    zoo_->note(std::string(name_of(event.state)));
    if (event.state != zk::KeeperState::expired) co_return;
    co_await handle->close();
    handle.reset();
    zoo_->note("dropped");
  }
  std::shared_ptr<zk::Handle> handle;

 private:
  Zoo* zoo_;
};

struct DropStory {
  static Task<> run(Ports* ports, Zoo* zoo) {
    sim::ZooKeeperClient library(ports->executor, ports->clock, ports->network, ports->host, ports->random,
                                 ports->events);
    const auto dropper = std::make_shared<Dropper>(zoo);
    zk::Options options(zoo->ensemble.connect_string(), 10_s);
    dropper->handle = library.open(std::move(options), dropper);
    co_await ports->clock.sleep_for(3_s);
    dropper->handle->inject_session_expiration();
    co_await ports->clock.sleep_for(3_s);
    zoo->note("alive");
  }
};

TEST_CASE("a handle may be given up inside its own event", "[zookeeper:10]") {
  Zoo zoo(1);
  zoo.cluster.add("app", [&zoo](Ports& ports) { return DropStory::run(&ports, &zoo); });
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"SyncConnected", "Expired", "dropped", "alive"});
}

TEST_CASE("after a broken connection the only server is tried again after 1.1 to 2.1 s", "[zookeeper:7]") {
  const std::uint64_t seed = GENERATE(1u, 2u, 3u);
  support::ClusterOptions cluster;
  cluster.seed = seed;
  Zoo zoo(1, sim::ZooKeeperOptions(), cluster);
  TestRule rule;
  std::vector<Duration> connects;
  rule.change = [&](const sim::Envelope& envelope, sim::Fate&) {
    if (envelope.kind == "ZkConnect") connects.push_back(zoo.cluster.now());
  };
  zoo.cluster.net.install(rule);
  add_client(zoo, "app", ClientOptions(), Stories::idle);
  zoo.cluster.at(5_s, [&] { zoo.cluster.net.reset_links(&zoo.host(1), nullptr, 0); });
  zoo.cluster.run_until(10_s);
  zoo.cluster.net.uninstall(rule);
  REQUIRE(connects.size() == 2);
  CHECK(connects[1] >= 6100_ms);
  CHECK(connects[1] < 7110_ms);
}

struct FixedDraws final : RandomStream {
  std::uint64_t next() noexcept override { return ++count_ * 0x9e37'79b9'7f4a'7c15u; }

 private:
  std::uint64_t count_ = 0;
};

TEST_CASE("servers in turn, a second's wait when all were tried", "[zookeeper:7]") {
  FixedDraws draws;
  sim::ServerList servers("a:1,b,c:3/x/y", draws);
  CHECK(servers.chroot() == "/x/y");
  CHECK(servers.size() == 3);
  std::vector<bool> waits;
  for (int i = 0; i < 4; ++i) waits.push_back(servers.next());
  CHECK(waits == std::vector<bool>{false, false, false, true});
  servers.connected();
  waits.clear();
  for (int i = 0; i < 3; ++i) waits.push_back(servers.next());
  CHECK(waits == std::vector<bool>{false, false, true});
  CHECK_THROWS_AS(sim::ServerList("", draws), zk::IllegalArgument);
  CHECK_THROWS_AS(sim::ServerList("a:x", draws), zk::IllegalArgument);
}

TEST_CASE("an idle client pings every third of its timeout", "[zookeeper:7]") {
  Zoo zoo(1);
  TestRule rule;
  std::vector<std::int64_t> pings;
  rule.change = [&](const sim::Envelope& envelope, sim::Fate&) {
    if (envelope.kind == "ZkPing") pings.push_back(zoo.cluster.now().count_ms());
  };
  zoo.cluster.net.install(rule);
  ClientOptions options;
  options.timeout = 6_s;
  add_client(zoo, "app", options, Stories::idle);
  zoo.cluster.run_until(9_s);
  zoo.cluster.net.uninstall(rule);
  REQUIRE(pings.size() == 4);
  CHECK(pings[1] - pings[0] == 2000);
  CHECK(pings[3] - pings[2] == 2000);
}

TEST_CASE("silence: disconnected after two thirds, gone at the server, expired at the next contact",
          "[zookeeper:4][zookeeper:7]") {
  Zoo zoo(1);
  ClientOptions options;
  options.timeout = 9_s;
  options.default_watcher = std::make_shared<Noter>(&zoo, "state");
  TestRule rule;
  bool cut = false;
  rule.cut = [&cut](const sim::Machine&, const sim::Machine&) { return cut; };
  zoo.cluster.net.install(rule);
  add_client(zoo, "app", options, story(Stories::lose, zoo));
  zoo.cluster.at(3500_ms, [&] { cut = true; });
  zoo.cluster.run_until(16_s);
  CHECK(zoo.up(1).tree().find("/e") == nullptr);
  CHECK(zoo.up(1).tree().sessions().empty());
  zoo.cluster.at(30_s, [&] { cut = false; });
  zoo.cluster.run_until(60_s);
  zoo.cluster.net.uninstall(rule);
  REQUIRE(zoo.said.size() >= 4);
  CHECK(zoo.said[0] == "state: SyncConnected");
  CHECK(zoo.said[1] == "9007ms CONNECTIONLOSS");  // 6 s after the last byte; what is under way fails first
  CHECK(zoo.said[2] == "state: Disconnected");
  CHECK(std::find(zoo.said.begin(), zoo.said.end(), "state: Expired") != zoo.said.end());
  CHECK(zoo.said.back().ends_with("SESSIONEXPIRED"));
}

}  // namespace
