// PowerJob's processes in small clusters: one story per rule, in the three profiles where they differ.
#include <algorithm>

#include <catch2/catch.hpp>

#include "cluster_run.hpp"

namespace chronofault::powerjob {
namespace {

using support::ClusterRun;
using support::Said;

constexpr const char* versions[] = {"V340", "V411", "V511"};

std::string when(const Said& said) { return to_string(ClusterRun::since_start(said)); }

bool between(Duration d, Duration low, Duration high) { return d >= low && d <= high; }

TEST_CASE("cron jobs and workflows run at their times, each once", "[powerjob:3.1.1][powerjob:7.8]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs:
  - {name: minutely, cron: "0 * * * * ?", work: {takes: {uniform: [1s, 9s]}}}
  - {name: first, schedule: on_demand, work: {takes: 2s}}
  - {name: left, schedule: on_demand, work: {takes: 3s}}
  - {name: right, schedule: on_demand, work: {takes: 5s}}
  - {name: last, schedule: on_demand, work: {takes: 1s}}
workflows:
  - name: flow
    cron: "30 0/5 * * * ?"
    nodes: [first, left, right, last]
    edges: [[first, left], [first, right], [left, last], [right, last]]
    native: {maxWfInstanceNum: 1}
)");
    INFO(version);
    CHECK(cluster.violations() == "");
    const auto starts = cluster.said(EventKind::RunStarted, "minutely");
    REQUIRE(starts.size() >= 18);
    for (const Said& start : starts) {
      INFO(when(start));
      CHECK(ClusterRun::since_start(start) % Duration::minutes(1) < Duration::seconds(1));
    }
    CHECK(cluster.said(EventKind::RunStarted, "last").size() == 4);
    CHECK(cluster.said(EventKind::WorkflowAdvanced, "flow").size() == 12);
  }
}

// The work is in the pool's threads; reports and heartbeats have threads of their own.
TEST_CASE("a hung processor pool takes up nothing until it is released, and its worker stays known", "[powerjob:4.3]") {
  ClusterRun cluster("V340", R"(
jobs: [{name: minutely, cron: "0 * * * * ?", work: {takes: 90s}, native: {maxInstanceNum: 50}}]
faults:
  - {at: +270s, hang: {pool: {process: w-1, name: processor}}, for: 150s}
  - {at: +270s, hang: {pool: {process: w-2, name: processor}}, for: 150s}
)");
  const auto within = [](const Said& said) {
    const Duration at = ClusterRun::since_start(said);
    return at > Duration::seconds(270) && at < Duration::seconds(420);
  };
  const auto starts = cluster.said(EventKind::RunStarted, "minutely");
  CHECK(starts.size() >= 18);
  CHECK(std::none_of(starts.begin(), starts.end(), within));
  const auto lost = cluster.said(EventKind::MemberLost);
  CHECK(lost.empty());
  const auto dispatched = cluster.said(EventKind::RunDispatched, "minutely");
  CHECK(std::any_of(dispatched.begin(), dispatched.end(), within));
}

// V340: a timer of 10 s on the wheel of 5 s. V411: due 10 s later, and the WD check takes what is 30 s overdue, every
// 10 s. V511: the old expected time stays, so the WD check takes it once that is 30 s ago.
TEST_CASE("a failed instance is dispatched again as its profile says", "[powerjob:4.2]") {
  const auto again_after = [](const char* version) {
    ClusterRun cluster(version, R"(
jobs: [{name: fails, schedule: on_demand, retries: 1, work: {takes: 2s, fails: 1}}]
do: [{at: +60s, run: {job: fails, via: s1}}]
)");
    INFO(version);
    // A retry draws among all workers, the one that failed among them.
    CHECK(cluster.violations("no-repeat-offender") == "");
    const auto dispatched = cluster.said(EventKind::RunDispatched, "fails");
    const auto ended = cluster.said(EventKind::RunEnded, "fails");
    REQUIRE(dispatched.size() == 2);
    REQUIRE(ended.size() == 2);
    const auto outcome = cluster.said(EventKind::OutcomeRecorded, "fails");
    REQUIRE(outcome.size() == 1);
    CHECK_FALSE(outcome[0].event.ok);
    CHECK(outcome[0].at > ended[1].at);
    return dispatched[1].at - ended[0].at;
  };
  // Between the end and the report lies a status pass of the TaskTracker: up to 13 s (V511: none).
  CHECK(between(again_after("V340"), Duration::seconds(10), Duration::seconds(13 + 10 + 5 + 1)));
  CHECK(between(again_after("V411"), Duration::seconds(40), Duration::seconds(13 + 50 + 1)));
  CHECK(between(again_after("V511"), Duration::seconds(27), Duration::seconds(39)));
}

TEST_CASE("a run asked of another server is made by the owner", "[powerjob:7.13]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs: [{name: job, schedule: on_demand, work: {takes: 2s}}]
do:
  - {at: +60s, run: {job: job, via: s1}}
  - {at: +90s, run: {job: job, via: s2}}
)",
                       1, "", "app_info: [{id: 7, app_name: alpha, current_server: '10.0.0.2:10086'}]");
    INFO(version);
    CHECK(cluster.violations() == "");
    const auto taken = cluster.said(EventKind::FireTaken, "job");
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].process == "s2");
    CHECK(taken[1].process == "s2");
    CHECK(cluster.said(EventKind::RunEnded, "job").size() == 2);
  }
}

TEST_CASE("a delayed run waits in a timer, and can be cancelled there", "[powerjob:7.5][powerjob:7.6]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs: [{name: job, schedule: on_demand, work: {takes: 2s}}]
do:
  - {at: +60s, run: {job: job, delay: 200s, via: s1}}
  - {at: +80s, run: {job: job, delay: 300s, via: s1}}
  - {at: +90s, cancel: {job: job, via: s1}}
)");
    INFO(version);
    const auto starts = cluster.said(EventKind::RunStarted, "job");
    REQUIRE(starts.size() == 1);
    INFO(when(starts[0]));
    CHECK(between(ClusterRun::since_start(starts[0]), Duration::seconds(260), Duration::ms(260'500)));
    const auto outcomes = cluster.said(EventKind::OutcomeRecorded, "job");
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].event.detail == "canceled by user");
  }
}

// The server goes on listing a dead worker for 60 s; a run request that nobody received is repeated by the WWR check.
TEST_CASE("a run request to a dead worker is repeated after 60 to 70 s", "[powerjob:3.1.2][powerjob:8]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs: [{name: job, schedule: on_demand, native: {designatedWorkers: '10.0.0.9:27777'}, work: {takes: 2s}}]
do: [{at: +100s, run: {job: job, via: s1}}]
faults:
  - {at: +99s, kill: w-1, for: 5s}
  - {at: +99s, kill: w-2, for: 5s}
)");
    // Nobody is designated: it fails at once, and finally.
    const auto outcomes = cluster.said(EventKind::OutcomeRecorded, "job");
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].event.detail == "no worker available");

    ClusterRun lost(version, R"(
jobs: [{name: job, schedule: on_demand, work: {takes: 2s}}]
do: [{at: +100s, run: {job: job, via: s1}}]
faults:
  - {at: +99s, kill: w-1, for: 5s}
  - {at: +99s, kill: w-2, for: 5s}
)");
    INFO(version);
    const auto dispatched = lost.said(EventKind::RunDispatched, "job");
    REQUIRE(dispatched.size() == 2);
    const Duration gap = dispatched[1].at - dispatched[0].at;
    INFO(to_string(gap));
    // V511: the WWR thread makes it WAITING_DISPATCH again, and the WD thread takes it at its next pass.
    CHECK(between(gap, Duration::seconds(60), Duration::seconds(std::string(version) == "V511" ? 81 : 71)));
    CHECK(lost.said(EventKind::RunEnded, "job").size() == 1);
  }
}

TEST_CASE("after the owner's crash another server takes the app over and fires what is due",
          "[powerjob:7.2][powerjob:8]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs: [{name: minutely, cron: "45 * * * * ?", work: {takes: 2s}}]
faults: [{at: +200s, kill: s1, for: 10min}]
)",
                       1, "", "app_info: [{app_name: alpha, current_server: '10.0.0.1:10086'}]");
    INFO(version);
    const auto taken = cluster.said(EventKind::OwnershipTaken);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].process == "s2");
    // A discovery round, the tries of the HTTP call to the dead server, the ping: at most 10 + 1 + 1 s.
    CHECK(between(ClusterRun::since_start(taken[0]), Duration::seconds(200), Duration::seconds(213)));
    const auto starts = cluster.said(EventKind::RunStarted, "minutely");
    const auto later = std::count_if(starts.begin(), starts.end(),
                                     [](const Said& s) { return ClusterRun::since_start(s) > Duration::seconds(240); });
    CHECK(later >= 15);
  }
}

// [V340] stop is not forwarded, and a server tells only workers that it knows: asked of another server, it writes a row
// that the worker's own report overwrites later (the last sentence of powerjob 7.5, stop).
TEST_CASE("a stopped instance ends, and its worker is told by a server that knows it",
          "[powerjob:7.5][powerjob:7.10.6]") {
  const auto ends = [](const char* version, const char* via) {
    ClusterRun cluster(version,
                       std::string(R"(
jobs: [{name: job, schedule: on_demand, work: {takes: 5min}}]
do:
  - {at: +60s, run: {job: job, via: s1}}
  - {at: +90s, stop: {job: job, via: )") +
                           via + "}}\n",
                       1, "", "app_info: [{app_name: alpha, current_server: '10.0.0.1:10086'}]");
    const auto outcomes = cluster.said(EventKind::OutcomeRecorded, "job");
    REQUIRE(!outcomes.empty());
    CHECK(outcomes[0].event.detail == "stopped by user");
    CHECK(cluster.said(EventKind::RunStarted, "job").size() == 1);
    return cluster.said(EventKind::RunEnded, "job").size();
  };
  for (const char* version : versions) {
    INFO(version);
    CHECK(ends(version, "s1") == 0);  // the work obeys the interrupt and does not come to its end
    CHECK(ends(version, "s2") == (std::string(version) == "V340" ? 1 : 0));
  }
}

TEST_CASE("too many instances: the new one fails at once", "[powerjob:7.4][powerjob:7.9]") {
  for (const char* version : versions) {
    ClusterRun cluster(version, R"(
jobs: [{name: job, schedule: on_demand, native: {maxInstanceNum: 1}, work: {takes: 60s}}]
do:
  - {at: +60s, run: {job: job, via: s1}}
  - {at: +70s, run: {job: job, via: s1}}
  - {at: +80s, run: {job: job, via: s1}}
)");
    INFO(version);
    const auto rejected = cluster.said(EventKind::RunRejected, "job");
    // [V340] compares n > limit: one more than the limit may run.
    CHECK(rejected.size() == (std::string(version) == "V340" ? 1u : 2u));
    CHECK(cluster.said(EventKind::RunEnded, "job").size() == 3 - rejected.size());
  }
}

TEST_CASE("the same seed gives the same run, with and without a trace", "[design:4]") {
  const std::string rest = R"(
jobs: [{name: minutely, cron: "0 * * * * ?", work: {takes: {uniform: [1s, 9s]}}}]
faults: [{at: +200s, kill: s1, for: 30s}, {at: +300s, pause: w-1, for: 80s}]
)";
  for (const char* version : versions) {
    ClusterRun one(version, rest, 5);
    ClusterRun two(version, rest, 5);
    CHECK(one.verdict().digest == two.verdict().digest);
    scenarios::ScenarioRun untraced(one.run().plan());
    untraced.run();
    CHECK(untraced.verdict().digest == one.verdict().digest);
  }
}

}  // namespace
}  // namespace chronofault::powerjob
