// Releases, policies, and what the system refuses.
#include <elastic_job/profile.hpp>

#include "elastic_world.hpp"

using namespace elastic;
using Switches = elastic_job::Profile;

TEST_CASE("a release keeps what the releases before it changed", "[elasticjob:11]") {
  const Switches documented = *Switches::named("3.0.0-beta-SNAPSHOT", {});
  CHECK_FALSE(documented.only_leader_sets_flag);
  CHECK_FALSE(documented.instance_carries_data);
  const Switches newest = *Switches::named("latest", {});
  CHECK(newest.only_leader_sets_flag);
  CHECK(newest.listener_thread_per_job);
  CHECK(newest.failed_items_keep_marks);
  const Switches middle = *Switches::named("3.0.2", {});
  CHECK(middle.time_zone);
  CHECK_FALSE(middle.barrier_latch);
}

TEST_CASE("the policy changes the flag alone", "[elasticjob:9.6]") {
  const Switches fixed = *Switches::named("3.0.0-beta-SNAPSHOT", {"resharding-flag: leader-only"});
  CHECK(fixed.only_leader_sets_flag);
  CHECK_FALSE(fixed.trigger_nodes);
  CHECK(Switches::named("3.0.9", {}).error() ==
        "elastic-job has no version \"3.0.9\"; nearest: \"3.0.0-beta-SNAPSHOT\"");
  CHECK(Switches::named("3.0.1", {"leader"}).error() ==
        "elastic-job has no policy \"leader\"; nearest: \"resharding-flag-leader-only\"");
}

TEST_CASE("what upstream rejects is rejected with its reason", "[elasticjob:6.1]") {
  ElasticWorld world;
  world.add_job("bad-cron", "0/10 * * * * *", 1);
  world.add_job("bad-count", "", 0);
  world.add_job("bad-parameters", "", 1).native["shardingItemParameters"] = Value(std::string("0=a,b"));
  world.add_job("bad-strategy", "", 1).native["jobShardingStrategyType"] =
      Value(std::string("SINGLE_SHARDING_BALANCE"));
  world.add_job("too-new", "", 1).native["staticSharding"] = Value(true);
  world.add_application("a", "10.0.0.1", "bad-cron, nobody");
  Lines problems;
  for (const Objection& objection : elastic_job::system().check(world.cluster)) problems.push_back(objection.message);
  REQUIRE(problems.size() == 6);
  CHECK_THAT(problems[0], Catch::StartsWith("job bad-cron: RuntimeException: CronExpression '0/10 * * * * *' is "
                                            "invalid."));
  CHECK(problems[1] == "job bad-count: IllegalArgumentException: shardingTotalCount should larger than zero.");
  CHECK(problems[2] ==
        "job bad-parameters: JobConfigurationException: Sharding item parameters '0=a,b' format error, "
        "should be int=xx,int=xx");
  CHECK(problems[3] ==
        "job bad-strategy: JobConfigurationException: Cannot find sharding strategy using type: "
        "'SINGLE_SHARDING_BALANCE'.");
  CHECK(problems[4] == "application a: no job 'nobody'");
  CHECK(problems[5] == "job too-new: staticSharding is of a later release");
}
