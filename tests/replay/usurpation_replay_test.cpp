// The table of powerjob 9.1, row by row, against the run that the committed scenario makes.
#include <algorithm>
#include <optional>

#include <catch2/catch.hpp>

#include <powerjob/system.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>
#include <support/incidents.hpp>

namespace chronofault::scenarios {
namespace {

using sim::Record;
using sim::RecordKind;

class Replayed {
 public:
  explicit Replayed(const std::string& variant, std::uint64_t seed = 1)
      : run_(::support::plan_of("scenarios/incidents/powerjob-usurpation.yaml", variant, seed), traced()) {
    run_.run();
  }
  ScenarioRun& run() { return run_; }
  const sim::Trace& trace() { return run_.world().trace(); }

  template <class Match>
  const Record* first(sim::TrueTime from, Match match) {
    for (const Record& record : trace().records()) {
      if (record.at >= from && match(record)) return &record;
    }
    return nullptr;
  }
  const Record* message(sim::TrueTime from, RecordKind kind, std::string_view label, std::string_view process) {
    return first(
        from, [&](const Record& r) { return r.kind == kind && trace().text(r.label) == label && name(r) == process; });
  }
  const Record* domain(sim::TrueTime from, EventKind kind, std::string_view process, std::string_view detail = {}) {
    return first(from, [&](const Record& r) {
      return r.kind == RecordKind::domain && trace().event(r).kind == kind && name(r) == process &&
             (detail.empty() || trace().event(r).detail == detail);
    });
  }
  const std::string& name(const Record& record) { return trace().processes()[record.process].name; }

 private:
  static RunOptions traced() {
    RunOptions options;
    options.trace = true;
    return options;
  }
  ScenarioRun run_;
};

// An instant of the table, in the time zone of the incident (+08:00).
sim::TrueTime at(int day, int hour, int minute, int second, int ms = 0) {
  CivilTime civil;
  civil.year = 2022;
  civil.month = 2;
  civil.day = day;
  civil.hour = hour;
  civil.minute = minute;
  civil.second = second;
  civil.microsecond = ms * 1'000;
  const TimeZone zone("+08:00", Duration::hours(8));
  return sim::TrueTime::from_us(zone.to_instant(civil).earlier.us());
}

bool within_a_second(const Record* record, sim::TrueTime of_the_table) {
  REQUIRE(record != nullptr);
  const Duration off = record->at - of_the_table;
  INFO("off by " << to_string(off));
  return off < 1_s && off > -1_s;
}

TEST_CASE("the usurpation comes out as the table says, in its order and to the second", "[powerjob:9.1]") {
  Replayed incident("documented");
  const sim::TrueTime night = at(25, 2, 36, 13);

  const Record* ordered = incident.domain(at(24, 11, 0, 0), EventKind::OperatorActed, "operator");
  CHECK(within_a_second(ordered, at(24, 11, 0, 21, 938)));
  const Record* ping = incident.message(night, RecordKind::send, "Ping", "xz");
  CHECK(within_a_second(ping, at(25, 2, 36, 13, 959)));
  const Record* answered = incident.message(night, RecordKind::send, "Ping.reply", "lz");
  CHECK(within_a_second(answered, at(25, 2, 36, 13, 962)));
  const Record* down = incident.message(night, RecordKind::absence, "Ping.reply", "xz");
  CHECK(within_a_second(down, at(25, 2, 36, 14, 959)));
  const Record* taken = incident.domain(night, EventKind::OwnershipTaken, "xz");
  CHECK(within_a_second(taken, at(25, 2, 36, 14, 966)));
  const Record* late = incident.message(night, RecordKind::dead_letter, "Ping.reply", "xz");
  CHECK(within_a_second(late, at(25, 2, 36, 15, 433)));
  const Record* released = incident.domain(at(25, 2, 59, 0), EventKind::MemberLost, "lz");
  CHECK(within_a_second(released, at(25, 3, 0, 0)));
  const Record* idle = incident.domain(at(25, 3, 0, 1), EventKind::OwnsNothing, "lz", "status check");
  CHECK(within_a_second(idle, at(25, 3, 0, 8, 163)));
  const Record* started = incident.domain(at(25, 4, 0, 0), EventKind::RunCreated, "lz");
  CHECK(within_a_second(started, at(25, 4, 0, 13, 959)));
  const Record* dispatched = incident.domain(at(25, 4, 0, 0), EventKind::RunUnplaced, "lz", "no worker available");
  CHECK(within_a_second(dispatched, at(25, 4, 0, 13, 985)));
  const Record* failed = incident.domain(at(25, 4, 0, 0), EventKind::OutcomeRecorded, "lz", "no worker available");
  CHECK(within_a_second(failed, at(25, 4, 0, 14, 1)));
  const Record* workflow = incident.domain(at(25, 4, 0, 0), EventKind::OutcomeRecorded, "lz", "middle job failed");
  CHECK(within_a_second(workflow, at(25, 4, 0, 14, 7)));

  const std::vector<const Record*> table{ordered,  ping, answered, down,       taken,  late,
                                         released, idle, started,  dispatched, failed, workflow};
  CHECK(std::is_sorted(table.begin(), table.end(), [](const Record* a, const Record* b) { return a->id < b->id; }));

  SECTION("the exact distances") {
    CHECK(down->at - ping->at == 1000_ms);
    CHECK(taken->at - down->at <= 20_ms);
    CHECK(late->at - ping->at == 1474_ms);
  }
  SECTION("the clean pass of 03:00 releases all four workers of LZ") {
    std::size_t lost = 0;
    for (const Record& r : incident.trace().records()) {
      if (r.kind == RecordKind::domain && incident.trace().event(r).kind == EventKind::MemberLost &&
          incident.name(r) == "lz") {
        CHECK(r.at == at(25, 3, 0, 0));
        ++lost;
      }
    }
    CHECK(lost == 4);
  }
  SECTION("one fault is scripted, and it struck") {
    REQUIRE(incident.run().strikes().size() == 1);
    CHECK_FALSE(incident.run().strikes()[0].missed);
  }
  SECTION("instance, node and workflow end FAILED in the database") {
    const auto instances = incident.run().world().view().rows("instance_info");
    REQUIRE(instances.size() == 1);
    CHECK(instances[0].at("status") == Value(std::int64_t{4}));
    CHECK(instances[0].at("result") == Value(std::string("no worker available")));
    const auto workflows = incident.run().world().view().rows("workflow_instance_info");
    REQUIRE(workflows.size() == 1);
    CHECK(workflows[0].at("status") == Value(std::int64_t{3}));
  }
}

TEST_CASE("the causal slice of the lost run names what mattered, in at most 20 records", "[powerjob:9.1]") {
  Replayed incident("documented");
  const Verdict verdict = incident.run().verdict();
  REQUIRE(verdict.violated("no-lost-run"));
  const auto found = std::find_if(verdict.slices.begin(), verdict.slices.end(),
                                  [](const auto& slice) { return slice.first == "no-lost-run"; });
  REQUIRE(found != verdict.slices.end());
  const Slice& slice = found->second;
  const auto has = [&](RecordKind kind, std::string_view label, std::string_view process) {
    return std::any_of(slice.entries.begin(), slice.entries.end(), [&](const SliceEntry& entry) {
      const Record& r = incident.trace().record(entry.record);
      return r.kind == kind && incident.trace().text(r.label) == label && incident.name(r) == process;
    });
  };
  CHECK(slice.entries.size() <= 20);
  CHECK(has(RecordKind::send, "Ping.reply", "lz"));               // the late reply
  CHECK(has(RecordKind::memory, "update app_info", "database"));  // the ownership write
  CHECK(has(RecordKind::deliver, "WorkerHeartbeat", "lz"));       // the last heartbeat at LZ
  CHECK(std::any_of(slice.entries.begin(), slice.entries.end(), [&](const SliceEntry& entry) {
    const Record& r = incident.trace().record(entry.record);
    return r.kind == RecordKind::domain && incident.trace().event(r).kind == EventKind::LoopPassed &&
           incident.trace().event(r).detail == "clean";
  }));
  CHECK(has(RecordKind::expire, "tick", "lz"));         // the fire of LZ's timer
  CHECK(has(RecordKind::domain, "RunUnplaced", "lz"));  // the dispatch, which finds nobody
  CHECK(has(RecordKind::domain, "OutcomeRecorded", "lz"));
}

TEST_CASE("owner-check holds in the exact replay, and the owner starts the run in its check pass", "[powerjob:9.1]") {
  Replayed fixed("fixed");
  const Verdict verdict = fixed.run().verdict();
  CHECK(verdict.find("no-lost-run")->state == PropertyState::held);
  CHECK(verdict.find("owner-acts")->state == PropertyState::held);
  const Record* started = fixed.domain(at(25, 4, 0, 0), EventKind::RunStarted, "xw-1");
  if (started == nullptr) started = fixed.domain(at(25, 4, 0, 0), EventKind::RunStarted, "xw-2");
  if (started == nullptr) started = fixed.domain(at(25, 4, 0, 0), EventKind::RunStarted, "lw-1");
  if (started == nullptr) started = fixed.domain(at(25, 4, 0, 0), EventKind::RunStarted, "lw-2");
  REQUIRE(started != nullptr);
  const sim::TrueTime due = at(25, 4, 0, 13, 938);
  CHECK(started->at - due > 60_s);
  CHECK(started->at - due <= 72_s);
}

TEST_CASE("the newest release loses the run as well", "[powerjob:9.1]") {
  Replayed newest("newest");
  const Verdict verdict = newest.run().verdict();
  CHECK(verdict.violated("no-lost-run"));
  CHECK(verdict.violated("owner-acts"));
}

}  // namespace
}  // namespace chronofault::scenarios
