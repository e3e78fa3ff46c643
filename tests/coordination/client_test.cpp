// Operations of the client: paths and builders, the retry loop, the background (zookeeper 10).
#include <coordination/errors.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

struct Stories {
  static Task<> builders(Ports*, Client* client, Zoo* zoo, std::string) {
    Create parents;
    parents.parents = Parents::persistent;
    const std::string made = co_await client->create("/a/b/c", "x", parents);
    zoo->note(made);
    try {
      co_await client->create("/a/b/c", "y", Create());
    } catch (const zk::NodeExists&) {
      zoo->note("exists");
    }
    Create or_set;
    or_set.or_set_data = true;
    co_await client->create("/a/b/c", "y", or_set);
    const zk::Handle::Node node = co_await client->get_data("/a/b/c", nullptr);
    zoo->note(*node.data + " v" + std::to_string(node.stat.version));
    Create protection;
    protection.mode = zk::CreateMode::ephemeral_sequential;
    protection.protection = true;
    protection.parents = Parents::containers;
    const std::string hidden = co_await client->create("/locks/x-", std::nullopt, protection);
    zoo->note(hidden.substr(0, 10) + "..." + hidden.substr(46));
    const zk::Handle::Node own = co_await client->get_data(hidden, nullptr);
    zoo->note(*own.data);
    try {
      co_await client->remove("/a", Delete());
    } catch (const zk::NotEmpty&) {
      zoo->note("not empty");
    }
    Delete whole;
    whole.children = true;
    co_await client->remove("/a", whole);
    const auto gone = co_await client->exists("/a", nullptr);
    zoo->note(gone ? "there" : "gone");
  }

  static Task<> transaction(Ports*, Client* client, Zoo* zoo, std::string) {
    std::vector<zk::Op> both{Op::create("/t", "1", CreateMode::persistent), Op::set_data("/t", "2")};
    const std::vector<zk::Result> results = co_await client->transaction(std::move(both));
    zoo->note(results[0].path + " v" + std::to_string(results[1].stat.version));
    std::vector<zk::Op> failing{Op::check("/", -1), Op::del("/t"), Op::del("/u")};
    try {
      co_await client->transaction(std::move(failing));
    } catch (const zk::NoNode&) {
      zoo->note("no node");
    }
    std::vector<std::string> children = co_await client->get_children("/", nullptr);
    zoo->note(children.at(0));
  }

  static Task<> background(Ports* ports, Client* client, Zoo* zoo, std::string) {
    co_await client->wait_connected();
    BackgroundCallback told = [zoo](BackgroundAnswer answer) -> Task<> {
      zoo->note(std::string(name_of(answer.op)) + " " + std::string(name_of(answer.error)) + " " + answer.path);
      co_return;
    };
    Create deep;
    deep.parents = Parents::persistent;
    co_await client->create_in_background("/x/y", "1", deep, told);
    Create or_set;
    or_set.or_set_data = true;
    co_await ports->clock.sleep_for(1_s);
    co_await client->create_in_background("/x/y", "2", or_set, told);
    co_await ports->clock.sleep_for(1_s);
    co_await client->in_background(zk::Request(Op::get_data("/x/y")), told);
    co_await client->remove_in_background("/x", Delete(), told);
    Delete whole;
    whole.children = true;
    co_await client->remove_in_background("/x", whole, told);
  }

  static Task<> retries(Ports*, Client* client, Zoo* zoo, std::string) {
    co_await client->wait_connected();
    zoo->cluster.at(1_s, [zoo] { zoo->kill(1); });
    zoo->cluster.at(4_s, [zoo] { zoo->start(1); });
    BackgroundCallback told = [zoo](BackgroundAnswer answer) -> Task<> {
      zoo->note("background " + std::string(name_of(answer.error)));
      co_return;
    };
    co_await client->create("/a", "", Create());
    co_await client->clock().sleep_for(2_s);
    co_await client->in_background(zk::Request(Op::exists("/a")), told);
    const auto found = co_await client->exists("/a", nullptr);
    zoo->say(found ? "found" : "missing");
  }

  static Task<> gives_up(Ports*, Client* client, Zoo* zoo, std::string) {
    co_await client->wait_connected();
    zoo->cluster.at(1_s, [zoo] { zoo->kill(1); });
    co_await client->clock().sleep_for(2_s);
    BackgroundCallback told = [zoo](BackgroundAnswer answer) -> Task<> {
      zoo->say("background " + std::string(name_of(answer.error)) + (answer.unsent ? " unsent" : ""));
      co_return;
    };
    co_await client->in_background(zk::Request(Op::exists("/a")), told);
    try {
      co_await client->exists("/a", nullptr);
    } catch (const zk::ConnectionLoss&) {
      zoo->say("connection loss");
    }
  }

  static Task<> guaranteed(Ports*, Client* client, Zoo* zoo, std::string) {
    co_await client->wait_connected();
    co_await client->create("/g", "", Create());
    zoo->kill(1);
    zoo->cluster.at(40_s, [zoo] { zoo->start(1); });
    Delete how;
    how.guaranteed = true;
    try {
      co_await client->remove("/g", how);
    } catch (const zk::KeeperError&) {
      zoo->note("failed");
    }
  }

  static Task<> named(Ports*, Client* client, Zoo* zoo, std::string) {
    Create how;
    how.parents = Parents::persistent;
    zk::WatcherPtr watcher = client->watcher([zoo](zk::WatchedEvent event) -> Task<> {
      zoo->note("event " + event.path);
      co_return;
    });
    co_await client->exists("/a/b", watcher);
    const std::string path = co_await client->create("/a/b", "", how);
    zoo->note(path);
    std::vector<std::string> children = co_await client->get_children("/", nullptr);
    zoo->note(children.at(0));
    try {
      co_await client->exists("a", nullptr);
    } catch (const zk::IllegalArgument&) {
      zoo->note("illegal");
    }
  }
};

TEST_CASE("parents, protection, or-set-data, deleting children", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::builders);
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"/a/b/c", "exists", "y v1", "/locks/_c_...-x-0000000000", "10.0.0.2", "not empty", "gone"});
}

TEST_CASE("a transaction is one multi, and throws its first real error", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::transaction);
  zoo.cluster.run_until(5_s);
  REQUIRE(zoo.said.size() == 3);
  CHECK(zoo.said[0] == "/t v1");
  CHECK(zoo.said[1] == "no node");
  CHECK(zoo.up(1).tree().find("/t") != nullptr);
}

TEST_CASE("the background: parents, or-set-data, deleting children", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::background);
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"create2 OK /x/y", "setData OK /x/y", "getData OK ", "delete NOTEMPTY ", "delete OK "});
}

TEST_CASE("operations survive an outage that is shorter than the connection timeout and the retries",
          "[zookeeper:10][elastic-job:2.4]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::retries);
  zoo.cluster.run_until(30_s);
  REQUIRE(zoo.said.size() == 2);
  CHECK(zoo.said[0] == "background OK");
  CHECK(zoo.said[1].ends_with("found"));
}

TEST_CASE("when the policy gives up, callers see the loss", "[zookeeper:10]") {
  Zoo zoo(1);
  Options options = quick_options();
  options.session_timeout = 40_s;
  add_curator(zoo, "app", Stories::gives_up, options);
  zoo.cluster.run_until(60_s);
  REQUIRE(zoo.said.size() == 2);
  CHECK(zoo.said[0].ends_with("background CONNECTIONLOSS unsent"));
  CHECK(zoo.said[1].ends_with("connection loss"));
}

TEST_CASE("a guaranteed delete goes on after it failed", "[zookeeper:10]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::guaranteed);
  zoo.cluster.run_until(39_s);
  CHECK(zoo.said == Lines{"failed"});
  zoo.cluster.run_until(60_s);
  CHECK(zoo.up(1).tree().find("/g") == nullptr);
}

TEST_CASE("a name space is made first, and is not seen", "[zookeeper:10]") {
  Zoo zoo(1);
  Options options = quick_options();
  options.name_space = "ns/deep";
  add_curator(zoo, "app", Stories::named, options);
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"event /a/b", "/a/b", "a", "illegal"});
  CHECK(zoo.up(1).tree().find("/ns/deep/a/b") != nullptr);
}

}  // namespace
