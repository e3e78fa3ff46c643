// A court for hand-made runs: a real kernel, trace and watch, and nothing of a scheduler. Tests say what happened and
// when.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <scenarios/watch.hpp>

namespace court {

using namespace chronofault;
using namespace chronofault::scenarios;
using sim::TrueTime;

inline constexpr TrueTime start = TrueTime::from_us(1'645'671'600'000'000);  // 2022-02-24T03:00:00Z
inline TrueTime after(Duration d) { return start + d; }
inline WallTime wall(Duration d) { return WallTime::from_us((start + d).us()); }

inline Schedule once_at(Duration d) {
  Schedule schedule;
  schedule.kind = ScheduleKind::at;
  schedule.at = wall(d);
  return schedule;
}
inline Schedule each(Duration period) {
  Schedule schedule;
  schedule.kind = ScheduleKind::every;
  schedule.every = period;
  return schedule;
}
inline Schedule cron(std::string text) {
  Schedule schedule;
  schedule.kind = ScheduleKind::cron;
  schedule.cron = std::move(text);
  return schedule;
}

// A job that must start within 30 s of its fire and have an outcome 20 s after its work.
inline DeclaredJob job(std::string name, Schedule schedule = Schedule()) {
  DeclaredJob declared;
  declared.name = std::move(name);
  declared.scope = "app";
  declared.contract.schedule = std::move(schedule);
  declared.contract.start_within.parts = {{"schedule pass", Duration::seconds(20)},
                                          {"allowance", Duration::seconds(10)}};
  declared.contract.end_within.parts = {{"report", Duration::seconds(20)}};
  declared.contract.misfire_threshold = Duration::minutes(10);
  return declared;
}

class Court {
 public:
  Court() : kernel(1, start), trace(kernel) {
    trace.keep();
    roster.add(CastMember("s1", "server"));
    roster.add(CastMember("s2", "server"));
    roster.add(CastMember("w1", "worker"));
    roster.add(CastMember("w2", "worker"));
    for (const char* name : {"s1", "s2", "w1", "w2"}) trace.add_process(name, std::string(name) + ".host");
    options.start = start;
    options.zone = "UTC";
    options.zones = [](std::string_view) { return &utc(); };
    options.ownership.owner = [this](std::string_view) { return owner; };
  }

  /// Begins; all members are up from the first instant.
  Court& open() {
    watch = std::make_unique<Watch>(roster, options, trace, kernel);
    for (const char* name : {"s1", "s2", "w1", "w2"}) watch->process(name, Standing::up);
    watch->begin();
    return *this;
  }
  Court& to(Duration d) {
    kernel.run_until(after(d));
    return *this;
  }
  sim::ProcessId id(std::string_view process) const { return *trace.find_process(process); }

  RecordId say(std::string_view process, const Event& event) { return trace.domain(id(process), event); }
  RecordId say(std::string_view process, EventKind kind, const std::string& job, std::int64_t run,
               std::int64_t parent = 0) {
    Event event(kind);
    event.job = job;
    event.run = run;
    event.parent_run = parent;
    return say(process, event);
  }
  RecordId taken(const std::string& job, std::int64_t run, Duration fire, std::string_view by = "s1") {
    Event event(EventKind::FireTaken);
    event.job = job;
    event.run = run;
    event.fire = wall(fire);
    return say(by, event);
  }
  RecordId created(const std::string& job, std::int64_t run, std::int64_t parent = 0) {
    return say("s1", EventKind::RunCreated, job, run, parent);
  }
  RecordId dispatched(const std::string& job, std::int64_t run, std::string_view by = "s1",
                      const char* to_member = "w1") {
    Event event(EventKind::RunDispatched);
    event.job = job;
    event.run = run;
    event.member = to_member;
    return say(by, event);
  }
  RecordId began(const std::string& job, std::int64_t run, std::string_view by = "w1", std::int64_t parent = 0,
                 int shard = -1, int attempt = -1) {
    return work(EventKind::RunStarted, job, run, by, true, parent, shard, attempt);
  }
  RecordId ended(const std::string& job, std::int64_t run, bool ok = true, std::string_view by = "w1",
                 std::int64_t parent = 0, int shard = -1, int attempt = -1) {
    return work(EventKind::RunEnded, job, run, by, ok, parent, shard, attempt);
  }
  RecordId outcome(const std::string& job, std::int64_t run, bool ok, const std::string& text = "",
                   std::int64_t parent = 0, std::string_view by = "s1") {
    Event event(EventKind::OutcomeRecorded);
    event.job = job;
    event.run = run;
    event.parent_run = parent;
    event.ok = ok;
    event.detail = text;
    return say(by, event);
  }
  /// The operator: verb on a job.
  RecordId operate(const std::string& verb, const std::string& job, const OperatorResult& result) {
    OperatorAction action;
    action.verb = verb;
    action.job = job;
    const RecordId record = trace.domain(0, operator_event(action, result));
    watch->operator_acted(action, result, record);
    return record;
  }

  /// The verdict on one property; obligations opened before `until` count.
  PropertyResult verdict(std::string_view property, Duration until = Duration::hours(24)) {
    if (results.empty()) {
      for (PropertyResult& result : watch->finish(after(until))) results.emplace(result.name, result);
    }
    return results.at(std::string(property));
  }
  /// Names of the violated ones, with blanks between.
  std::string violated() {
    verdict("settles");
    std::string names;
    for (const auto& [name, result] : results) {
      if (result.state == PropertyState::violated) names += (names.empty() ? "" : " ") + name;
    }
    return names;
  }

  std::string owner = "s1";
  sim::Kernel kernel;
  sim::Trace trace;
  Roster roster;
  WatchOptions options;
  std::unique_ptr<Watch> watch;
  std::map<std::string, PropertyResult> results;

 private:
  RecordId work(EventKind kind, const std::string& job, std::int64_t run, std::string_view by, bool ok,
                std::int64_t parent, int shard, int attempt) {
    Event event(kind);
    event.job = job;
    event.run = run;
    event.parent_run = parent;
    event.shard = shard;
    event.attempt = attempt;
    event.ok = ok;
    return say(by, event);
  }
};

}  // namespace court
