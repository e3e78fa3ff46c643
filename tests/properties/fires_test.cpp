// no-lost-run, no-duplicate-run, no-stuck-run, settles, bounded-start-rate: what became of the book's fires.
#include <algorithm>

#include <catch2/catch.hpp>

#include "court.hpp"

using namespace court;
using namespace chronofault::literals;

TEST_CASE("no-lost-run holds for a fire that starts at the very end of its bound") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(40_s);
  c.taken("a", 1, 10_s);
  c.began("a", 1);
  c.to(1_min);
  CHECK(c.verdict("no-lost-run").state == PropertyState::held);
  CHECK(c.verdict("no-lost-run").premises == 1);
}

TEST_CASE("no-lost-run is violated one microsecond after the bound, and says what the bound is made of") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(40_s);
  CHECK_FALSE(c.watch->ledger().fire(0).state == FireState::lost);
  c.to(41_s);
  const PropertyResult result = c.verdict("no-lost-run");
  REQUIRE(result.violations.size() == 1);
  CHECK(result.violations[0].at == after(40_s) + 1_us);
  CHECK(result.violations[0].message == "a due at 2022-02-24 03:00:10.000 has not started by 2022-02-24 03:00:40.000");
  CHECK(to_string(result.violations[0].bound) == "30s = 20s schedule pass + 10s allowance");
  CHECK(result.violations[0].records.size() == 1);  // FireDue
}

TEST_CASE("a final outcome of a fire of which nothing started is the violation, and its evidence") {
  Court d;
  d.roster.add(job("a", once_at(2_min)));
  d.open().to(2_min);
  const RecordId taken = d.taken("a", 7, 2_min);
  const RecordId failed = d.outcome("a", 7, false, "no worker available");
  const PropertyResult result = d.verdict("no-lost-run");
  REQUIRE(result.violations.size() == 1);
  CHECK(result.violations[0].at == after(2_min));
  CHECK(result.violations[0].records.back() == failed);
  CHECK(std::find(result.violations[0].records.begin(), result.violations[0].records.end(), taken) !=
        result.violations[0].records.end());
  CHECK(result.violations[0].run == 7);
}

TEST_CASE("one of two runs of a fire may end without a start as long as the other one starts") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(10_s);
  c.taken("a", 1, 10_s);
  c.taken("a", 2, 10_s);
  c.outcome("a", 1, false, "replaced");
  c.to(12_s);
  c.began("a", 2);
  CHECK(c.verdict("no-lost-run").state == PropertyState::held);
}

TEST_CASE("without a fire no-lost-run is vacuous; at the end of the run it is open") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(1_min);
  CHECK(c.verdict("no-lost-run").state == PropertyState::vacuous);

  Court d;
  d.roster.add(job("a", once_at(10_s)));
  d.open().to(20_s);
  CHECK(d.watch->open_before(after(15_s)) == 1);
  CHECK(d.watch->open_before(after(5_s)) == 0);
  CHECK(d.watch->last_due(after(15_s)) == after(40_s));
  const PropertyResult open = d.verdict("no-lost-run");
  CHECK(open.state == PropertyState::open);
  CHECK(open.open == 1);
  CHECK(open.open_subjects.size() == 1);

  Court e;
  e.roster.add(job("a", once_at(10_s)));
  e.open().to(20_s);
  CHECK(e.verdict("no-lost-run", 5_s).open == 0);  // it opened after `until`
}

TEST_CASE("a deadline counts once members have been up for a minute; a fire without members is excused") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(5_s);
  c.watch->process("w1", Standing::down);
  c.watch->process("w2", Standing::still);
  c.to(2_min);
  CHECK(c.watch->open_before(after(1_min)) == 1);
  c.watch->process("w1", Standing::up);
  c.to(2_min + 89_s);
  CHECK_FALSE(c.watch->ledger().fire(0).state == FireState::lost);
  c.to(2_min + 91_s);
  CHECK(c.violated() == "no-lost-run");

  Court d;
  d.roster.add(job("a", once_at(10_s)));
  d.open().to(5_s);
  d.watch->process("w1", Standing::down);
  d.watch->process("w2", Standing::down);
  d.to(11_s);
  d.taken("a", 1, 10_s);
  d.outcome("a", 1, false, "no worker available");
  CHECK(d.verdict("no-lost-run").state == PropertyState::held);
  CHECK(d.verdict("no-lost-run").excused == 1);
}

TEST_CASE("misfire: a missed fire goes with the next run if the contract says once, and not if it says all") {
  for (const MisfireRule rule : {MisfireRule::once, MisfireRule::all}) {
    Court c;
    DeclaredJob declared = job("a", cron("0 * * * * ?"));
    declared.contract.misfire = rule;
    declared.contract.misfire_threshold = 5_s;
    c.roster.add(declared);
    c.open().to(30_s);
    c.watch->process("s1", Standing::down);
    c.watch->process("s2", Standing::down);
    c.to(2_min + 30_s);  // fires of 1 and 2 min are missed
    c.watch->process("s1", Standing::up);
    c.to(2_min + 40_s);
    c.taken("a", 1, 2_min);
    c.began("a", 1);
    c.ended("a", 1);
    c.outcome("a", 1, true);
    for (int minute = 3; minute <= 6; ++minute) {
      c.to(1_min * minute + 1_s);
      c.taken("a", minute, 1_min * minute);
      c.began("a", minute);
      c.ended("a", minute);
      c.outcome("a", minute, true);
    }
    CHECK(c.violated() == (rule == MisfireRule::once ? "" : "no-lost-run"));
  }
}

TEST_CASE("overlap: a rejected run is a legal skip only while as many are in progress as the contract allows") {
  for (const bool busy : {true, false}) {
    Court c;
    DeclaredJob declared = job("a", cron("0 * * * * ?"));
    declared.contract.overlap = Overlap::discard_new;
    c.roster.add(declared);
    c.open().to(1_min);
    c.taken("a", 1, 1_min);
    c.dispatched("a", 1);
    c.began("a", 1);
    if (!busy) {
      c.ended("a", 1);
      c.outcome("a", 1, true);
    }
    c.to(2_min);
    c.taken("a", 2, 2_min);
    c.say("s1", EventKind::RunRejected, "a", 2);
    c.outcome("a", 2, false, "too many instances");
    CHECK(c.violated() == (busy ? "" : "no-lost-run"));
  }
}

TEST_CASE("every: fires are matched in order, whatever phase the system has") {
  Court c;
  c.roster.add(job("a", each(1_min)));
  c.open();
  for (int k = 0; k < 5; ++k) {
    c.to(1_min * k + 17_s);
    c.created("a", 10 + k);
    c.began("a", 10 + k);
    c.ended("a", 10 + k);
    c.outcome("a", 10 + k, true);
  }
  c.to(4_min + 59_s);
  CHECK(c.violated().empty());
  CHECK(c.verdict("no-lost-run").premises == 4);
  c.to(10_min);
  Court d;
  d.roster.add(job("a", each(1_min)));
  d.open().to(90_s + 1_ms);
  CHECK(d.violated() == "no-lost-run");
}

TEST_CASE("operator: accepted runs are due, refused and unknown ones are not, a stop takes back") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(5_s);
  c.operate("run", "a", OperatorResult::refused("no"));
  c.operate("run", "a", OperatorResult::unknown("timeout"));
  c.to(2_min);
  CHECK(c.verdict("no-lost-run").state == PropertyState::vacuous);

  Court d;
  d.roster.add(job("a"));
  d.open().to(5_s);
  d.created("a", 42);
  const RecordId acted = d.operate("run", "a", OperatorResult::accepted(42, wall(1_min)));
  d.to(1_min + 29_s);
  CHECK(d.watch->ledger().fire(0).state == FireState::waiting);
  d.to(1_min + 31_s);
  REQUIRE(d.violated() == "no-lost-run");
  const Violation lost = d.verdict("no-lost-run").violations[0];
  CHECK(std::find(lost.records.begin(), lost.records.end(), acted) != lost.records.end());
  CHECK(lost.since <= acted);

  Court e;
  e.roster.add(job("a", once_at(10_s)));
  e.open().to(12_s);
  e.operate("stop", "a", OperatorResult::accepted(0, std::nullopt));
  e.to(2_min);
  CHECK(e.verdict("no-lost-run").state == PropertyState::held);
  CHECK(e.verdict("no-lost-run").excused == 1);
}

TEST_CASE("operator: a cancelled run is owed no start, another one of the job is") {
  for (const bool before_due : {true, false}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    c.created("a", 42);
    c.operate("run", "a", OperatorResult::accepted(42, wall(1_min)));
    c.created("a", 43);
    c.operate("run", "a", OperatorResult::accepted(43, wall(1_min)));
    c.to(before_due ? 30_s : 1_min + 1_s);
    c.operate("cancel", "a", OperatorResult::accepted(42, std::nullopt));
    c.to(1_min + 2_s);
    c.began("a", 43, "w1");
    c.ended("a", 43, true, "w1");
    c.outcome("a", 43, true);
    c.to(5_min);
    CHECK(c.violated().empty());
    CHECK(c.verdict("no-lost-run").premises == (before_due ? 1 : 2));
    CHECK(c.verdict("no-lost-run").excused == (before_due ? 0 : 1));
  }
  Court d;
  d.roster.add(job("a"));
  d.open().to(5_s);
  for (const std::int64_t run : {42, 43}) {
    d.created("a", run);
    d.operate("run", "a", OperatorResult::accepted(run, wall(1_min)));
  }
  d.operate("cancel", "a", OperatorResult::accepted(42, std::nullopt));
  d.to(5_min);
  CHECK(d.violated() == "no-lost-run no-stuck-run");
  CHECK(d.verdict("no-lost-run").violation_count == 1);
}

TEST_CASE("a workflow's fire starts with any of its nodes, also when they are heard of first") {
  for (const bool first : {true, false}) {
    Court c;
    c.roster.add(job("n"));
    DeclaredJob workflow = job("w", once_at(1_min));
    workflow.workflow = true;
    workflow.nodes = {"n"};
    c.roster.add(workflow);
    c.open().to(1_min + 1_s);
    if (!first) c.taken("w", 9, 1_min);
    c.created("n", 1, 9);
    c.began("n", 1, "w1", 9);
    if (first) c.taken("w", 9, 1_min);
    c.ended("n", 1, true, "w1", 9);
    c.outcome("n", 1, true, "", 9);
    c.outcome("w", 9, true);
    c.to(5_min);
    CHECK(c.violated().empty());
    CHECK(c.verdict("no-lost-run").state == PropertyState::held);
    CHECK(c.verdict("no-stuck-run").premises == 2);
  }
}

TEST_CASE("no-duplicate-run: one fire twice, by the guarantee") {
  for (const Guarantee guarantee : {Guarantee::at_most_once, Guarantee::none, Guarantee::at_least_once}) {
    Court c;
    DeclaredJob declared = job("a", once_at(10_s));
    declared.contract.guarantee = guarantee;
    c.roster.add(declared);
    c.open().to(10_s);
    c.taken("a", 1, 10_s);
    c.began("a", 1, "w1", 0, -1, 0);
    c.ended("a", 1, true, "w1", 0, -1, 0);
    c.taken("a", 2, 10_s);  // another run of the same fire
    c.began("a", 2, "w2");
    c.ended("a", 2, true, "w2");
    c.outcome("a", 1, true);
    c.outcome("a", 2, true);
    CHECK(c.violated() == (guarantee == Guarantee::at_least_once ? "" : "no-duplicate-run"));
    CHECK(c.verdict("no-duplicate-run").premises == 2);
  }
}

TEST_CASE("no-duplicate-run: at once in two places, unless the first one's process was shaken") {
  for (const bool shaken : {true, false}) {
    Court c;
    DeclaredJob declared = job("a", once_at(10_s));
    declared.contract.guarantee = Guarantee::at_least_once;
    c.roster.add(declared);
    c.open().to(10_s);
    c.taken("a", 1, 10_s);
    c.began("a", 1, "w1", 0, -1, 0);
    if (shaken) c.watch->process("w1", Standing::still);
    c.to(20_s);
    c.began("a", 1, "w2", 0, -1, 1);
    CHECK(c.violated() == (shaken ? "" : "no-duplicate-run"));
  }
}

TEST_CASE("no-lost-run: each shard of a round that work began has to start") {
  for (const bool both : {false, true}) {
    Court c;
    DeclaredJob declared = job("a");
    declared.contract.schedule.kind = ScheduleKind::on_demand;
    declared.contract.shards = 2;
    c.roster.add(declared);
    c.open().to(10_s);
    c.taken("a", 0, 10_s);
    Event called(EventKind::WorkCalled);
    called.job = "a";
    called.fire = wall(10_s);
    c.say("w1", called);
    const auto begins = [&c](int shard) {
      Event event(EventKind::RunStarted);
      event.job = "a";
      event.fire = wall(10_s);
      event.shard = shard;
      c.say("w1", event);
    };
    c.to(11_s);
    begins(1);
    c.to(39_s);
    if (both) begins(0);
    c.to(41_s);
    CHECK(c.violated() == (both ? "" : "no-lost-run"));
    if (!both) {
      CHECK(c.verdict("no-lost-run").violations.front().message.find("has not started its shards 0 by") !=
            std::string::npos);
    }
  }
}

TEST_CASE("no-duplicate-run: shards of one run, and nodes of different workflow runs, are no duplicates") {
  Court c;
  DeclaredJob declared = job("a", once_at(10_s));
  declared.contract.shards = 2;
  declared.contract.guarantee = Guarantee::at_most_once;
  c.roster.add(declared);
  c.open().to(10_s);
  c.taken("a", 1, 10_s);
  c.began("a", 1, "w1", 0, 0);
  c.began("a", 1, "w2", 0, 1);
  CHECK(c.violated().empty());
}

TEST_CASE("no-stuck-run: the clock stands while work runs, and goes on at its end or loss") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(10_s);
  c.taken("a", 1, 10_s);
  c.began("a", 1);
  c.to(10_min);
  CHECK(c.watch->open_before(after(1_min)) == 1);
  c.ended("a", 1);
  c.to(10_min + 49_s);
  CHECK(c.watch->open_before(after(1_min)) == 1);
  c.to(10_min + 51_s);  // 30 s + 20 s after the end
  CHECK(c.violated() == "no-stuck-run");

  Court d;
  d.roster.add(job("a", once_at(10_s)));
  d.open().to(10_s);
  d.taken("a", 1, 10_s);
  d.began("a", 1);
  d.to(5_min);
  d.watch->process("w1", Standing::down);
  d.to(6_min);
  CHECK(d.violated() == "no-stuck-run");
}

TEST_CASE("no-stuck-run: a run for later is not due before its time") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(5_s);
  c.created("a", 42);  // before the operator's answer says for when
  c.operate("run", "a", OperatorResult::accepted(42, wall(2_h)));
  c.to(2_h + 10_s);
  CHECK(c.watch->open_before(after(3_h)) == 2);
  c.began("a", 42);
  c.ended("a", 42);
  c.outcome("a", 42, true);
  c.to(3_h);
  CHECK(c.violated().empty());
  CHECK(c.verdict("no-stuck-run").state == PropertyState::held);
}

TEST_CASE("settles: obligations count from healing plus grace") {
  Court c;
  c.roster.add(job("a", cron("0 * * * * ?")));
  c.open().to(90_s);
  c.watch->healed();
  c.to(2_min + 5_s);
  c.taken("a", 2, 2_min);
  c.began("a", 2);
  c.to(2_min + 40_s);
  CHECK(c.verdict("settles", 10_min).state == PropertyState::vacuous);
  CHECK(c.verdict("no-lost-run").violation_count == 1);  // of the first minute, before healing

  Court d;
  d.roster.add(job("a", cron("0 * * * * ?")));
  d.open().to(30_s);
  d.watch->healed();
  d.to(2_min + 31_s);
  CHECK(d.verdict("settles", 10_min).violation_count == 1);  // of 2 min; that of 1 min is within the grace
  CHECK(d.verdict("no-lost-run").violation_count == 2);
}

TEST_CASE("bounded-start-rate: a storm is one violation, a backlog that is worked off is none") {
  Court c;
  DeclaredJob declared = job("a", cron("0 * * * * ?"));
  declared.contract.guarantee = Guarantee::at_least_once;
  c.roster.add(declared);
  c.open().to(1_min);
  c.taken("a", 1, 1_min);
  for (int i = 0; i < 10; ++i) {
    c.began("a", 1, "w1", 0, -1, i);
    c.ended("a", 1, true, "w1", 0, -1, i);
  }
  CHECK(c.violated() == "bounded-start-rate");
  CHECK(c.verdict("bounded-start-rate").violation_count == 1);

  Court d;
  d.roster.add(job("a", cron("0 * * * * ?")));
  d.open().to(10_min + 30_s);
  for (int minute = 1; minute <= 10; ++minute) {
    d.taken("a", minute, 1_min * minute);
    d.began("a", minute);
  }
  CHECK(d.verdict("bounded-start-rate").state == PropertyState::held);
}
