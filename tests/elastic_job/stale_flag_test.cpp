// The documented incident: a follower waits for a sharding that the leader has already done (elasticjob 9).
#include "elastic_world.hpp"

using namespace elastic;

namespace {

/// A builds `foo`, shards it and is idle; then B joins, has the caller's only item (the larger id comes first), builds
/// `foo` in it, and starts a round at once.
struct Incident : ElasticWorld {
  explicit Incident(std::vector<std::string> policies, std::uint64_t seed)
      : ElasticWorld("3.0.0-beta-SNAPSHOT", seed, 1500_us) {
    cluster.profile.policies = std::move(policies);
    add_job("schedule-job", "0/30 * * * * ?", 1, Duration());
    add_job("foo", "", 3, 2_s);
    sim::WorkDeclaration::Call build;
    build.verb = "build";
    build.argument = "foo";
    build.takes = [](RandomStream& draws) { return draws.between(180_ms, 240_ms); };
    sim::WorkDeclaration::Call execute;
    execute.verb = "execute";
    execute.argument = "foo";
    work("schedule-job").then = {build, execute};
    add_application("a", "10.0.0.1", "schedule-job");
    add_application("b", "10.0.0.1", "schedule-job");
    deploy();
    start_at("a", 1_s);
    start_at("b", 45_s);
    run_until(119_s);
  }
};

}  // namespace

TEST_CASE("a late event sets the flag again after the leader has sharded", "[elasticjob:9.2][elasticjob:9.3]") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Incident world({}, seed);
    CHECK(world.items("foo", 30_s, 60_s) == std::multiset<int>{0, 1, 2});
    // The leader runs its share; the follower's is lost until the next round lets it go on.
    const auto round = world.items("foo", 60_s, 89_s);
    if (round == std::multiset<int>{1}) ++lost;
    CHECK(world.items("foo", 90_s, 119_s).size() >= 3);
  }
  CHECK(lost == 5);
}

TEST_CASE("if only the leader sets the flag every item of the round runs once", "[elasticjob:9.6]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Incident world({"resharding-flag-leader-only"}, seed);
    for (const Duration from : {30_s, 60_s, 90_s}) {
      CHECK(world.items("foo", from, from + 29_s) == std::multiset<int>{0, 1, 2});
    }
  }
}
