// Locks, transactions and what happens while the database is away (quartz 2.4, 4, 8).
#include <algorithm>

#include <catch2/catch.hpp>

#include "database_world.hpp"

using namespace support;
using namespace chronofault::quartz;

namespace {

const triggers::TriggerKey the_trigger("DEFAULT", "t");

Task<> pause_it(StoreNode& node) { return node.store.pause_trigger(the_trigger); }

void store_one(StoreWorld& w) {
  const JobDetail job = job_named("job");
  const JobTrigger trigger = trigger_named("t", "job");
  w.act('a', [&](StoreNode& a) { return a.store.store_job_and_trigger(job, trigger); });
}

bool failed_by_store(const StoreNode::Outcome& outcome) {
  if (!outcome.error) return false;
  try {
    std::rethrow_exception(outcome.error);
  } catch (const JobPersistence&) {
    return true;
  } catch (...) {
  }
  return false;
}

}  // namespace

TEST_CASE("a row lock is inserted on first use and keeps others out until the transaction ends", "[quartz:2.4]") {
  for (const sim::Dialect dialect : {sim::Dialect::innodb, sim::Dialect::postgresql}) {
    StoreWorld w("ab", {}, dialect);
    CHECK(w.rows<LockRow>().empty());
    store_one(w);
    REQUIRE(w.rows<LockRow>().size() == 1);
    CHECK(w.rows<LockRow>().front().lock_name == "TRIGGER_ACCESS");
    const db::Values key{Value(std::string("QuartzScheduler")), Value(std::string("TRIGGER_ACCESS"))};
    const sim::SessionId hold = w.world->database_server()->hold_lock("QRTZ_LOCKS", key);
    w.run(1_s);
    const auto waits = w.begin('b', pause_it);
    w.run(10_s);
    CHECK(!waits->done);
    CHECK(w.state_of("t") == state::waiting);
    w.world->database_server()->release_hold(hold);
    w.run(1_s);
    CHECK(waits->done);
    CHECK(w.state_of("t") == state::paused);
  }
}

TEST_CASE("a lock wait that times out is tried three times in all", "[quartz:2.4]") {
  for (const bool rolls_back : {false, true}) {
    StoreWorld w("a", [rolls_back](DatabaseStoreOptions& o) { o.policies.roll_back_before_lock_retry = rolls_back; });
    store_one(w);
    const db::Values key{Value(std::string("QuartzScheduler")), Value(std::string("TRIGGER_ACCESS"))};
    w.world->database_server()->hold_lock("QRTZ_LOCKS", key);
    w.run(1_s);
    const auto waits = w.begin('a', pause_it);
    w.run(151_s);  // innodb_lock_wait_timeout is 50 s, and a second lies between two tries
    CHECK(!waits->done);
    w.run(2_s);
    CHECK(waits->done);
    CHECK(failed_by_store(*waits));
    CHECK(w.state_of("t") == state::waiting);
  }
}

TEST_CASE("a node that is alone locks in its process", "[quartz:2.4]") {
  StoreWorld w("a", [](DatabaseStoreOptions& o) { o.clustered = false; });
  store_one(w);
  CHECK(w.rows<LockRow>().empty());
  int inside = 0;
  int most = 0;
  const auto race = [&](StoreNode& a) -> Task<> {
    const JobTrigger other = trigger_named("u" + std::to_string(++inside), "job");
    co_await a.store.store_trigger(other, false);
    most = std::max(most, inside);
  };
  const auto first = w.begin('a', race);
  const auto second = w.begin('a', race);
  w.run(1_s);
  CHECK(first->done);
  CHECK(second->done);
  CHECK(w.rows<TriggerRow>().size() == 3);
}

TEST_CASE("in auto-commit mode the row lock ends with the statement that takes it", "[quartz:2.4]") {
  StoreWorld w("ab", [](DatabaseStoreOptions& o) { o.managed_connections = true; });
  store_one(w);
  const db::Values trigger{Value(std::string("QuartzScheduler")), Value(std::string("t")),
                           Value(std::string("DEFAULT"))};
  const sim::SessionId hold = w.world->database_server()->hold_lock("QRTZ_TRIGGERS", trigger);
  w.run(1_s);
  const auto stuck = w.begin('a', pause_it);  // has taken TRIGGER_ACCESS, and waits for the row
  w.run(1_s);
  CHECK(!stuck->done);
  const JobTrigger other = trigger_named("u", "job");
  w.act('b', [&](StoreNode& b) { return b.store.store_trigger(other, false); });  // takes it too
  CHECK(w.state_of("u") == state::waiting);
  w.world->database_server()->release_hold(hold);
  w.run(1_s);
  CHECK(stuck->done);
}

TEST_CASE("release and complete are repeated until the database is back", "[quartz:4][quartz:7.13][quartz:8]") {
  StoreWorld w("a");
  store_one(w);
  std::vector<JobTrigger> held;
  w.act('a', [&](StoreNode& a) -> Task<> { held = co_await a.store.acquire(a.store.now() + 30_s, 1, Duration()); });
  REQUIRE(held.size() == 1);
  w.world->database_process()->request_kill(sim::Ending::crash);
  w.world->kernel().settle();
  const auto repeats = w.begin('a', [&](StoreNode& a) { return a.store.release(held.front()); });
  const auto fails = w.begin('a', pause_it);
  const auto told = [&w] {
    const std::vector<std::string>& notes = w.node('a').notes;
    return std::count(notes.begin(), notes.end(), "error: An error occurred while releasing a trigger");
  };
  w.run(2_min);
  CHECK(!repeats->done);
  CHECK(failed_by_store(*fails));
  CHECK(told() == 0);
  w.run(1_min);
  CHECK(told() == 1);  // of the fourth failure
  w.world->start_at(*w.world->database_process(), w.world->kernel().now());
  w.run(50_s);
  CHECK(repeats->done);
  CHECK(!repeats->error);
  CHECK(w.state_of("t") == state::waiting);
  CHECK(w.rows<FiredTriggerRow>().empty());
}

TEST_CASE("the end of the store ends the repetition", "[quartz:4]") {
  StoreWorld w("a");
  store_one(w);
  const JobTrigger held = trigger_named("t", "job");
  w.world->database_process()->request_kill(sim::Ending::crash);
  w.world->kernel().settle();
  const auto repeats = w.begin('a', [&](StoreNode& a) { return a.store.release(held); });
  w.run(1_s);
  w.act('a', [](StoreNode& a) { return a.store.shutdown(); });
  w.run(1_min);
  CHECK(repeats->done);
  CHECK(failed_by_store(*repeats));
}
