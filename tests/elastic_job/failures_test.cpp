// What a lost connection, a pause and a restart do to jobs (elasticjob 8).
#include "elastic_world.hpp"

using namespace elastic;

namespace {

const std::multiset<int> all_three{0, 1, 2};

const std::vector<std::string> versions{
    "3.0.0-beta-SNAPSHOT", "3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.0.4", "3.0.5", "latest"};

struct Pair : ElasticWorld {
  explicit Pair(const std::string& version, bool failover = false, Duration takes = 1_s) : ElasticWorld(version) {
    add_job("report", "0/10 * * * * ?", 3, takes).native["failover"] = Value(failover);
    add_application("a", "10.0.0.1");
    add_application("b", "10.0.0.2");
    deploy();
    start_at("a", 1_s);
    start_at("b", 2_s);
  }
};

}  // namespace

TEST_CASE("two applications share a job in every release", "[elasticjob:11]") {
  for (const std::string& version : versions) {
    for (const bool failover : {false, true}) {
      CAPTURE(version, failover);
      Pair world(version, failover);
      world.run_until(59_s);
      CHECK(world.alarms == Lines());
      for (const Duration from : {10_s, 20_s, 30_s, 40_s, 50_s}) {
        CHECK(world.items("report", from, from + 9_s) == all_three);
      }
      CHECK(world.items("report", "a", 20_s, 59_s).size() == 4);
      CHECK(world.children("/report/sharding/0") == Lines{"instance"});
    }
  }
}

TEST_CASE("a connection that is lost for less than a session is taken up again",
          "[elasticjob:8][elasticjob:8.4][elasticjob:6.2]") {
  for (const std::string& version : versions) {
    CAPTURE(version);
    Pair world(version);
    world.at(35_s, [&world] { world.cut("b"); });
    world.at(68_s, [&world] { world.heal(); });
    world.run_until(150_s);
    // Its jobs are paused; its instance is made anew, and everybody shards again.
    CHECK(world.items("report", "b", 65_s, 68_s).empty());
    CHECK(world.items("report", 130_s, 139_s) == all_three);
    CHECK(world.items("report", 140_s, 149_s) == all_three);
    CHECK(world.children("/report/instances").size() == 2);
  }
}

TEST_CASE("a process whose session has expired comes back", "[elasticjob:8][elasticjob:8.5]") {
  for (const std::string& version : versions) {
    CAPTURE(version);
    Pair world(version);
    world.at(35_s, [&world] { world.cut("b"); });
    world.at(100_s, [&world] { world.heal(); });
    world.run_until(200_s);
    CHECK(world.items("report", "a", 90_s, 99_s) == all_three);
    CHECK(world.items("report", 180_s, 189_s) == all_three);
    CHECK(world.children("/report/instances").size() == 2);
    CHECK_FALSE(world.items("report", "b", 150_s, 200_s).empty());
  }
}

TEST_CASE("trigger times that a pause skipped are not run", "[elasticjob:8.3]") {
  Pair world("3.0.0-beta-SNAPSHOT");
  world.at(25_s, [&world] { world.world().process("b")->pause(); });
  world.at(45_s, [&world] { world.world().process("b")->resume(); });
  world.run_until(80_s);
  CHECK(world.items("report", "b", 25_s, 45_s).empty());
  CHECK(world.items("report", 60_s, 69_s) == all_three);
  CHECK(world.children("/report/instances").size() == 2);
}

TEST_CASE("a killed process that is started again has a new id and its share", "[elasticjob:8.2]") {
  for (const std::string& version : versions) {
    CAPTURE(version);
    Pair world(version);
    world.at(34_s, [&world] { world.kill("b"); });
    world.start_at("b", 37_s);
    world.run_until(129_s);
    CHECK(world.items("report", 110_s, 119_s) == all_three);
    CHECK(world.items("report", 120_s, 129_s) == all_three);
    CHECK(world.children("/report/instances") == Lines{"10.0.0.1@-@1000", "10.0.0.2@-@1001"});
  }
}

TEST_CASE("ZooKeeper away for long pauses all jobs", "[elasticjob:8.6]") {
  Pair world("3.0.0-beta-SNAPSHOT");
  sim::Process& server = *world.world().process("zookeeper-1");
  world.at(35_s, [&server] { server.request_kill(sim::Ending::crash); });
  world.world().start_at(server, ElasticWorld::start + 150_s);
  world.run_until(260_s);
  CHECK(world.items("report", 60_s, 149_s).empty());
  CHECK(world.items("report", 250_s, 259_s) == all_three);
}

TEST_CASE("a moment without a server is a crash of everybody to everybody else", "[elasticjob:8.7]") {
  Pair world("3.0.0-beta-SNAPSHOT");
  sim::Process& server = *world.world().process("zookeeper-1");
  world.at(35_s, [&server] { server.request_kill(sim::Ending::crash); });
  world.world().start_at(server, ElasticWorld::start + 37_s);
  world.run_until(99_s);
  // Both sessions live on, both instances are made anew, so the items are divided again.
  CHECK(world.children("/report/instances") == Lines{"10.0.0.1@-@1000", "10.0.0.2@-@1000"});
  CHECK(world.shardings["report"] >= 2);
  CHECK(world.items("report", 80_s, 89_s) == all_three);
  CHECK(world.items("report", 90_s, 99_s) == all_three);
}

TEST_CASE("a clock that is set back keeps its process silent until it has caught up", "[elasticjob:8.9]") {
  Pair world("3.0.0-beta-SNAPSHOT");
  world.at(35_s, [&world] { world.world().process("b")->machine().clock().step_wall(Duration::seconds(-20)); });
  world.run_until(99_s);
  // b's next trigger time stays 40 s by its clock, which is 60 s by the others'. Nothing runs twice.
  CHECK(world.items("report", "b", 35_s, 58_s).empty());
  std::set<std::pair<int, WallTime>> seen;
  for (const Ran& each : world.ran) {
    CAPTURE(each.process, each.item, each.at);
    if (each.process == "b") CHECK(seen.emplace(each.item, each.fire.value()).second);
  }
  CHECK_FALSE(world.items("report", "b", 60_s, 99_s).empty());
}
