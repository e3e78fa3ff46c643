// An application is killed at many steps, and started again: nothing of it may be left, and the jobs go on.
#include "elastic_world.hpp"

using namespace elastic;

namespace {

std::string play(const std::string& version, std::uint64_t seed, std::uint64_t kill_at_step) {
  ElasticWorld world(version, seed);
  world.add_job("report", "0/10 * * * * ?", 3, 4_s).native["failover"] = Value(true);
  world.add_job("foo", "", 2, 1_s).native["distributeOnce"] = Value(true);
  sim::WorkDeclaration::Call call;
  call.verb = "execute";
  call.argument = "foo";
  world.work("report").then.push_back(call);
  world.add_application("a", "10.0.0.1", "foo,report");
  world.add_application("b", "10.0.0.2", "foo,report");
  world.deploy();
  world.start_at("a", 1_s);
  world.start_at("b", 2_s);
  world.world().kernel().run_to_step(kill_at_step, ElasticWorld::start + 40_s);
  if (sim::Process* const victim = world.world().process("b"); victim->alive()) {
    victim->request_kill(sim::Ending::crash);
    world.world().kernel().settle();
    CHECK_FALSE(victim->alive());
  }
  world.start_at("b", 60_s);
  world.run_until(150_s);
  CHECK(world.alarms == Lines());
  CHECK_FALSE(world.items("report", 130_s, 150_s).empty());
  return to_string(world.world().kernel().digest().value());
}

}  // namespace

TEST_CASE("a crash at many steps leaves nothing behind", "[elasticjob:8.1]") {
  for (std::uint64_t step = 200; step < 12'000; step += 331) {
    CAPTURE(step);
    play("3.0.0-beta-SNAPSHOT", step, step);
    play("latest", step, step);
  }
}

TEST_CASE("the same run twice", "[elasticjob:1.1]") {
  CHECK(play("3.0.0-beta-SNAPSHOT", 3, 4'000) == play("3.0.0-beta-SNAPSHOT", 3, 4'000));
  CHECK(play("3.0.2", 3, 4'000) == play("3.0.2", 3, 4'000));
  CHECK(play("latest", 3, 4'000) != play("latest", 4, 4'000));
}
