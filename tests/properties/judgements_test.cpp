// single-owner, owner-acts, outcome-true, workflow-consistent, loops-progress, all-shards-run, no-repeat-offender.
#include <catch2/catch.hpp>

#include "court.hpp"

using namespace court;
using namespace chronofault::literals;

namespace {

RecordId takes(Court& c, std::string_view by) {
  Event event(EventKind::OwnershipTaken);
  event.scope = "app";
  event.member = std::string(by);
  return c.say(by, event);
}

RecordId loop(Court& c, EventKind kind, std::string_view by, Duration bound = Duration()) {
  Event event(kind);
  event.detail = "pass";
  event.bound = bound;
  return c.say(by, event);
}

DeclaredJob diamond() {
  DeclaredJob workflow = job("w");
  workflow.workflow = true;
  workflow.nodes = {"a", "b"};
  workflow.edges = {{"a", "b"}};
  return workflow;
}

}  // namespace

TEST_CASE("owner-acts: the owner of record may act, another may not") {
  for (const char* actor : {"s1", "s2"}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    c.dispatched("a", 1, actor);
    c.began("a", 1);
    const PropertyResult result = c.verdict("owner-acts");
    CHECK(result.premises == 1);
    CHECK(result.state == (std::string(actor) == "s1" ? PropertyState::held : PropertyState::violated));
  }
  Court vacuous;
  vacuous.open();
  CHECK(vacuous.verdict("owner-acts").state == PropertyState::vacuous);
}

TEST_CASE("owner-acts: the old owner has one second, and the violation cites how ownership moved") {
  for (const Duration late : {1_s, 1_s + 1_us}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    c.owner = "s2";
    const RecordId moved = takes(c, "s2");
    c.to(5_s + late);
    c.outcome("a", 1, false, "no worker available");
    const PropertyResult result = c.verdict("owner-acts");
    if (late == 1_s) {
      CHECK(result.state == PropertyState::held);
      continue;
    }
    REQUIRE(result.violations.size() == 1);
    CHECK(result.violations[0].records.front() == moved);
    CHECK(result.violations[0].message == "s1 acts (OutcomeRecorded a run 1) for app, of which s2 is owner of record");
  }
}

TEST_CASE("owner-acts: while nobody is owner of record nobody may act") {
  Court c;
  c.owner = "";
  c.roster.add(job("a"));
  c.open().to(5_s);
  c.dispatched("a", 1);
  CHECK(c.verdict("owner-acts").state == PropertyState::violated);
}

TEST_CASE("single-owner: the word must be backed by the record within a second") {
  for (const bool backed : {true, false}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    takes(c, "s2");
    c.to(5_s + 500_ms);
    if (backed) c.owner = "s2";
    c.to(10_s);
    CHECK(c.violated() == (backed ? "" : "single-owner"));
    CHECK(c.verdict("single-owner").premises == 1);
  }
}

TEST_CASE("single-owner: a move of which nobody spoke, and one that the rule forbids") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(5_s);
  c.owner = "s2";
  c.dispatched("a", 1, "s2");
  c.to(10_s);
  CHECK(c.verdict("single-owner").violation_count == 1);

  Court d;
  d.roster.add(job("a"));
  d.options.ownership.may_move = [](const sim::DomainRecord&, const std::string& before) {
    return before == "s1" ? std::optional<std::string>("it answered") : std::nullopt;
  };
  d.open().to(5_s);
  d.owner = "s2";
  takes(d, "s2");
  d.owner = "s1";
  takes(d, "s1");
  const PropertyResult result = d.verdict("single-owner");
  REQUIRE(result.violation_count == 1);
  CHECK(result.violations[0].message == "s2 takes app from s1: it answered");
}

TEST_CASE("outcome-true: what is recorded against what ended") {
  struct Case {
    std::optional<bool> ends;
    bool recorded = false;
    bool right = false;
  };
  for (const Case& it : {Case{true, true, true}, Case{false, false, true}, Case{true, false, false},
                         Case{false, true, false}, Case{std::nullopt, true, false}, Case{std::nullopt, false, true}}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    c.created("a", 1);
    if (it.ends) {
      c.began("a", 1);
      c.ended("a", 1, *it.ends);
    }
    c.outcome("a", 1, it.recorded);
    CHECK(c.violated() == (it.right ? "" : "outcome-true"));
  }
  Court vacuous;
  vacuous.roster.add(job("a"));
  vacuous.open();
  vacuous.began("a", 1);
  CHECK(vacuous.verdict("outcome-true").state == PropertyState::vacuous);
}

TEST_CASE("outcome-true: recorded while it runs, and the lost work of a dead process that nobody waits for") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(5_s);
  c.began("a", 1);
  c.outcome("a", 1, false, "silent");
  c.ended("a", 1, true);
  CHECK(c.verdict("outcome-true").violation_count == 1);

  Court d;
  d.roster.add(job("a"));
  d.open().to(5_s);
  d.began("a", 1);
  d.watch->process("w1", Standing::down);
  d.outcome("a", 1, false, "silent");
  CHECK(d.verdict("outcome-true").state == PropertyState::held);

  Court e;  // its work outlives its process after all
  e.roster.add(job("a"));
  e.open().to(5_s);
  e.began("a", 1);
  e.watch->process("w1", Standing::down);
  e.outcome("a", 1, false, "silent");
  e.ended("a", 1, true);
  CHECK(e.violated() == "outcome-true");
}

TEST_CASE("workflow-consistent: order of nodes") {
  for (const bool right : {true, false}) {
    Court c;
    c.roster.add(job("a"));
    c.roster.add(job("b"));
    c.roster.add(diamond());
    c.open().to(5_s);
    c.created("w", 9);
    c.began("a", 1, "w1", 9);
    if (right) c.ended("a", 1, true, "w1", 9);
    c.began("b", 2, "w2", 9);
    CHECK(c.violated() == (right ? "" : "workflow-consistent"));
  }
}

TEST_CASE("workflow-consistent: the outcome follows from the nodes") {
  struct Case {
    bool a = false;
    std::optional<bool> b;
    bool recorded = false;
    bool right = false;
  };
  for (const Case& it : {Case{true, true, true, true}, Case{true, false, false, true}, Case{true, false, true, false},
                         Case{true, true, false, false}, Case{true, std::nullopt, true, false},
                         Case{false, std::nullopt, false, true}}) {
    Court c;
    c.roster.add(job("a"));
    c.roster.add(job("b"));
    c.roster.add(diamond());
    c.open().to(5_s);
    c.created("w", 9);
    c.began("a", 1, "w1", 9);
    c.ended("a", 1, it.a, "w1", 9);
    c.outcome("a", 1, it.a, "", 9);
    if (it.b) {
      c.began("b", 2, "w1", 9);
      c.ended("b", 2, *it.b, "w1", 9);
      c.outcome("b", 2, *it.b, "", 9);
    }
    c.outcome("w", 9, it.recorded, "as it went");
    CHECK(c.violated() == (it.right ? "" : "workflow-consistent"));
  }
  Court vacuous;
  vacuous.roster.add(diamond());
  vacuous.open();
  CHECK(vacuous.verdict("workflow-consistent").state == PropertyState::vacuous);
}

TEST_CASE("loops-progress: within the bound, too late, paused, dead and declared again") {
  Court c;
  c.open().to(1_s);
  loop(c, EventKind::LoopDeclared, "s1", 10_s);
  c.to(11_s);
  loop(c, EventKind::LoopPassed, "s1");
  c.to(21_s);
  loop(c, EventKind::LoopPassed, "s1");
  CHECK(c.verdict("loops-progress").state == PropertyState::held);

  Court late;
  late.open().to(1_s);
  loop(late, EventKind::LoopDeclared, "s1", 10_s);
  late.to(5_min);
  CHECK(late.verdict("loops-progress").violation_count == 1);
  CHECK(late.verdict("loops-progress").violations[0].at == after(11_s) + 1_us);

  Court paused;
  paused.open().to(1_s);
  loop(paused, EventKind::LoopDeclared, "s1", 10_s);
  paused.watch->process("s1", Standing::still);
  paused.to(5_min);
  paused.watch->process("s1", Standing::up);
  paused.to(5_min + 10_s);
  loop(paused, EventKind::LoopPassed, "s1");
  paused.watch->process("s1", Standing::down);
  paused.to(10_min);
  CHECK(paused.verdict("loops-progress").state == PropertyState::held);

  Court ended;
  ended.open().to(1_s);
  loop(ended, EventKind::LoopDeclared, "s1", 10_s);
  ended.to(5_s);
  loop(ended, EventKind::LoopDeclared, "s1", Duration());
  ended.to(5_min);
  CHECK(ended.verdict("loops-progress").state == PropertyState::held);

  Court again;
  again.open().to(1_s);
  loop(again, EventKind::LoopDeclared, "s1", 10_s);
  again.watch->process("s1", Standing::still);
  again.to(1_min);
  again.watch->process("s1", Standing::up);
  again.to(1_min + 11_s);
  CHECK(again.verdict("loops-progress").state == PropertyState::violated);

  Court vacuous;
  vacuous.open().to(1_h);
  CHECK(vacuous.verdict("loops-progress").state == PropertyState::vacuous);
}

TEST_CASE("all-shards-run: each shard once") {
  for (const int missing : {-1, 0, 1}) {
    for (const bool twice : {false, true}) {
      Court c;
      DeclaredJob declared = job("a");
      declared.contract.shards = 2;
      declared.contract.guarantee = Guarantee::at_least_once;
      c.roster.add(declared);
      c.open().to(5_s);
      for (int shard = 0; shard < 2; ++shard) {
        if (shard == missing) continue;
        for (int time = 0; time < (twice ? 2 : 1); ++time) {
          c.began("a", 1, "w1", 0, shard, time);
          c.ended("a", 1, true, "w1", 0, shard, time);
        }
      }
      c.outcome("a", 1, true);
      const bool right = missing == -1 && !twice;
      CHECK(c.verdict("all-shards-run").state == (right ? PropertyState::held : PropertyState::violated));
    }
  }
}

TEST_CASE("no-repeat-offender: not the one that failed while another answers") {
  for (const char* chosen : {"w1", "w2"}) {
    Court c;
    c.roster.add(job("a"));
    c.open().to(5_s);
    c.began("a", 1, "w1");
    c.ended("a", 1, false, "w1");
    c.to(2_min);
    c.dispatched("a", 2, "s1", chosen);
    const PropertyResult result = c.verdict("no-repeat-offender");
    CHECK(result.premises == 1);
    CHECK(result.state == (std::string(chosen) == "w1" ? PropertyState::violated : PropertyState::held));
  }
  Court alone;
  alone.roster.add(job("a"));
  alone.open().to(5_s);
  alone.began("a", 1, "w1");
  alone.ended("a", 1, false, "w1");
  alone.watch->process("w2", Standing::down);
  alone.dispatched("a", 2, "s1", "w1");
  CHECK(alone.verdict("no-repeat-offender").state == PropertyState::held);
}
