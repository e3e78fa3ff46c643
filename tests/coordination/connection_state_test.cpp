// The connection state: what listeners are told, and when (zookeeper 10).
#include <coordination/errors.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

struct Stories {
  static Task<> watch(Ports*, Client* client, Zoo* zoo, std::string name) {
    client->add_state_listener([zoo](ConnectionState state) -> Task<> {
      zoo->say(std::string(name_of(state)));
      co_return;
    });
    co_await client->wait_connected();
    Create how;
    how.mode = zk::CreateMode::ephemeral;
    co_await client->create("/" + name, "x", how);
  }

  static Task<> slow_listener(Ports* ports, Client* client, Zoo* zoo, std::string) {
    client->add_state_listener([ports, zoo](ConnectionState state) -> Task<> {
      zoo->say("begin " + std::string(name_of(state)));
      co_await ports->clock.sleep_for(30_s);
      zoo->say("end " + std::string(name_of(state)));
    });
    co_return;
  }

  /// A watcher that hears of the loss keeps the event thread for good.
  static Task<> stuck(Ports* ports, Client* client, Zoo* zoo, std::string name) {
    co_await watch(ports, client, zoo, std::move(name));
    zk::WatcherPtr watcher = client->watcher([](zk::WatchedEvent event) -> Task<> {
      if (event.state == zk::KeeperState::disconnected) co_await for_ever();
    });
    co_await client->exists("/", std::move(watcher));
  }

  static Task<> wait(Ports* ports, Client* client, Zoo* zoo, std::string) {
    const bool early = co_await client->wait_connected(2_s);
    zoo->say(early ? "connected" : "not yet");
    co_await client->wait_connected();
    zoo->say("connected");
    co_await client->close();
    co_await client->close();
    try {
      co_await client->exists("/a", nullptr);
    } catch (const IllegalState&) {
      zoo->note("closed");
    }
    static_cast<void>(ports);
  }
};

std::vector<std::string> words(const Lines& said) {
  std::vector<std::string> all;
  for (const std::string& line : said) all.push_back(line.substr(line.find(' ') + 1));
  return all;
}

std::int64_t ms_of(const std::string& line) { return std::stoll(line); }

TEST_CASE("silence: suspended after two thirds of the session timeout, lost after one more, whatever the servers do",
          "[zookeeper:10]") {
  Zoo zoo(1);
  Partition partition(zoo);
  sim::Process& app = add_curator(zoo, "app", Stories::watch);
  zoo.cluster.at(20_s, [&] { partition.cut(app.machine()); });
  zoo.cluster.run_until(33_s);
  CHECK(words(zoo.said) == Lines{"CONNECTED", "SUSPENDED"});
  CHECK(zoo.up(1).tree().find("/app") == nullptr);  // the servers are faster: only suspended, the node is gone
  zoo.cluster.at(50_s, [&] { partition.heal(); });
  zoo.cluster.run_until(90_s);
  CHECK(words(zoo.said) == Lines{"CONNECTED", "SUSPENDED", "LOST", "RECONNECTED"});
}

TEST_CASE("a short cut: suspended, reconnected, and the ephemeral is still there", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::watch);
  zoo.cluster.at(20_s, [&] { zoo.kill(1); });
  zoo.cluster.at(22_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(40_s);
  CHECK(words(zoo.said) == Lines{"CONNECTED", "SUSPENDED", "RECONNECTED"});
  CHECK(zoo.up(1).tree().find("/app") != nullptr);
}

TEST_CASE("a clean break: lost one session timeout after suspended; the session lives on at the servers",
          "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::watch);
  zoo.cluster.at(20_s, [&] { zoo.kill(1); });
  zoo.cluster.at(35_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(38_s);
  REQUIRE(words(zoo.said) == Lines{"CONNECTED", "SUSPENDED", "LOST", "RECONNECTED"});
  CHECK(ms_of(zoo.said[2]) - ms_of(zoo.said[1]) == 10'000);
  CHECK(zoo.up(1).tree().find("/app") != nullptr);  // of the old session: nobody closed that
  zoo.cluster.run_until(60_s);
  CHECK(zoo.up(1).tree().find("/app") == nullptr);
}

TEST_CASE("a listener that blocks holds up later states", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::slow_listener);
  zoo.cluster.at(5_s, [&] { zoo.kill(1); });
  zoo.cluster.at(6_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(100_s);
  CHECK(words(zoo.said) == Lines{"begin CONNECTED", "end CONNECTED", "begin SUSPENDED", "end SUSPENDED",
                                 "begin RECONNECTED", "end RECONNECTED"});
}

TEST_CASE("a suspended client whose event thread is stuck gets a new handle; before 5.3 it never does",
          "[zookeeper:10]") {
  for (const Release release : {Release::v5_4, Release::v5_1}) {
    Zoo zoo(1);
    Partition partition(zoo);
    Options options = quick_options();
    options.release = release;
    sim::Process& app = add_curator(zoo, "app", Stories::stuck, options);
    zoo.cluster.at(5_s, [&] { partition.cut(app.machine()); });
    zoo.cluster.at(20_s, [&] { partition.heal(); });
    zoo.cluster.run_until(90_s);
    const Lines told = words(zoo.said);
    if (release == Release::v5_1) {
      CHECK(told == Lines{"CONNECTED", "SUSPENDED"});
    } else {
      CHECK(told == Lines{"CONNECTED", "SUSPENDED", "LOST", "RECONNECTED"});
    }
  }
}

TEST_CASE("waiting for a connection, closing, and calls after it", "[zookeeper:10]") {
  Zoo zoo(1);
  zoo.kill(1);
  add_curator(zoo, "app", Stories::wait);
  zoo.cluster.at(5_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(30_s);
  REQUIRE(zoo.said.size() == 3);
  CHECK(zoo.said[0] == "2s not yet");
  CHECK(words(zoo.said)[1] == "connected");
  CHECK(zoo.said[2] == "closed");
  CHECK(zoo.up(1).tree().sessions().empty());
}

}  // namespace
