// Applications that share the items of a job, on a simulated world.
#include "elastic_world.hpp"

using namespace elastic;

namespace {

const std::multiset<int> all_three{0, 1, 2};

/// Two applications on hosts of their own, and a job of three items every ten seconds.
struct Pair : ElasticWorld {
  explicit Pair(std::string version = "3.0.0-beta-SNAPSHOT", bool failover = false, Duration takes = 1_s)
      : ElasticWorld(std::move(version)) {
    add_job("report", "0/10 * * * * ?", 3, takes).native["failover"] = Value(failover);
    add_application("a", "10.0.0.1");
    add_application("b", "10.0.0.2");
    deploy();
  }
};

}  // namespace

TEST_CASE("a cron job runs all its items in one process",
          "[elasticjob:7.1 step 9][elasticjob:7.1 step 12][elasticjob:7.6][elasticjob:7.7][elasticjob:2.3 inLeader]") {
  Pair world;
  world.start_at("a", 1_s);
  world.run_until(55_s);
  CHECK(world.alarms == Lines());
  CHECK(world.items("report", 10_s, 20_s) == all_three);
  CHECK(world.items("report", 50_s, 60_s) == all_three);
  CHECK(world.ran.size() == 15);
  CHECK(world.shardings["report"] == 1);
  CHECK(world.outcomes.size() == 5);
  for (const Ran& each : world.ran) CHECK(each.fire.has_value());
  CHECK(world.children("/report/sharding") == Lines{"0", "1", "2"});
  CHECK(world.znode("/report/leader/election/instance") == "10.0.0.1@-@1000");
  CHECK(world.znode("/report/servers/10.0.0.1") == "ENABLED");
}

TEST_CASE("items are shared once a second process has joined", "[elasticjob:7.4 S8][elasticjob:7.5]") {
  Pair world;
  world.start_at("a", 1_s);
  world.start_at("b", 23_s);
  world.run_until(59_s);
  CHECK(world.alarms == Lines());
  CHECK(world.items("report", "a", 20_s, 30_s) == all_three);
  for (const Duration from : {30_s, 40_s, 50_s}) CHECK(world.items("report", from, from + 9_s) == all_three);
  // The larger id comes first: b has items 0 and 2.
  CHECK(world.items("report", "b", 50_s, 60_s) == std::multiset<int>{0, 2});
  CHECK(world.items("report", "a", 50_s, 60_s) == std::multiset<int>{1});
}

TEST_CASE("the items of a killed process move at the next sharding", "[elasticjob:8.1]") {
  Pair world;
  world.start_at("a", 1_s);
  world.start_at("b", 2_s);
  world.at(35_s, [&world] { world.kill("a"); });
  world.run_until(160_s);
  CHECK(world.items("report", 20_s, 30_s) == all_three);
  // Its session lives on for a while: its share is not run.
  CHECK(world.items("report", 40_s, 50_s) != all_three);
  CHECK(world.items("report", "b", 140_s, 150_s) == all_three);
  CHECK(world.items("report", "b", 150_s, 160_s) == all_three);
  CHECK(world.znode("/report/leader/election/instance") == "10.0.0.2@-@1000");
}

TEST_CASE("a cleanly stopped process leaves at once", "[elasticjob:7.15]") {
  Pair world;
  world.start_at("a", 1_s);
  world.start_at("b", 2_s);
  world.at(35_s, [&world] { world.world().process("a")->stop(Duration::seconds(150)); });
  world.run_until(60_s);
  CHECK(world.items("report", "b", 40_s, 50_s) == all_three);
  CHECK(world.children("/report/instances") == Lines{"10.0.0.2@-@1000"});
}

TEST_CASE("failover runs the items of a crashed process elsewhere", "[elasticjob:7.9][elasticjob:7.6 E8]") {
  // From 3.0.0 on the entry of its server is enough.
  for (const std::string version : {"3.0.0", "3.0.2", "latest"}) {
    CAPTURE(version);
    Pair world(version, true, 8_s);
    world.start_at("a", 1_s);
    world.start_at("b", 2_s);
    world.at(43_s, [&world] { world.kill("a"); });
    world.run_until(89_s);
    CHECK(world.items("report", 30_s, 38_s) == all_three);
    // Its session ends after 40 s to 42 s, b is idle from 88 s on: item 1 runs before the next trigger time.
    CHECK(world.items("report", "b", 81_s, 89_s).contains(1));
    CHECK(world.children("/report/leader/failover/items") == Lines());
  }
}

TEST_CASE("in the documented release failover wants another process of the crashed one's host", "[elasticjob:7.9]") {
  for (const bool company : {false, true}) {
    CAPTURE(company);
    ElasticWorld world;
    JobSpec& job = world.add_job("report", "0/30 * * * * ?", 3, 2_s);
    job.native["failover"] = Value(true);
    world.add_application("a", "10.0.0.1");
    world.add_application("b", "10.0.0.2");
    if (company) world.add_application("c", "10.0.0.1");
    world.deploy();
    world.start_at("a", 1_s);
    world.start_at("b", 2_s);
    if (company) world.start_at("c", 3_s);
    world.at(65_s, [&world] { world.kill("a"); });
    world.run_until(119_s);
    CHECK(world.items("report", 60_s, 63_s) == all_three);
    CHECK(world.items("report", 91_s, 119_s).empty() == !company);
  }
}

TEST_CASE("a long run skips trigger times and makes up for one of them", "[elasticjob:7.7][elasticjob:7.8]") {
  ElasticWorld world;
  world.add_job("slow", "0/10 * * * * ?", 1, 14_s);
  world.add_application("a", "10.0.0.1");
  world.deploy();
  world.start_at("a", 1_s);
  world.run_until(79_s);
  Lines starts;
  for (const Ran& each : world.ran) starts.push_back(std::to_string(each.at.count_us() / 1'000'000));
  // The run of 10 s misses 20 s; that of 30 s misses 40 s and finds the mark, so that 50 s passes too.
  CHECK(starts == Lines{"10", "30", "44", "60", "74"});
}

TEST_CASE("one-off jobs run where they were built when somebody says so", "[elasticjob:4.1 TRIGGER][elasticjob:7.10]") {
  for (const std::string version : {"3.0.0-beta-SNAPSHOT", "3.0.0", "latest"}) {
    CAPTURE(version);
    ElasticWorld world(version);
    world.add_job("caller", "0/30 * * * * ?", 1, 1_s);
    world.add_job("foo", "", 3, 2_s);
    sim::WorkDeclaration::Call call;
    call.verb = "execute";
    call.argument = "foo";
    world.work("caller").then.push_back(call);
    world.add_application("a", "10.0.0.1", "foo,caller");
    world.add_application("b", "10.0.0.2", "foo");
    world.deploy();
    world.start_at("a", 1_s);
    world.start_at("b", 3_s);
    world.run_until(90_s);
    CHECK(world.alarms == Lines());
    CHECK(world.items("foo", 30_s, 60_s) == all_three);
    CHECK(world.items("foo", 60_s, 90_s) == all_three);
    CHECK_FALSE(world.items("foo", "a", 30_s, 60_s).empty());
    CHECK_FALSE(world.items("foo", "b", 30_s, 60_s).empty());
    CHECK(world.outcomes.size() >= 4);
  }
}
