// A printed plan reads back to the same plan, byte for byte, whatever the scenario was.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>
#include <sim/kernel/random.hpp>
#include <support/property.hpp>

#include "fake_system.hpp"

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

/// Scenarios of every part of the format, from one number.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : streams_(seed, nullptr), stream_(streams_.stream("scenario")) {}

  std::string scenario() {
    const std::string offset = one_of({"+08:00", "Z", "-03:30"});
    std::string text = "scenario: generated\nsystem: " + one_of({"toy", "powerjob"}) + "\n";
    text += "variants: {one: {version: " + one_of({"V340", "V511"}) +
            ", policies: {owner-check: " + one_of({"true", "false"}) + "}}}\n";
    text += fmt::format("start: 20{:02}-0{}-1{}T1{}:{:02}:{:02}.{:03}{}\nuntil: +{}\n", below(60), 1 + below(9),
                        below(10), below(10), below(60), below(60), below(1'000), offset, one_of({"1d", "30h", "2d"}));
    text +=
        "let: {D: {uniform: [2min, 20min]}, f: {uniform: [20s, D - 100s]}, n: {uniform: [1, 4]}, x: {choose: [0.5, 2%, "
        "text, true, 3GiB, +9s]}}\n";
    if (below(2) == 0) text += "settle: " + duration() + "\n";
    text +=
        "cluster:\n  zones: {A: {}, B: {time_zone: " + one_of({"Asia/Tokyo", "+01:00", "America/St_Johns"}) + "}}\n";
    text += "  links: [{from: A, to: B, latency: " + distribution() + "}]\n";
    text += "  names: {toy.example: {A: s, B: 10.0.0.1}}\n";
    text += "  database: {dialect: " +
            one_of({"innodb", "postgresql", "innodb, replicas: 2, replication_lag: 5ms",
                    "innodb, replicas: [{zone: B}, {host: s.host}], replication: semisync-after-sync",
                    "postgresql, replicas: n, replication: synchronous"}) +
            ", rows: {app_info: [" + row() + ", " + row() + "]}}\n";
    text +=
        "  servers:\n    - {name: s, zone: A, settings: {oms.ping.timeout: " + one_of({"1s", "1500ms", "7us + 1ms"}) +
        ", oms.load: " + one_of({"0.1", "1", "3.25"}) +
        ", oms.table-prefix: " + one_of({"\"\"", "x", "\"5s\"", "\"a: #b\""}) + "}}\n";
    text += "    - {name: t, zone: B, count: n, starts: " + duration() + "}\n";
    text += "  workers: [{name: w, zone: {choose: [A, B]}, app: monkey, count: 3}]\n";
    text += "jobs:\n";
    for (const char* name : {"a", "b", "c"}) text += job(name);
    text += "workflows: [{name: flow, nodes: [a, b, c], edges: [[a, c], [b, c]]}]\ndo:\n";
    for (std::uint64_t i = below(4); i > 0; --i) text += action();
    const std::uint64_t faults = below(8);
    text += faults == 0 ? "faults: []\n" : "faults:\n";
    for (std::uint64_t i = faults; i > 0; --i) text += "  - {" + trigger() + "}\n";
    return text + "expect: [{property: settles, seeds: " +
           one_of({"all, share: [0.125, 1]", "some, share: [0.125, 50%]", "none"}) + "}]\n";
  }

 private:
  std::uint64_t below(std::uint64_t n) { return stream_.below(n); }
  std::string one_of(const std::vector<std::string>& options) { return options[below(options.size())]; }
  std::string duration() {
    return one_of({"90s", "1.5h", "200us", "D", "D - 100s", "{uniform: [1us, 999us]}", "{exponential: 5s}",
                   "{choose: [1s, f]}", "{weighted: {1s: 1, 2min: 3}}"});
  }
  std::string distribution() {
    return one_of({"5s", "{uniform: [1ms, 3ms]}", "{choose: [1s, D]}", "{exponential: {mean: 2s, max: 9s}}",
                   "{weighted: {1s: 3, 4s: 1}}"});
  }
  std::string instant() {
    return one_of({"+90s", "+f", "\"23:30:00.000001\"", "+60s + f", "{uniform: [+1s, +20min]}"});
  }
  std::string row() {
    return fmt::format("{{app_name: {}, id: {}, gmt_create: {}, load: {}, live: {}}}",
                       one_of({"x", "\"1\"", "null", "\"\"", "\"ü\\n\""}), below(9), instant(),
                       one_of({"0.1", "7", "1e30"}), one_of({"true", "null"}));
  }
  std::string job(const std::string& name) {
    const std::string schedule =
        one_of({"schedule: on_demand", "cron: \"0 0/5 * * * ?\"", "every: 1min, fixed_delay: true", "every: f + 1s",
                "at: +90s", "cron: \"* * * * * ?\", zone: Europe/Berlin"});
    return "  - {name: " + name + ", " + schedule + ", overlap: " + one_of({"parallel", "queue", "discard_new"}) +
           ", retries: n, work: {takes: " + distribution() +
           ", cpu: 0.25, fails: 1%, then: [{build: c, takes: " + distribution() +
           "}]}, native: {timeLimit: " + duration() + "}}\n";
  }
  std::string action() {
    return "  - {at: " + instant() + ", " +
           one_of({"run: {choose: [a, flow]}", "run: {job: a, delay: f, params: \"{x: 1}\"}",
                   "edit: {job: b, set: {cron: \"1 * * * * ?\", retries: 3}}"}) +
           "}\n";
  }
  std::string trigger() {
    const std::string kind = one_of({"kill: {one_of: {role: worker}}",
                                     "pause: {owner: monkey}, for: " + duration(),
                                     "restart: {process: s, down: 5s}",
                                     "crash: {any_two_of: {zone: A}}",
                                     "freeze: {host: s.host, thaw: behind}",
                                     "clock_drift: {host: s.host, ppm: -12.5}",
                                     "clock_step: {target: s, by: -5s}",
                                     "memory: {host: w-1.host, bytes: 3GiB}",
                                     "cpu_load: {role: server, cores: 0.5}",
                                     "partition: {between: [{zone: A}, {zone: B}]}, for: 10s",
                                     "loss: {from: s, to: w-1, share: 2%}",
                                     "delay: {message: Ping, by: {uniform: [1ms, 9ms]}}",
                                     "drop: {message: {kind: Ping.reply, nth: 3}}",
                                     "duplicate: {message: Ping, copies: 3}",
                                     "resolve: {name: toy.example, zone: A}",
                                     "read_only: {}",
                                     "hold_lock: {table: app_info, key: \"1\"}",
                                     "slow_statement: {table: app_info, statement: update, by: 3s}",
                                     "exhaust_pool: {role: server}, for: 40s",
                                     "lose_acknowledgement: {target: s, commits: n}",
                                     "hang: {pool: {process: {owner: monkey}, name: work}}",
                                     "clock_zone: {host: s.host, to: \"+05:45\"}"});
    const std::string when =
        one_of({"at: " + instant(), "every: {exponential: {mean: 10min, max: 1h}}, until: +25min",
                "every: 5min, from: +1min, until: +20min",
                "when: {message: Ping.reply, from: s, to: {role: server}, nth: 2, request_not_before: +f}, after: 3ms",
                "when: {record: OwnershipTaken, scope: monkey, ok: true, nth: each, not_before: " + instant() + "}"});
    return when + ", " + kind;
  }

  sim::Streams streams_;
  RandomStream& stream_;
};

}  // namespace

TEST_CASE("a printed plan reads back to the same plan") {
  const World world = support::fake_world();
  support::check_property("print, read, plan, print", [&world](std::uint64_t shape, std::uint64_t seed) {
    const std::string text = Writer(shape).scenario();
    const auto scenario = read_scenario_text(text, "generated.yaml", "", "script", world);
    if (!scenario) RC_FAIL(scenario.error().text() + text);
    const auto plan = make_plan(*scenario, "one", seed, world);
    if (!plan) RC_FAIL(plan.error().text() + text);
    const std::string printed = print(*plan);
    const auto again = read_scenario_text(printed, "plan.yaml", "", "script", world);
    if (!again) RC_FAIL(again.error().text() + printed);
    RC_ASSERT(again->seed == seed);
    RC_ASSERT(again->variant == "one");
    RC_ASSERT(again->versions.at("tzdata") == world.tzdata_version);
    // Nothing is left to draw: the seed changes only its own line.
    auto other = make_plan(*again, "one", seed + 1, world);
    if (!other) RC_FAIL(other.error().text() + printed);
    other->seed = seed;
    RC_ASSERT(print(*other) == printed);
    RC_ASSERT(other->faults == plan->faults);
  });
}

TEST_CASE("no text breaks the reader: it is read, or its problems are said") {
  const World world = support::fake_world();
  support::check_property("damaged scenarios",
                          [&world](std::uint64_t shape, const std::vector<std::pair<std::uint32_t, char>>& bytes,
                                   std::uint32_t cut, std::uint32_t pasted) {
                            std::string text = Writer(shape).scenario();
                            for (const auto& [at, byte] : bytes) text[at % text.size()] = byte;
                            const std::string piece = text.substr(cut % text.size(), 1 + cut % 40);
                            text.insert(pasted % text.size(), piece);
                            const auto scenario = read_scenario_text(text, "damaged.yaml", "", "script", world);
                            if (!scenario) {
                              RC_ASSERT(!scenario.error().empty());
                              return;
                            }
                            // What was read can be planned, or says which draws do not fit.
                            const auto plan = make_plan(*scenario, scenario->variants.front().name, shape, world);
                            RC_ASSERT(plan || !plan.error().empty());
                          });
}
