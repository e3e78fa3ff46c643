// What did not fail beside the incident of the stale resharding flag (elasticjob 9.7).
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include <scenarios/run.hpp>
#include <support/incidents.hpp>

namespace chronofault::scenarios {
namespace {

using sim::RecordKind;
using Items = std::multiset<int>;

std::string control(const std::string& name) {
  return "scenarios/incidents/elasticjob-stale-resharding-flag-controls" + name + ".yaml";
}

class Control {
 public:
  Control(const std::string& name, const std::string& variant, std::uint64_t seed)
      : plan_(::support::plan_of(control(name), variant, seed)), run_(plan_, traced()) {
    run_.run();
  }
  const Plan& plan() const { return plan_; }
  const sim::Trace& trace() { return run_.world().trace(); }
  std::string reasons() {
    std::vector<std::string> reasons;
    if (meets(plan_.expect, run_.verdict(), reasons)) return "";
    return reasons.empty() ? "not met" : reasons.front();
  }
  /// Items of the job that `process` (any, if empty) started, by the round that it was given out for.
  std::map<WallTime, Items> rounds(const std::string& job, const std::string& process = "") {
    std::map<WallTime, Items> rounds;
    for (const sim::Record& record : trace().records()) {
      if (record.kind != RecordKind::domain || trace().event(record).kind != EventKind::RunStarted) continue;
      const Event& event = trace().event(record);
      if (event.job != job || !event.fire) continue;
      if (process.empty() || process == trace().processes()[record.process].name)
        rounds[*event.fire].insert(event.shard);
    }
    return rounds;
  }
  /// Transactions of ZooKeeper whose text has this in it, in order.
  std::vector<RecordId> writes(const std::string& text) {
    std::vector<RecordId> found;
    for (const sim::Record& record : trace().records()) {
      if (record.kind == RecordKind::memory && trace().text(record.label).find(text) != std::string::npos)
        found.push_back(record.id);
    }
    return found;
  }

 private:
  static RunOptions traced() {
    RunOptions options;
    options.trace = true;
    return options;
  }
  Plan plan_;
  ScenarioRun run_;
};

Items first(std::int64_t count) {
  Items items;
  for (int item = 0; item < count; ++item) items.insert(item);
  return items;
}

TEST_CASE("what did not fail does not fail in either variant", "[elasticjob:9.7]") {
  for (const char* name : {"", "-alone", "-together", "-count"}) {
    for (const char* variant : {"documented", "fixed"}) {
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(name, variant, seed);
        CHECK(Control(name, variant, seed).reasons().empty());
      }
    }
  }
}

TEST_CASE("a single process shards what its late events ask for, and waits for nobody", "[elasticjob:9.7]") {
  Control run("-alone", "documented", 1);
  const auto rounds = run.rounds("foo");
  CHECK(rounds.size() == 4);
  for (const auto& [fire, items] : rounds) CHECK(items == first(3));
  CHECK(run.rounds("bar").size() == 4);
  const std::string flag = " /elasticjob/foo/leader/sharding/necessary";
  const auto sharded = run.writes("delete" + flag);
  REQUIRE(sharded.size() == 1);
  CHECK(run.writes("create2" + flag).back() < sharded.front());
  for (const sim::Record& record : run.trace().records()) {
    if (record.kind == RecordKind::domain) CHECK(run.trace().event(record).kind != EventKind::RunWaits);
  }
}

TEST_CASE("two processes that start together share every node of the DAG", "[elasticjob:9.7]") {
  Control run("-together", "documented", 1);
  for (const auto& [job, count] : std::map<std::string, int>{{"plan", 3}, {"load", 4}}) {
    const auto rounds = run.rounds(job);
    CHECK(rounds.size() == 6);
    for (const auto& [fire, items] : rounds) CHECK(items == first(count));
    CHECK(run.rounds(job, "a").size() == 6);
    CHECK(run.rounds(job, "b").size() == 6);
  }
  // A node starts when the one before it has ended everywhere.
  const auto plans = run.rounds("plan");
  const auto loads = run.rounds("load");
  auto load = loads.begin();
  for (const auto& [fire, items] : plans) CHECK(fire < (load++)->first);
}

TEST_CASE("each round runs the items that the job has then", "[elasticjob:9.7][elasticjob:4.2 L3]") {
  Control run("-count", "documented", 1);
  std::vector<std::int64_t> counts{3};
  for (const ActionPlan& action : run.plan().actions) {
    counts.push_back(std::get<std::int64_t>(action.action.edits.at("shards")));
  }
  std::vector<Items> expected;
  for (const std::int64_t count : counts) expected.push_back(first(count));
  expected.push_back(expected.back());  // the last round comes after the last edit's
  std::vector<Items> ran;
  for (auto& [fire, items] : run.rounds("foo")) ran.push_back(items);
  expected.resize(std::min(expected.size(), ran.size()));
  CHECK(ran == expected);
  CHECK(ran.size() >= counts.size());
}

}  // namespace
}  // namespace chronofault::scenarios
