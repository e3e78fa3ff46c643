// Plans: what is drawn, what stays, and what a plan prints.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>

#include "fake_system.hpp"

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

Scenario read(const std::string& text, const std::string& script = "") {
  const auto scenario = read_scenario_text(text, "s.yaml", script, "script.yaml", support::fake_world());
  if (!scenario) FAIL(scenario.error().text());
  return *scenario;
}

Plan planned(const std::string& text, std::uint64_t seed = 1) {
  const Scenario scenario = read(text);
  auto plan = make_plan(scenario, scenario.variants.front().name, seed, support::fake_world());
  if (!plan) FAIL(plan.error().text());
  return *plan;
}

std::string instant(const Plan& plan, sim::TrueTime t) { return faults::to_string(t, plan.utc_offset); }

sim::TrueTime struck(const faults::FaultSpec& fault) { return std::get<faults::At>(fault.trigger).instant; }

}  // namespace

TEST_CASE("defaults of a cluster are filled in") {
  const Plan plan = planned(support::small_scenario());
  REQUIRE(plan.cluster.processes.size() == 3);
  const ProcessEntry& server = plan.cluster.processes[0];
  CHECK(server.host == "s.host");
  CHECK(server.ip == "10.1.0.1");
  CHECK(server.port == 10086);
  CHECK(server.settings.at("oms.ping.timeout") == Value(std::int64_t{1'000'000}));
  CHECK(plan.cluster.processes[2].name == "w-2");
  CHECK(plan.cluster.processes[2].ip == "10.2.0.2");
  CHECK(plan.cluster.processes[2].keys.at("app") == Value(std::string("monkey")));
  CHECK(plan.host("s.host")->time_zone == "+08:00");
  CHECK(plan.host("w-1.host")->time_zone == "Europe/Berlin");
  CHECK(plan.cluster.has_database);
  CHECK(to_string(plan.cluster.database) == "10.1.0.2:3306");
  CHECK(to_string(plan.latency("A", "A")) == "200us");
  CHECK(to_string(plan.latency("A", "B")) == "1ms");
  for (const StartPlan& start : plan.starts) CHECK((start.after >= Duration{} && start.after < Duration::seconds(30)));
  CHECK(plan.versions == Versions{"0.1.0", "3.4.0 (2020-11-29)", "2025b"});
  CHECK(instant(plan, plan.until) == "2022-02-24T11:59:00+08:00");
}

TEST_CASE("processes share a host when they are told to, each at a port of its own") {
  const Plan plan = planned(R"(scenario: x
system: toy
start: 2022-02-24T10:59:00Z
until: +1h
cluster:
  hosts: {box: {cores: 2.5, memory: 8GiB, clock_offset: -3ms, drift_ppm: 12.5}}
  servers: [{name: a, host: box}, {name: b, host: box}, {name: c, host: box, address: "10.9.9.9:10087"}]
expect: [{property: settles, seeds: none}]
)");
  const HostPlan* const box = plan.host("box");
  REQUIRE(box != nullptr);
  CHECK(box->ip == "10.9.9.9");
  CHECK(box->cores_milli == 2'500);
  CHECK(box->memory_bytes == std::int64_t{8} << 30);
  CHECK(box->clock_offset == -Duration::ms(3));
  CHECK(box->drift_ppb == 12'500);
  CHECK(plan.cluster.processes[0].port == 10086);
  CHECK(plan.cluster.processes[1].port == 10088);
  CHECK(plan.cluster.processes[2].port == 10087);
}

TEST_CASE("instants: with offset, without, time of day, from the start, and sums") {
  std::string text = support::small_scenario(R"(let: {d: 90s, t: +10min}
do:
  - {at: "2022-02-24T12:00:00", run: first}
  - {at: "2022-02-24T04:00:00.25Z", run: first}
  - {at: "10:58:59", run: first}
  - {at: "10:59:00", run: first}
  - {at: +90s, run: first}
  - {at: t - d + 1s, run: first}
  - {at: +5s + d, run: first}
)");
  text.replace(text.find("until: +1h"), 10, "until: +1d");
  const Plan plan = planned(text);
  std::vector<std::string> at;
  for (const ActionPlan& action : plan.actions) at.push_back(instant(plan, action.at));
  CHECK(at == std::vector<std::string>{"2022-02-24T10:59:00+08:00", "2022-02-24T11:00:30+08:00",
                                       "2022-02-24T11:00:35+08:00", "2022-02-24T11:07:31+08:00",
                                       "2022-02-24T12:00:00+08:00", "2022-02-24T12:00:00.25+08:00",
                                       "2022-02-25T10:58:59+08:00"});
}

TEST_CASE("the same seed gives the same plan, another seed another") {
  const std::string text =
      support::small_scenario("let: {D: {uniform: [2min, 20min]}, f: {uniform: [20s, D - 100s]}}\nsettle: D\n");
  CHECK(print(planned(text, 7)) == print(planned(text, 7)));
  CHECK(print(planned(text, 7)) != print(planned(text, 8)));
}

TEST_CASE("a draw more moves no other") {
  const std::string one = support::small_scenario("let: {D: {uniform: [2min, 20min]}}\n");
  const std::string two =
      support::small_scenario("let: {C: {uniform: [1, 1000]}, D: {uniform: [2min, 20min]}, E: {exponential: 5s}}\n");
  const Plan a = planned(one, 42);
  const Plan b = planned(two, 42);
  CHECK(a.let[0] == b.let[1]);
  for (std::size_t i = 0; i < a.starts.size(); ++i) CHECK(a.starts[i].after == b.starts[i].after);
}

TEST_CASE("draws stay in their bounds and reach all of them") {
  const Scenario scenario = read(support::small_scenario(R"(let:
  D: {uniform: [2min, 20min]}
  f: {uniform: [20s, D - 100s]}
  n: {uniform: [1, 4]}
  c: {choose: [1s, 2s, 3s]}
  w: {weighted: {a: 1, b: 0, c: 9}}
  e: {exponential: {mean: 5s, max: 12s}}
)"));
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto plan = make_plan(scenario, "plain", seed, support::fake_world());
    REQUIRE(plan);
    std::map<std::string, std::string> let(plan->let.begin(), plan->let.end());
    ++seen["n" + let["n"]];
    ++seen["c" + let["c"]];
    ++seen["w" + let["w"]];
    if (let["e"] == "12s") ++seen["cut"];
    // Whole milliseconds, so the text ends in min, s or ms.
    CHECK(let["D"].find("us") == std::string::npos);
  }
  for (const char* name : {"n1", "n2", "n3", "n4"}) CHECK((seen[name] > 60 && seen[name] < 140));
  for (const char* name : {"c1s", "c2s", "c3s"}) CHECK((seen[name] > 90 && seen[name] < 180));
  CHECK((seen["wa"] > 15 && seen["wa"] < 75));
  CHECK(seen["wb"] == 0);
  CHECK((seen["cut"] > 15 && seen["cut"] < 70));  // e^-2.4 of 400: 36
}

TEST_CASE("`every` becomes a list of `at`, and each occurrence draws anew") {
  const Plan plan = planned(
      support::small_scenario("faults: [{every: 10min, kill: {one_of: {role: worker}}, for: {uniform: [1s, 20s]}}]\n"));
  REQUIRE(plan.faults.size() == 5);
  CHECK(instant(plan, struck(plan.faults[0])) == "2022-02-24T11:09:00+08:00");
  std::vector<Duration> lengths;
  for (const auto& fault : plan.faults) {
    CHECK(fault.action.target->kind == faults::Selector::Kind::name);
    CHECK(fault.action.target->text.starts_with("w-"));
    lengths.push_back(*fault.lasts);
  }
  std::sort(lengths.begin(), lengths.end());
  CHECK(std::unique(lengths.begin(), lengths.end()) == lengths.end());
}

TEST_CASE("selectors: static ones are drawn, dynamic ones wait for the run") {
  const Plan plan = planned(support::small_scenario(R"(faults:
  - {at: +1s, pause: {owner: monkey}, for: 3s}
  - {at: +1s, pause: {one_of: {owner: monkey}}}
  - {at: +1s, kill: {any_two_of: [s, w-1, w-2]}}
  - {at: +1s, hang: {pool: {process: s, name: work}}}
  - {at: +1s, delay: {message: {kind: Ping.reply, from: s}, by: 40ms}}
  - {at: +1s, kill: {database: primary}}
)"));
  CHECK_FALSE(plan.faults[0].action.is_static());
  CHECK(to_string(*plan.faults[0].action.target) == "{owner: monkey}");
  CHECK(to_string(*plan.faults[1].action.target) == "{one_of: [{owner: monkey}]}");
  CHECK(plan.faults[2].action.target->kind == faults::Selector::Kind::all);
  CHECK(plan.faults[2].action.target->parts.size() == 2);
  CHECK(plan.faults[2].action.is_static());
  CHECK(to_string(plan.faults[3].action) == "hang: {pool: {process: s, name: work}}");
  CHECK(plan.faults[4].action.duration("by") == Duration::ms(40));
  CHECK(to_string(plan.faults[4].action) == "delay: {message: {kind: Ping.reply, from: s}, by: 40ms}");
  CHECK_FALSE(plan.faults[5].action.flag("stays_down"));
}

TEST_CASE("a chaos script adds faults and replaces all expectations") {
  const std::string text = support::small_scenario("faults: [{at: +1s, kill: s}]\n");
  const Scenario scenario = read(
      text, "chaos: storm\nfaults: [{at: +2s, pause: w-1, for: 3s}]\nexpect: [{property: owner-acts, seeds: some}]\n");
  const auto plan = make_plan(scenario, "plain", 1, support::fake_world());
  REQUIRE(plan);
  CHECK(plan->faults.size() == 2);
  REQUIRE(plan->expect.size() == 1);
  CHECK(plan->expect[0].property == "owner-acts");
  const auto bad =
      read_scenario_text(text, "s.yaml", "faults: [{at: +2s, pause: v}]\n", "script.yaml", support::fake_world());
  REQUIRE_FALSE(bad);
  CHECK(bad.error().text().starts_with("script.yaml:1:27: 'v' is no process and no host"));
  const auto other = read_scenario_text(text, "s.yaml", "faults: []\njobs: []\n", "script.yaml", support::fake_world());
  REQUIRE_FALSE(other);
  CHECK(other.error().text() ==
        "script.yaml:2:1: unknown key 'jobs' in a chaos script; expected chaos, summary, let, faults or expect\n");
}

TEST_CASE("a plan prints whole, and byte for byte the same") {
  const Plan plan = planned(R"(scenario: whole
summary: "What a plan shows: all of it."
system: toy
variants: {fixed: {version: V411, policies: {owner-check: true}}}
start: 2022-02-24T10:59:00+08:00
until: +1h
let: {d: 90s}
cluster:
  zones: {A: {}, B: {time_zone: Europe/Berlin}}
  links: [{between: [A, B], latency: {uniform: [1ms, 3ms]}}]
  names: {toy.example: s}
  database: {zone: B, rows: {app_info: [{app_name: "007", current_server: null, gmt_create: "10:59:00", live: yes}]}}
  servers: [{name: s, zone: A, starts: 1.5s, settings: {oms.ping.timeout: 2s, oms.load: 0.5}}]
  workers: [{name: w, zone: B, app: monkey, starts: 2s}]
jobs:
  - {name: a, work: {takes: {exponential: 5s}, cpu: 0.5, memory: 200MiB, fails: 2%, then: [{execute: b, items: [0, 1], wait: true}, {trigger: b, wait: false}]}}
  - {name: b, cron: "0 0/5 * * * ?", zone: Asia/Tokyo, overlap: queue, native: {timeLimit: 1min}}
workflows: [{name: f, nodes: [a, b], edges: [[a, b]]}]
do: [{at: +d, run: {workflow: f, delay: 1s, via: s}}, {at: +2min, edit: {job: b, set: {every: 1min}}}]
faults:
  - {when: {message: Ping.reply, from: s, nth: each, request_not_before: +5s}, after: 1ms, arrives: {after_request: 1474ms}}
  - {when: {record: FireDue, job: b, ok: false, nth: 3}, crash: {zone: B}, for: 1min}
  - {at: +9s, loss: {between: [{zone: A}, w], share: 12.5%}}
expect: {fixed: [{property: owner-acts, seeds: some, share: [0.2, 0.9], because: {record: OwnershipTaken}}]}
)");
  CHECK(print(plan) == R"(scenario: whole
summary: "What a plan shows: all of it."
system: toy
variant: fixed
seed: 1
versions: {program: "0.1.0", system: "4.1.1", tzdata: "2025b"}
variants:
  fixed: {version: V411, policies: {owner-check: true}}
start: "2022-02-24T10:59:00+08:00"
until: "2022-02-24T11:59:00+08:00"
let:
  d: 90s
cluster:
  time_zone: "+08:00"
  zones:
    A: {}
    B: {time_zone: Europe/Berlin}
  links:
    - {from: A, to: A, latency: 200us}
    - {from: A, to: B, latency: {uniform: [1ms, 3ms]}}
    - {from: B, to: A, latency: {uniform: [1ms, 3ms]}}
    - {from: B, to: B, latency: 200us}
  hosts:
    s.host: {zone: A, address: 10.1.0.1}
    w.host: {zone: B, address: 10.2.0.1}
    database.host: {zone: B, address: 10.2.0.2}
  names:
    toy.example: {A: s, B: s}
  database:
    dialect: innodb
    host: database.host
    rows:
      app_info:
        - {app_name: "007", current_server: null, gmt_create: "2022-02-24T10:59:00+08:00", live: true}
  servers:
    - {name: s, zone: A, host: s.host, address: "10.1.0.1:10086", starts: 1500ms, settings: {oms.ping.timeout: 2s, oms.load: 0.5}}
  workers:
    - {name: w, zone: B, host: w.host, address: "10.2.0.1:27777", starts: 2s, app: monkey}
jobs:
  - {name: a, schedule: on_demand, work: {takes: {exponential: 5s}, cpu: 0.5, memory: 200MiB, fails: 0.02, then: [{execute: b, takes: 0s, items: [0, 1]}, {wait_for: b, takes: 0s, items: [0, 1]}, {trigger: b, takes: 0s}]}}
  - {name: b, cron: "0 0/5 * * * ?", zone: Asia/Tokyo, overlap: queue, work: {takes: 1s}, native: {timeLimit: 1min}}
workflows:
  - {name: f, schedule: on_demand, nodes: [a, b], edges: [[a, b]]}
do:
  - {at: "2022-02-24T11:00:30+08:00", run: {workflow: f, delay: 1s, via: s}}
  - {at: "2022-02-24T11:01:00+08:00", edit: {job: b, set: {every: 1min}}}
faults:
  - {when: {message: Ping.reply, from: s, nth: each, request_not_before: "2022-02-24T10:59:05+08:00"}, after: 1ms, arrives: {after_request: 1474ms}}
  - {when: {record: FireDue, job: b, ok: false, nth: 3}, crash: {zone: B}, for: 1min}
  - {at: "2022-02-24T10:59:09+08:00", loss: {between: [{zone: A}, w], share: 0.125}}
expect:
  fixed:
    - {property: owner-acts, seeds: some, share: [0.2, 0.9], because: [{record: OwnershipTaken}]}
)");
}
