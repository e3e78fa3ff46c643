// LeaderLatch (zookeeper 11).
#include <coordination/errors.hpp>
#include <coordination/leader_latch.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

struct Stories {
  /// Leads as long as it can, and says so.
  static Task<> candidate(Ports*, Client* client, Zoo* zoo, std::string name) {
    LeaderLatch latch(*client, "/election", name);
    latch.add_listener([zoo, name](bool leads) -> Task<> {
      zoo->note(name + (leads ? " leads" : " steps down"));
      co_return;
    });
    latch.start();
    co_await for_ever();
  }

  /// executeInLeader: start, await, act, close (elastic-job 2.3).
  static Task<> in_leader(Ports* ports, Client* client, Zoo* zoo, std::string name) {
    co_await client->wait_connected();
    LeaderLatch latch(*client, "/election");
    latch.start();
    co_await latch.await();
    zoo->note(name + " in");
    co_await ports->clock.sleep_for(1_s);
    zoo->note(name + " out");
    co_await latch.close();
    try {
      co_await latch.await();
    } catch (const LatchClosed&) {
    }
  }

  static Task<> impatient(Ports*, Client* client, Zoo* zoo, std::string name) {
    LeaderLatch latch(*client, "/election");
    latch.start();
    const bool leads = co_await latch.await(2_s);
    zoo->note(name + (leads ? " leads" : " gave up"));
    latch.add_listener([](bool) -> Task<> { co_return; });
    co_await latch.close(LeaderLatch::CloseMode::notify_leader);
    try {
      co_await latch.close();
    } catch (const IllegalState&) {
      zoo->note("closed");
    }
  }
};

std::vector<std::string> candidates(Zoo& zoo) {
  std::vector<std::string> data;
  const sim::Znode* parent = zoo.up(1).tree().find("/election");
  if (parent == nullptr) return data;
  for (const sim::Znode* child : parent->children) data.push_back(*child->data);
  std::sort(data.begin(), data.end());
  return data;
}

TEST_CASE("one leads; when its session is over the next one does, in order of their nodes", "[zookeeper:11]") {
  Zoo zoo(1);
  sim::Process& a = add_curator(zoo, "a", Stories::candidate);
  zoo.cluster.at(1_s, [&] { add_curator(zoo, "b", Stories::candidate); });
  zoo.cluster.at(2_s, [&] { add_curator(zoo, "c", Stories::candidate); });
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"a leads"});
  CHECK(candidates(zoo) == Lines{"a", "b", "c"});
  zoo.cluster.at(10_s, [&] { a.request_kill(sim::Ending::crash); });
  zoo.cluster.run_until(40_s);
  CHECK(zoo.said == Lines{"a leads", "b leads"});
  CHECK(candidates(zoo) == Lines{"b", "c"});
}

TEST_CASE("a suspended leader steps down, and leads again with the same node when it is back", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::candidate);
  zoo.cluster.at(1_s, [&] { add_curator(zoo, "b", Stories::candidate); });
  zoo.cluster.at(5_s, [&] { zoo.kill(1); });
  zoo.cluster.at(6_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(20_s);
  CHECK(zoo.said == Lines{"a leads", "a steps down", "a leads"});
}

TEST_CASE("up to 5.3 a reconnected latch queues again at the end", "[zookeeper:11]") {
  Zoo zoo(1);
  Options old = quick_options();
  old.release = Release::v5_3;
  Partition partition(zoo);
  sim::Process& a = add_curator(zoo, "a", Stories::candidate, old);
  zoo.cluster.at(1_s, [&] { add_curator(zoo, "b", Stories::candidate, old); });
  zoo.cluster.at(5_s, [&] { partition.cut(a.machine()); });
  zoo.cluster.at(13_s, [&] { partition.heal(); });
  zoo.cluster.run_until(30_s);
  CHECK(zoo.said == Lines{"a leads", "a steps down", "b leads"});
  CHECK(candidates(zoo) == Lines{"a", "b"});
}

TEST_CASE("a client that gave its session up leads by the node of that session, and goes on when the node is gone",
          "[zookeeper:10][zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::candidate);
  zoo.cluster.at(2_s, [&] { zoo.kill(1); });
  zoo.cluster.at(16_s, [&] { zoo.start(1); });  // lost at 12 s; the servers give the old session a full timeout
  zoo.cluster.run_until(20_s);
  CHECK(zoo.said == Lines{"a leads", "a steps down", "a leads"});
  CHECK(candidates(zoo) == Lines{"a"});
  zoo.cluster.run_until(60_s);
  CHECK(zoo.said == Lines{"a leads", "a steps down", "a leads"});
  CHECK(candidates(zoo).empty());
}

TEST_CASE("execute in leader: one after the other, and nothing is left", "[zookeeper:11][elastic-job:2.3]") {
  Zoo zoo(1);
  for (const char* name : {"a", "b", "c"}) add_curator(zoo, name, Stories::in_leader);
  zoo.cluster.run_until(20_s);
  REQUIRE(zoo.said.size() == 6);
  for (std::size_t i = 0; i < 6; i += 2) {
    CHECK(zoo.said[i].substr(0, 1) == zoo.said[i + 1].substr(0, 1));
    CHECK(zoo.said[i].ends_with("in"));
  }
  CHECK(candidates(zoo).empty());
}

TEST_CASE("a latch awaited with a limit", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::candidate);
  zoo.cluster.at(2_s, [&] { add_curator(zoo, "b", Stories::impatient); });
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"a leads", "b gave up", "closed"});
  CHECK(candidates(zoo) == Lines{"a"});
}

}  // namespace
