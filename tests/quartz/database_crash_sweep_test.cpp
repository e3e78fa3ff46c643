// The database dies after each step of an operation and comes back: what a store answers is what its rows say, also
// where the answer to a commit was lost (quartz 2.4, 7.11, 7.12, 8).
#include <catch2/catch.hpp>

#include "database_world.hpp"

using namespace support;
using namespace chronofault::quartz;

namespace {

/// Carries out `act` on node a and kills the database after `steps` of it; both end before this returns. False: it had
/// ended before.
bool dies_after(StoreWorld& w, std::uint64_t steps, StoreNode::Act act, bool* failed) {
  const auto outcome = w.begin('a', std::move(act));
  w.world->kernel().run_to_step(w.world->kernel().steps() + steps, w.world->kernel().now() + 1_min);
  const bool ended = outcome->done;
  w.world->database_process()->request_kill(sim::Ending::crash);
  w.world->kernel().settle();
  w.run(1_s);
  w.world->start_at(*w.world->database_process(), w.world->kernel().now());
  w.run(3_min);
  REQUIRE(outcome->done);
  *failed = outcome->error != nullptr;
  return !ended;
}

void store_two(StoreWorld& w) {
  const JobDetail job = job_named("job", "Exclusive");
  const JobTrigger once = trigger_named("t", "job");
  const JobTrigger other = trigger_named("u", "job", 10_s);
  w.act('a', [&](StoreNode& a) -> Task<> {
    co_await a.store.store_job_and_trigger(job, once);
    co_await a.store.store_trigger(other, false);
  });
}

Task<> acquire(StoreNode* node, std::vector<JobTrigger>* acquired) {
  *acquired = co_await node->store.acquire(node->store.now() + 5_s, 1, Duration());
}

}  // namespace

TEST_CASE("an acquisition is what the tables say", "[quartz:7.11][quartz:2.4]") {
  int kept = 0;
  int undone = 0;
  bool goes_on = true;
  for (std::uint64_t steps = 1; goes_on; ++steps) {
    StoreWorld w("a");
    store_two(w);
    std::vector<JobTrigger> acquired;
    bool failed = false;
    goes_on = dies_after(
        w, steps, [&](StoreNode& a) { return acquire(&a, &acquired); }, &failed);
    CAPTURE(steps);
    CHECK(failed == acquired.empty());
    REQUIRE(w.rows<FiredTriggerRow>().size() == acquired.size());
    CHECK(w.state_of("t") == (acquired.empty() ? state::waiting : state::acquired));
    if (!acquired.empty()) CHECK(w.rows<FiredTriggerRow>().front().entry_id == acquired.front().fire_instance_id);
    ++(failed ? undone : kept);
  }
  CHECK(undone > 10);
  CHECK(kept > 1);  // more than the one that had ended: a commit without an answer
}

TEST_CASE("a fire is what the tables say", "[quartz:7.12][quartz:2.4]") {
  int kept = 0;
  bool goes_on = true;
  for (std::uint64_t steps = 1; goes_on; ++steps) {
    StoreWorld w("a");
    store_two(w);
    std::vector<JobTrigger> acquired;
    w.act('a', [&](StoreNode& a) { return acquire(&a, &acquired); });
    std::vector<FiredResult> results;
    bool failed = false;
    const auto fires = [&](StoreNode& a) -> Task<> { results = co_await a.store.fired(acquired); };
    goes_on = dies_after(w, steps, fires, &failed);
    CAPTURE(steps);
    REQUIRE(w.rows<FiredTriggerRow>().size() == 1);
    const bool executes = w.rows<FiredTriggerRow>().front().state == state::executing;
    const bool has_bundle = !results.empty() && results.front().bundle.has_value();
    CHECK(has_bundle == executes);
    CHECK(w.state_of("t") == (executes ? state::blocked : state::acquired));
    CHECK(w.state_of("u") == (executes ? state::blocked : state::waiting));
    if (has_bundle) ++kept;
  }
  CHECK(kept > 1);
}

TEST_CASE("a completion happens in the end", "[quartz:7.14][quartz:4]") {
  bool goes_on = true;
  for (std::uint64_t steps = 1; goes_on; ++steps) {
    StoreWorld w("a");
    store_two(w);
    std::vector<JobTrigger> acquired;
    std::vector<FiredResult> results;
    w.act('a', [&](StoreNode& a) { return acquire(&a, &acquired); });
    w.act('a', [&](StoreNode& a) -> Task<> { results = co_await a.store.fired(acquired); });
    const FiredBundle bundle = *results.front().bundle;
    bool failed = false;
    const auto completes = [&](StoreNode& a) {
      return a.store.complete(bundle.trigger, bundle.job, CompletedExecution::noop);
    };
    goes_on = dies_after(w, steps, completes, &failed);
    CAPTURE(steps);
    CHECK(!failed);
    CHECK(w.rows<FiredTriggerRow>().empty());
    CHECK(w.state_of("t") == state::waiting);
    CHECK(w.state_of("u") == state::waiting);
  }
}
