#include <map>

#include <catch2/catch.hpp>

#include <scenarios/book.hpp>

#include "../properties/court.hpp"

using namespace court;
using namespace chronofault::literals;

namespace {

// The book alone, on a clock of its own.
class Desk final : public BookHost {
 public:
  explicit Desk(DeclaredJob declared, const TimeZone& zone = utc(), std::vector<DeclaredJob> others = {}) {
    roster.add(std::move(declared));
    for (DeclaredJob& other : others) roster.add(std::move(other));
    book = std::make_unique<JobBook>(
        roster, start, zone.name(), [&zone](std::string_view) { return &zone; }, *this);
    book->begin();
  }
  void to(Duration d) {
    while (!agenda.empty() && agenda.begin()->first <= after(d)) {
      auto first = agenda.extract(agenda.begin());
      time = std::max(time, first.key());
      first.mapped()();
    }
    time = after(d);
  }
  /// "10s 70s": when fires were due, from start.
  std::string due() const {
    std::string text;
    for (const auto& [at, event] : fires) text += (text.empty() ? "" : " ") + to_string(at - start);
    return text;
  }
  void operate(const std::string& verb, const OperatorResult& result, std::map<std::string, Value> edits = {}) {
    OperatorAction action;
    action.verb = verb;
    action.job = "a";
    action.edits = std::move(edits);
    book->operator_acted(action, result, 0);
  }
  void hear(EventKind kind, const std::string& name, bool ok, std::int64_t run = 1) {
    sim::DomainRecord record;
    record.at = time;
    record.event.kind = kind;
    record.event.job = name;
    record.event.ok = ok;
    record.event.run = run;
    book->on_event(record);
  }

  TrueTime now() const override { return time; }
  void schedule(TrueTime at, std::function<void()> act) override { agenda.emplace(std::max(at, time), std::move(act)); }
  void emit(const Event& event, RecordId) override {
    if (event.kind == EventKind::FireDue) fires.emplace_back(time, event);
    if (event.kind == EventKind::JobDefined) ++defined;
  }

  TrueTime time = start;
  std::multimap<TrueTime, std::function<void()>> agenda;
  std::vector<std::pair<TrueTime, Event>> fires;
  int defined = 0;
  Roster roster;
  std::unique_ptr<JobBook> book;
};

OperatorResult done() { return OperatorResult::accepted(0, std::nullopt); }

}  // namespace

TEST_CASE("the book derives fires from each kind of schedule") {
  Desk a(job("a", cron("30 0/2 * * * ?")));
  a.to(5_min);
  CHECK(a.due() == "30s 150s 270s");
  CHECK(a.defined == 1);
  CHECK(a.fires[0].second.fire == wall(30_s));

  Desk b(job("a", each(90_s)));
  b.to(5_min);
  CHECK(b.due() == "90s 3min 270s");

  Desk c(job("a", once_at(10_s)));
  c.to(1_h);
  CHECK(c.due() == "10s");

  Desk past(job("a", once_at(-10_s)));
  past.to(1_h);
  CHECK(past.due().empty());

  Desk demand(job("a"));
  demand.to(1_h);
  CHECK(demand.due().empty());
}

TEST_CASE("cron is read in the schedule's zone") {
  static const TimeZone shanghai("+08:00", 8_h);
  Desk a(job("a", cron("0 5 11 * * ?")), shanghai);  // start is 11:00 there
  a.to(10_min);
  CHECK(a.due() == "5min");
}

TEST_CASE("fixed delay counts from the end of the work, or from the outcome of what never ran") {
  DeclaredJob declared = job("a", each(1_min));
  declared.contract.schedule.fixed_delay = true;
  Desk a(declared);
  a.to(70_s);
  a.to(80_s);
  a.hear(EventKind::RunEnded, "a", true);
  a.to(3_min);
  CHECK(a.due() == "1min 140s");
  a.hear(EventKind::OutcomeRecorded, "a", false);
  a.to(5_min);
  CHECK(a.due() == "1min 140s 4min");
}

TEST_CASE("after: once each of the others has ended well since the last time") {
  DeclaredJob declared = job("a");
  declared.contract.schedule.kind = ScheduleKind::after;
  declared.contract.schedule.after = {"b", "c"};
  Desk a(declared, utc(), {job("b"), job("c")});
  a.to(10_s);
  a.hear(EventKind::RunEnded, "b", true);
  a.hear(EventKind::RunEnded, "c", false);
  a.to(20_s);
  CHECK(a.due().empty());
  a.hear(EventKind::RunEnded, "c", true);
  a.to(30_s);
  CHECK(a.due() == "20s");
  a.hear(EventKind::RunEnded, "c", true);
  a.to(40_s);
  CHECK(a.due() == "20s");
}

TEST_CASE("the operator: run, pause, resume, edit") {
  Desk a(job("a", each(1_min)));
  a.to(70_s);
  a.operate("pause", done());
  a.to(5_min + 10_s);
  CHECK(a.due() == "1min");
  a.operate("resume", done());
  a.to(6_min + 20_s);
  CHECK(a.due() == "1min 370s");
  a.operate("edit", done(), {{"cron", std::string("0 0/5 * * * ?")}});
  a.to(11_min);
  CHECK(a.due() == "1min 370s 10min");

  Desk b(job("a"));
  b.to(5_s);
  b.operate("run", OperatorResult::accepted(7, wall(1_min)));
  b.operate("run", OperatorResult::refused("no"));
  b.operate("run", OperatorResult::unknown("timeout"));
  b.operate("run", OperatorResult::accepted(8, std::nullopt));
  b.operate("run", OperatorResult::accepted(9, wall(1_s)));  // past: due at once
  b.to(2_min);
  CHECK(b.due() == "5s 5s 1min");
  CHECK(b.fires[0].second.run == 8);
  CHECK(b.fires[2].second.run == 7);
  CHECK(b.fires[1].second.fire == wall(1_s));
}

TEST_CASE("the operator: cancel and stop take back the run that they name; unknown ones all that was called") {
  for (const char* verb : {"cancel", "stop"}) {
    Desk a(job("a"));
    a.to(5_s);
    a.operate("run", OperatorResult::accepted(7, wall(1_min)));
    a.operate("run", OperatorResult::accepted(8, wall(2_min)));
    a.operate(verb, OperatorResult::refused("no"));
    a.operate(verb, OperatorResult::accepted(7, std::nullopt));
    a.to(3_min);
    CHECK(a.due() == "2min");
    CHECK(a.fires[0].second.run == 8);

    Desk b(job("a"));
    b.to(5_s);
    b.operate("run", OperatorResult::accepted(7, wall(1_min)));
    b.operate(verb, OperatorResult::unknown("timeout"));
    b.operate("run", OperatorResult::accepted(8, wall(2_min)));
    b.to(3_min);
    CHECK(b.due() == "2min");
  }
}

TEST_CASE("nominal fires by the declaration alone") {
  Desk a(job("a", cron("0 * * * * ?")));
  CHECK(a.book->nominal(0, after(30_s), after(3_min)).size() == 3);
  CHECK(a.book->nominal(0, after(1_min), after(1_min)).empty());
}

TEST_CASE("FireDue cites the operator's action, takes no step and folds nothing") {
  Court c;
  c.roster.add(job("a"));
  c.open().to(5_s);
  const RecordId acted = c.operate("run", "a", OperatorResult::accepted(7, wall(10_s)));
  const sim::Hash128 before = c.kernel.digest().value();
  c.to(20_s);
  CHECK(c.kernel.digest().value() == before);
  CHECK(c.kernel.steps() == 0);
  const sim::Record& due = c.trace.records().back();
  CHECK(c.trace.event(due).kind == EventKind::FireDue);
  REQUIRE(due.cause_count == 1);
  CHECK(c.trace.causes(due)[0] == acted);
  CHECK(due.at == after(10_s));
}
