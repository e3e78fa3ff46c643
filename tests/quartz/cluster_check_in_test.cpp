// Who is counted as failed, and what becomes of what it held (quartz 7.17, 8).
#include <catch2/catch.hpp>

#include <quartz/cluster_rules.hpp>

#include "database_world.hpp"

using namespace support;
using namespace chronofault::quartz;

namespace {

bool check_in(StoreWorld& w, char node) {
  bool recovered = false;
  w.act(node, [&](StoreNode& n) -> Task<> { recovered = co_await n.store.check_in(); });
  return recovered;
}

void store(StoreWorld& w, const JobDetail& job, const JobTrigger& trigger) {
  w.act('a', [&](StoreNode& a) { return a.store.store_job_and_trigger(job, trigger); });
}

std::vector<FiredResult> acquire_and_fire(StoreWorld& w, char node, bool fires = true) {
  std::vector<FiredResult> results;
  w.act(node, [&](StoreNode& n) -> Task<> {
    std::vector<JobTrigger> held = co_await n.store.acquire(n.store.now() + 30_s, 1, Duration());
    if (fires) results = co_await n.store.fired(std::move(held));
  });
  return results;
}

std::vector<std::string> instances(StoreWorld& w) {
  std::vector<std::string> names;
  for (const SchedulerStateRow& row : w.rows<SchedulerStateRow>()) names.push_back(row.instance_name);
  return names;
}

}  // namespace

TEST_CASE("a peer has failed when its row is older than interval, or own gap, and grace", "[quartz:7.17]") {
  SchedulerStateRow row;
  row.last_checkin_time = world_start.ms();
  row.checkin_interval = 7'500;
  const auto failed = [&row](Duration age, Duration gap) {
    return rules::instance_failed(row, world_start + age, world_start + age - gap);
  };
  CHECK(!failed(15_s, 7500_ms));
  CHECK(failed(15'001_ms, 7500_ms));
  CHECK(failed(15'001_ms, Duration()));
  CHECK(!failed(20'000_ms, 12'500_ms));  // its own absence makes a node patient
  CHECK(failed(20'001_ms, 12'500_ms));
}

// The incident in ms: whatever the ages and gaps are, a node whose clock is ahead declares a healthy peer failed from
// the very ms on that the formula names, and recovers it.
TEST_CASE("the skew from which on a healthy peer is recovered is the formula's", "[quartz:7.17][quartz:8]") {
  for (const Duration gap : {7500_ms, 7501_ms, 12_s}) {
    for (const Duration age : {Duration(), 1_ms, 3750_ms, 7499_ms, 7500_ms}) {
      const Duration threshold = std::max(7500_ms, gap) + 7500_ms - age;
      for (int ms = -2; ms <= 2; ++ms) {
        const Duration ahead = threshold + Duration::ms(ms);
        StoreWorld w("ab");
        const Duration second = 1'000_s;  // of b, by true time
        w.freeze_wall('a', second - gap);
        w.freeze_wall('b', second - gap + ahead);
        check_in(w, 'a');
        check_in(w, 'b');
        w.freeze_wall('a', second - age);
        check_in(w, 'a');
        w.freeze_wall('b', second + ahead);
        CAPTURE(gap.count_ms(), age.count_ms(), ahead.count_ms());
        CHECK(check_in(w, 'b') == (ms > 0));
        CHECK(instances(w).size() == (ms > 0 ? 1u : 2u));
      }
    }
  }
}

// The same with the loops that run in a cluster: at each of b's passes, what the rows and clocks then say decides.
TEST_CASE("loops of a skewed cluster recover exactly where the formula says so", "[quartz:3.3][quartz:7.17]") {
  int recoveries = 0;
  for (int tenths = 60; tenths <= 160; tenths += 5) {
    StoreWorld w("ab");
    const Duration ahead = Duration::ms(tenths * 100);
    w.act('a', [](StoreNode& a) { return a.store.scheduler_started(); });
    w.run(2_s);
    w.clock('b').step_wall(ahead);
    w.act('b', [](StoreNode& b) { return b.store.scheduler_started(); });
    const DatabaseStore& b = w.node('b').store;
    const sim::TrueTime until = w.world->kernel().now() + 40_s;
    WallTime last = b.last_check_in();
    std::vector<SchedulerStateRow> before = w.rows<SchedulerStateRow>();
    while (w.world->kernel().step(until)) {
      if (b.last_check_in() == last) {
        before = w.rows<SchedulerStateRow>();
        continue;
      }
      for (const SchedulerStateRow& row : before) {
        if (row.instance_name != "a") continue;
        const bool expected = rules::instance_failed(row, b.last_check_in(), last);
        w.run(10_ms);  // the rest of the pass
        const auto left = instances(w);
        CAPTURE(tenths, row.last_checkin_time, last.ms(), b.last_check_in().ms());
        CHECK((std::find(left.begin(), left.end(), "a") == left.end()) == expected);
        if (expected) ++recoveries;
      }
      last = b.last_check_in();
      before = w.rows<SchedulerStateRow>();
    }
  }
  CHECK(recoveries > 20);
}

TEST_CASE("the interval is written at the first check-in alone; a node that was recovered inserts itself again",
          "[quartz:7.17]") {
  StoreWorld w("ab");
  CHECK(!check_in(w, 'a'));
  CHECK(!check_in(w, 'b'));
  REQUIRE(w.rows<SchedulerStateRow>().size() == 2);
  CHECK(w.rows<SchedulerStateRow>().front().checkin_interval == 7'500);
  for (int i = 0; i < 3; ++i) {
    w.run(7500_ms);
    check_in(w, 'b');
  }
  CHECK(instances(w) == std::vector<std::string>{"b"});
  CHECK(!check_in(w, 'a'));  // "still active but was recovered by another instance"
  CHECK(instances(w) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("what a failed node held: acquired ones wait again, interrupted ones run again", "[quartz:7.17][quartz:8]") {
  for (const sim::Dialect dialect : {sim::Dialect::innodb, sim::Dialect::postgresql}) {
    StoreWorld w("ab", {}, dialect);
    check_in(w, 'a');
    check_in(w, 'b');
    JobDetail again = job_named("again", "Exclusive");
    again.requests_recovery = true;
    JobTrigger once = trigger_named("once", "again", 1_s);
    once.trigger.schedule = triggers::SimpleSchedule{};
    once.trigger.priority = 8;
    once.data["k"] = "v";
    store(w, again, once);
    store(w, job_named("lost"), trigger_named("t", "lost", 2_s));
    REQUIRE(acquire_and_fire(w, 'a').front().bundle);
    acquire_and_fire(w, 'a', false);
    CHECK(w.state_of("once") == state::complete);
    CHECK(w.state_of("t") == state::acquired);
    const WallTime due = world_start + 1_s;
    w.crash('a');
    bool recovered = false;
    for (int i = 0; i < 3 && !recovered; ++i) {
      w.run(7500_ms);
      recovered = check_in(w, 'b');
    }
    REQUIRE(recovered);
    CHECK(w.state_of("t") == state::waiting);
    CHECK(w.state_of("once").empty());  // nothing of it runs any more
    CHECK(w.rows<FiredTriggerRow>().empty());
    CHECK(instances(w) == std::vector<std::string>{"b"});
    const auto fired = acquire_and_fire(w, 'b');
    REQUIRE(!fired.empty());
    REQUIRE(fired.front().bundle);
    const FiredBundle& bundle = *fired.front().bundle;
    CHECK(bundle.recovering);
    CHECK(bundle.scheduled_fire_time == due);
    CHECK(bundle.trigger.trigger.priority == 8);
    CHECK(bundle.trigger.data.at("k") == "v");
    CHECK(bundle.trigger.data.at("QRTZ_FAILED_JOB_ORIG_TRIGGER_NAME") == "once");
    CHECK(bundle.trigger.data.at("QRTZ_FAILED_JOB_ORIG_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS_AS_STRING") ==
          std::to_string(due.ms()));
  }
}

TEST_CASE("a node that starts again under its name recovers its own rows at once", "[quartz:7.17][quartz:8]") {
  StoreWorld w("ab");
  check_in(w, 'a');
  store(w, job_named("job", "Exclusive"), trigger_named("t", "job", 1_s));
  REQUIRE(acquire_and_fire(w, 'a').front().bundle);
  CHECK(w.state_of("t") == state::blocked);
  w.crash('a');
  w.restart('a');
  CHECK(check_in(w, 'a'));
  CHECK(w.state_of("t") == state::waiting);
  CHECK(instances(w) == std::vector<std::string>{"a"});
  CHECK(!check_in(w, 'a'));
}

TEST_CASE("fired rows of an instance without a state row are orphans, which first check-ins recover", "[quartz:7.17]") {
  StoreWorld w("ab");
  check_in(w, 'b');
  store(w, job_named("job"), trigger_named("t", "job", 1_s));
  acquire_and_fire(w, 'a', false);  // has never checked in
  CHECK(!check_in(w, 'b'));
  CHECK(w.state_of("t") == state::acquired);
  w.crash('b');
  w.restart('b');
  CHECK(check_in(w, 'b'));
  CHECK(w.state_of("t") == state::waiting);
}

TEST_CASE("a check-in that cannot read the states makes the node impatient", "[quartz:7.17][quartz:8]") {
  StoreWorld w("ab");
  check_in(w, 'b');
  w.run(100_s);
  const WallTime before = w.node('b').store.last_check_in();
  const auto broken = [](StoreNode& b) -> Task<> { (void)co_await b.store.check_in(); };
  // The connection dies while the statement is under way.
  w.slow("QRTZ_SCHEDULER_STATE", std::nullopt, 5_s);
  const auto fails = w.begin('b', broken);
  w.run(1_s);
  w.world->database_process()->request_kill(sim::Ending::crash);
  w.world->kernel().settle();
  w.run(2_s);
  CHECK(fails->done);
  CHECK(fails->error);
  CHECK(w.node('b').store.last_check_in() > before + 100_s);
}

TEST_CASE("misfires are re-timed by the loop, at once after the start and then once per threshold", "[quartz:3.2]") {
  StoreWorld w("a");
  store(w, job_named("job"), trigger_named("t", "job", 1_s));
  w.act('a', [](StoreNode& a) { return a.store.scheduler_started(); });
  w.run(50_s);
  CHECK(w.node('a').notes.empty());
  w.run(80_s);
  CHECK(w.node('a').notes == std::vector<std::string>{"misfired t", "signal"});
  w.act('a', [](StoreNode& a) { return a.store.shutdown(); });
  w.run(5_min);
  CHECK(w.node('a').notes.size() == 2);
}

TEST_CASE("recovery deletes rows that it has not seen, unless told not to", "[quartz:7.17][quartz:11]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("ab", [policy](DatabaseStoreOptions& o) { o.policies.delete_only_read_rows = policy; });
    check_in(w, 'a');
    check_in(w, 'b');
    store(w, job_named("one"), trigger_named("t", "one", 1_s));
    store(w, job_named("two"), trigger_named("u", "two", 20_s));
    acquire_and_fire(w, 'a', false);
    w.run(7500_ms);
    check_in(w, 'b');
    w.run(7501_ms);  // node a is well, and stood still for a while
    w.slow("QRTZ_FIRED_TRIGGERS", db::StatementKind::remove, 5_s);
    const auto recovers = w.begin('b', [](StoreNode& b) -> Task<> { (void)co_await b.store.check_in(); });
    w.run(1_s);
    acquire_and_fire(w, 'a', false);
    CHECK(w.rows<FiredTriggerRow>().size() == 2);
    w.run(20_s);
    CHECK(recovers->done);
    CHECK(w.state_of("t") == state::waiting);
    CHECK(w.rows<FiredTriggerRow>().size() == (policy ? 1 : 0));
    CHECK(w.state_of("u") == state::acquired);  // without its row nobody will ever recover it
  }
}

TEST_CASE("a clock that jumps back in mid-pass prolongs the loop's sleep, unless told not to",
          "[quartz:3.2][quartz:8][quartz:11]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("a", [policy](DatabaseStoreOptions& o) { o.policies.clamp_sleeps_to_period = policy; });
    store(w, job_named("job"), trigger_named("t", "job", 1_s));
    w.act('a', [](StoreNode& a) { return a.store.scheduler_started(); });
    w.run(59_s);
    w.slow("QRTZ_TRIGGERS", db::StatementKind::select, 5_s);
    w.run(3_s);  // the second pass is under way
    w.clock('a').step_wall(-1_h);
    w.run(10_s);
    w.slow_no_more();
    w.clock('a').step_wall(1_h);
    w.run(2_min);
    CHECK(w.node('a').notes.empty() == !policy);
  }
}
