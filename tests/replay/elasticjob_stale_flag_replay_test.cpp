// The order of elasticjob 9.2 against the runs that the committed scenarios make.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include <scenarios/run.hpp>
#include <support/incidents.hpp>

namespace chronofault::scenarios {
namespace {

using sim::Record;
using sim::RecordKind;

const std::string incident = "scenarios/incidents/elasticjob-stale-resharding-flag.yaml";
const std::string waiting = "scenarios/incidents/elasticjob-stale-resharding-flag-waiting.yaml";
const std::string flag = "/elasticjob/foo/leader/sharding/necessary";

class Replayed {
 public:
  explicit Replayed(const std::string& file, const std::string& variant = "documented", std::uint64_t seed = 1)
      : run_(::support::plan_of(file, variant, seed), traced()) {
    run_.run();
    verdict_ = run_.verdict();
  }
  const sim::Trace& trace() { return run_.world().trace(); }
  const Verdict& verdict() const { return verdict_; }
  /// The round of 22:31:30: the first that b takes part in.
  sim::TrueTime round() const { return run_.plan().start + 80_s; }

  /// The first record after `from` for which `match` holds.
  template <class Match>
  const Record& first(RecordId from, Match match) {
    for (const Record& record : trace().records()) {
      if (record.id > from && record.at >= round() && match(record)) return record;
    }
    FAIL("no such record");
    return trace().records().front();
  }
  /// A transaction of ZooKeeper that `process` asked for.
  const Record& write(RecordId from, std::string_view what, std::string_view process) {
    return first(from, [&](const Record& r) { return is_write(r, what, process); });
  }
  const Record& event(RecordId from, EventKind kind, std::string_view process) {
    return first(from, [&](const Record& r) {
      return r.kind == RecordKind::domain && trace().event(r).kind == kind && trace().event(r).job == "foo" &&
             name(r.process) == process;
    });
  }
  bool is_write(const Record& r, std::string_view what, std::string_view process) {
    if (r.kind != RecordKind::memory || trace().text(r.label).find(what) == std::string::npos) return false;
    const auto causes = trace().causes(r);
    return std::any_of(causes.begin(), causes.end(), [&](RecordId id) {
      const Record& cause = trace().record(id);
      return cause.kind == RecordKind::deliver && trace().text(cause.label) == "ZkRequest" &&
             name(cause.peer) == process;
    });
  }
  /// "a 1, b 0, b 2": what of `foo` started in [from, to), counted from the round of 22:31:30.
  std::multiset<std::string> started(Duration from, Duration to) {
    std::multiset<std::string> all;
    for (const Record& r : trace().records()) {
      if (r.kind != RecordKind::domain || trace().event(r).kind != EventKind::RunStarted) continue;
      if (trace().event(r).job != "foo" || r.at < round() + from || r.at >= round() + to) continue;
      all.insert(name(r.process) + " " + std::to_string(trace().event(r).shard));
    }
    return all;
  }
  const std::string& name(sim::ProcessId id) { return trace().processes()[id].name; }

 private:
  static RunOptions traced() {
    RunOptions options;
    options.trace = true;
    return options;
  }
  ScenarioRun run_;
  Verdict verdict_;
};

using Items = std::multiset<std::string>;

std::string instance_of(Replayed& run, std::string_view process) {
  const Record& made =
      run.first(0, [&](const Record& r) { return run.is_write(r, "create2 /elasticjob/foo/instances/", process); });
  const std::string& text = run.trace().text(made.label);
  return text.substr(text.find('/'));
}

TEST_CASE("the stale flag comes about in the order of the incident's log",
          "[elasticjob:9.2][elasticjob:9.3][elasticjob:2.4][elasticjob:8.8][elasticjob:7.4 S6][elasticjob:7.4 S9]") {
  for (const std::string& file : {incident, waiting}) {
    CAPTURE(file);
    Replayed run(file);
    const std::string b = "setData " + instance_of(run, "b");

    const Record& hit = run.write(0, "create2 " + flag, "a");  // A's L4
    const Record& trigger = run.write(hit.id, "setData /elasticjob/foo/instances/", "b");
    const Record& leader_told = run.write(trigger.id, "setData /elasticjob/foo/instances/", "a");  // A's L9 clears it
    const Record& sharding =
        run.write(leader_told.id, "create2 /elasticjob/foo/leader/sharding/processing", "a");  // S6
    const Record& sharded = run.write(sharding.id, "delete " + flag, "a");                     // S9
    const Record& stale = run.write(sharded.id, "create2 " + flag, "b");                       // B's L4
    const Record& follower_told = run.write(stale.id, b, "b");                                 // B's L9
    const Record& waits = run.event(follower_told.id, EventKind::RunWaits, "b");

    CHECK(waits.at - run.round() < 2_s);
    // b's own TRIGGER was written before the leader sharded, and reached it behind its own late events.
    CHECK(run.event(0, EventKind::WorkCalled, "b").at < sharded.at);
    const Record& assigned = run.event(sharded.id, EventKind::ShardsAssigned, "a");
    CHECK(run.trace().event(assigned).detail.find("0: ") != std::string::npos);
  }
}

TEST_CASE("case 1: a round goes without items 0 and 2, and the next runs them twice",
          "[elasticjob:9.4][elasticjob:9.5][elasticjob:3][elasticjob:7.4 S3]") {
  Replayed run(incident);
  CHECK(run.started(0_s, 30_s) == Items{"a 1"});
  CHECK(run.started(30_s, 60_s) == Items{"a 1", "b 0", "b 0", "b 2", "b 2"});
  for (const char* property : {"no-lost-run", "no-stuck-run", "no-duplicate-run"})
    CHECK(run.verdict().violated(property));
  // The follower looks again every 100 ms.
  const Record& sharded = run.first(
      0, [&](const Record& r) { return r.at > run.round() + 30_s && run.is_write(r, "delete " + flag, "a"); });
  const Record& goes_on = run.event(sharded.id, EventKind::RunStarted, "b");
  CHECK(goes_on.at - sharded.at < 200_ms);
}

TEST_CASE("case 2: who waits for the round waits for ever", "[elasticjob:9.4][elasticjob:9.5]") {
  Replayed run(waiting);
  CHECK(run.started(0_s, 10_min) == Items{"a 1"});
  CHECK(run.verdict().violated("no-lost-run"));
  CHECK(run.verdict().violated("no-stuck-run"));
}

TEST_CASE("the slice of the lost items names what mattered, in at most 20 records", "[elasticjob:9.3]") {
  for (const std::string& file : {incident, waiting}) {
    CAPTURE(file);
    Replayed run(file);
    const auto found = std::find_if(run.verdict().slices.begin(), run.verdict().slices.end(),
                                    [](const auto& slice) { return slice.first == "no-lost-run"; });
    REQUIRE(found != run.verdict().slices.end());
    const Slice& slice = found->second;
    const auto has = [&](auto match) {
      return std::any_of(slice.entries.begin(), slice.entries.end(),
                         [&](const SliceEntry& entry) { return match(run.trace().record(entry.record)); });
    };
    const auto has_event = [&](EventKind kind, std::string_view process) {
      return has([&](const Record& r) {
        return r.kind == RecordKind::domain && run.trace().event(r).kind == kind && run.name(r.process) == process;
      });
    };
    CHECK(slice.entries.size() <= 20);
    // What held b's listener thread, and its end.
    for (const RecordKind kind : {RecordKind::fault_on, RecordKind::fault_off}) {
      CHECK(has([&](const Record& r) { return r.kind == kind && run.trace().text(r.label).starts_with("hang: "); }));
    }
    CHECK(has_event(EventKind::WorkCalled, "b"));
    CHECK(has([&](const Record& r) { return run.is_write(r, "setData /elasticjob/foo/instances/", "b"); }));  // TRIGGER
    CHECK(has([&](const Record& r) { return run.is_write(r, "delete " + flag, "a"); }));  // the leader's sharding
    CHECK(has_event(EventKind::ShardsAssigned, "a"));
    CHECK(has([&](const Record& r) { return run.is_write(r, "create2 " + flag, "b"); }));  // the late flag
    CHECK(has_event(EventKind::RunWaits, "b"));
  }
}

TEST_CASE("if only the leader sets the flag each item of each round runs once", "[elasticjob:9.6]") {
  for (const std::string& file : {incident, waiting}) {
    for (const std::string variant : {"fixed", "newest"}) {
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(file, variant, seed);
        Replayed run(file, variant, seed);
        CHECK(run.started(0_s, 30_s) == Items{"a 1", "b 0", "b 2"});
        CHECK(run.started(30_s, 60_s) == Items{"a 1", "b 0", "b 2"});
        std::vector<std::string> reasons;
        CHECK(meets(::support::plan_of(file, variant, seed).expect, run.verdict(), reasons));
        CHECK(reasons == std::vector<std::string>());
      }
    }
  }
}

TEST_CASE("the same seed makes the same incident", "[elasticjob:9.5]") {
  Replayed one(incident, "documented", 7);
  Replayed two(incident, "documented", 7);
  Replayed other(incident, "documented", 8);
  CHECK(one.verdict().digest == two.verdict().digest);
  CHECK(one.verdict().digest != other.verdict().digest);
}

}  // namespace
}  // namespace chronofault::scenarios
