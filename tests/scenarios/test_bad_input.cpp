// Whole messages for bad input: each is one line that says where, what, and what would be right.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>

#include "fake_system.hpp"

using namespace chronofault::scenarios;

namespace {

std::string problems_of(const std::string& text) {
  const auto read = read_scenario_text(text, "s.yaml", "", "script", support::fake_world());
  return read ? "" : read.error().text();
}

/// The small scenario with one line changed.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = support::small_scenario();
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct Case {
  std::string what;
  std::string text;
  std::string message;
};

}  // namespace

TEST_CASE("the small scenario is right") { CHECK(problems_of(support::small_scenario()) == ""); }

TEST_CASE("what is no scenario at all has one message") {
  CHECK(problems_of("a: [1, 2\nb: }") == "s.yaml:2:2: not YAML: end of sequence flow not found\n");
  CHECK(problems_of(std::string("PK\x03\x04", 4)) ==
        "s.yaml:1:3: not YAML: a control character; expected a text file\n");
  CHECK(problems_of("") ==
        "s.yaml: the file is nothing; expected a map with the keys of a scenario: scenario, system, start ...\n");
  CHECK(problems_of("- a\n") ==
        "s.yaml:1:1: the file is a list; expected a map with the keys of a scenario: scenario, system, start ...\n");
  CHECK(problems_of("a: 1\na: 2\n") == "s.yaml:2:1: the key 'a' stands here twice\n");
  CHECK(problems_of("a: 1\n---\nb: 1\n") == "s.yaml:2:1: a second document; expected one document per file\n");
  CHECK(problems_of("[a, b]: 1\n") == "s.yaml:1:1: a key that is a list; expected a name followed by a colon\n");
  CHECK(problems_of("a: *b\n").find("s.yaml:1:4: not YAML: ") == 0);
}

TEST_CASE("a file above 4 MiB is refused before it is parsed") {
  std::string text = "scenario: large\nsummary: \"" + std::string(std::size_t{4} << 20, 'x');
  CHECK(problems_of(text) == "s.yaml: larger than 4 MiB; expected a smaller file\n");
  const auto path = std::filesystem::temp_directory_path() / "chronofault-large.yaml";
  std::ofstream(path) << text;
  const auto read = read_scenario(path.string(), "", support::fake_world());
  std::filesystem::remove(path);
  REQUIRE_FALSE(read);
  CHECK(read.error().text() == path.string() + ": larger than 4 MiB; expected a smaller file\n");
}

TEST_CASE("aliases that stand for too many nodes are refused before they are copied") {
  std::string text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string below = "*l" + std::to_string(i - 1);
    text += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k > 0 ? ", " : "") + below;
    text += "]\n";
  }
  CHECK(problems_of(text) == "s.yaml:4:45: aliases stand for more than 10000 nodes; expected fewer aliases\n");
  CHECK(problems_of("a: &a [*a]\n") == "s.yaml:1:8: an alias inside its own anchor\n");
}

TEST_CASE("each mistake has its message") {
  const std::vector<Case> cases = {
      {"unknown system", changed("system: toy", "system: powerjobb"),
       "s.yaml:2:9: 'powerjobb' is no system; expected powerjob or toy; did you mean 'powerjob'?\n"},
      {"unknown top key", changed("until:", "untill:"),
       "s.yaml:4:1: unknown key 'untill' in the scenario; expected scenario, summary, system, variants, version, "
       "policies, variant, "
       "seed, versions, start, until, settle, let, cluster, jobs, workflows, do, faults, expect or include; did you "
       "mean 'until'?\n"},
      {"end before start", changed("until: +1h", "until: 2022-02-24T10:58:00+08:00"),
       "s.yaml:4:8: the end is not after the start; expected an instant after 2022-02-24T10:59:00+08:00\n"},
      {"start without offset", changed("10:59:00+08:00", "10:59:00"),
       "s.yaml:3:8: '2022-02-24T10:59:00' is no start; expected an instant with its offset, such as "
       "2022-02-24T10:59:00+08:00\n"},
      {"no such day", changed("2022-02-24", "2022-02-29"),
       "s.yaml:3:8: '2022-02-29T10:59:00+08:00' is no start; expected an instant with its offset, such as "
       "2022-02-24T10:59:00+08:00\n"},
      {"time zone", changed("Europe/Berlin", "Europe/Berlim"),
       "s.yaml:6:33: 'Europe/Berlim' is no time zone; expected a name of the tz database such as Asia/Shanghai, or "
       "+08:00\n"},
      {"zone", changed("zone: A}", "zone: C}"), "s.yaml:8:29: 'C' is no zone; expected A or B\n"},
      {"role list", changed("servers:", "serverz:"),
       "s.yaml:8:3: unknown key 'serverz' in the cluster; expected time_zone, zones, links, servers, workers, "
       "database, zookeeper, "
       "hosts or names; did you mean 'servers'?\n"},
      {"process twice", changed("zone: A}]", "zone: A}, {name: s, zone: B}]"),
       "s.yaml:8:40: a second process 's'; expected names that differ\n"},
      {"setting", changed("zone: A}", "zone: A, settings: {oms.accurate.select.server.percentagee: 50}}"),
       "s.yaml:8:43: unknown key 'oms.accurate.select.server.percentagee' in the settings of a server; expected "
       "oms.accurate.select.server.percentage, oms.ping.timeout, oms.table-prefix, oms.mode, oms.load or oms.gc; did "
       "you mean "
       "'oms.accurate.select.server.percentage'?\n"},
      {"setting out of range", changed("zone: A}", "zone: A, settings: {oms.accurate.select.server.percentage: 101}}"),
       "s.yaml:8:82: 101 is out of range; expected a whole number from 0 to 100\n"},
      {"setting of choices", changed("zone: A}", "zone: A, settings: {oms.mode: prod}}"),
       "s.yaml:8:53: 'prod' is no value of oms.mode; expected daily, pre or product; did you mean 'pre'?\n"},
      {"job key", changed("schedule: on_demand}", "schedul: on_demand}"),
       "s.yaml:11:19: unknown key 'schedul' in a job; expected name, schedule, cron, every, at, after, zone, "
       "fixed_delay, overlap, "
       "shards, retries, enabled, native or work; did you mean 'schedule'?\n"},
      {"unsupported key", changed("schedule: on_demand}", "shards: 3}"),
       "s.yaml:11:19: toy has no 'shards'; expected the nearest that it has, native broadcast\n"},
      {"unsupported value", changed("schedule: on_demand}", "overlap: replace_old}"),
       "s.yaml:11:28: toy has no 'overlap: replace_old'; expected the nearest that it has, overlap: discard_new\n"},
      {"native key", changed("schedule: on_demand}", "native: {maxInstanceNumm: 1}}"),
       "s.yaml:11:28: unknown key 'maxInstanceNumm' in `native` of a job; expected maxInstanceNum or timeLimit; did "
       "you mean "
       "'maxInstanceNum'?\n"},
      {"negative duration", changed("schedule: on_demand}", "work: {takes: -5s}}"),
       "s.yaml:11:33: the duration -5s is negative; expected a duration of at least 0s\n"},
      {"no duration", changed("schedule: on_demand}", "work: {takes: 5}}"),
       "s.yaml:11:33: '5' is no duration; expected a duration such as 90s, 1.5h or 200us, or a sum of such and names "
       "of `let`\n"},
      {"a call that the system does not offer", changed("schedule: on_demand}", "work: {then: [{map: first}]}}"),
       "s.yaml:11:39: work cannot call 'map' of toy; expected build, execute, trigger or wait_for\n"},
      {"wait of a call that begins no round",
       changed("schedule: on_demand}", "work: {then: [{execute: first, wait: true}, {build: first, wait: false}]}}"),
       "s.yaml:11:84: `wait` beside 'build', which begins no round; expected `wait` beside `execute` or `trigger`; did "
       "you mean 'wait_for'?\n"},
      {"job of a workflow", changed("nodes: [first", "nodes: [frist"),
       "s.yaml:13:34: 'frist' is no job; expected first or second; did you mean 'first'?\n"},
      {"cycle", changed("edges: [[first, second]]", "edges: [[first, second], [second, first]]"),
       "s.yaml:13:57: the workflow 'flow' has a cycle: first -> second -> first; expected edges without a cycle\n"},
      {"job twice", changed("name: second", "name: first"),
       "s.yaml:12:12: a second job or workflow 'first'; expected names that differ\n"},
      {"property", changed("property: settles", "property: setles"),
       "s.yaml:14:21: 'setles' is no property; expected no-lost-run, no-duplicate-run, single-owner, owner-acts, "
       "no-stuck-run, "
       "outcome-true, bounded-start-rate, all-shards-run, no-repeat-offender, workflow-consistent, loops-progress or "
       "settles; did you "
       "mean 'settles'?\n"},
      {"variant without expectations",
       changed("expect: [{property: settles, seeds: none}]",
               "variants: {a: {version: V340}, b: {version: V999, policies: {owner-chek: true}}}\nexpect: {a: "
               "[{property: settles, "
               "seeds: none}], c: []}"),
       "s.yaml:14:45: 'V999' is no version of toy; expected V340, V411 or V511\n"
       "s.yaml:14:62: unknown key 'owner-chek' in the policies of toy; expected owner-check or patient-usurp; did you "
       "mean 'owner-check'?\n"
       "s.yaml:15:9: the variant 'b' has no expectations; expected b: a list\n"
       "s.yaml:15:49: 'c' is no variant; expected a or b\n"},
      {"name of let", support::small_scenario("let: {D: 2min}\nsettle: DD\n"),
       "s.yaml:16:9: 'DD' is no duration; expected a duration such as 90s, 1.5h or 200us, or a sum of such and names "
       "of `let`; did you "
       "mean 'D'?\n"},
      {"bounds", support::small_scenario("settle: {uniform: [3min, 2min]}\n"),
       "s.yaml:15:19: uniform from 3min to 2min; expected the lower bound first\n"},
      {"draw", support::small_scenario("settle: {unifrom: [2min, 3min]}\n"),
       "s.yaml:15:10: a map where a single value belongs; expected a duration such as 90s, 1.5h or 200us, or a sum of "
       "such and names "
       "of `let`, or one of uniform, choose, weighted or exponential; did you mean 'uniform'?\n"},
      {"an option that no lowest and no highest draw takes", changed("zone: A}", "zone: {choose: [A, X, B]}}"),
       "s.yaml:8:29: 'X' is no zone; expected A or B\n"},
      {"operator action", support::small_scenario("do: [{at: +1min, runn: first}]\n"),
       "s.yaml:15:18: unknown key 'runn' in an action; expected at, every, from, until, run, stop, edit or enable; did "
       "you mean 'run'?\n"},
      {"action before start", support::small_scenario("do: [{at: 2022-02-24T10:00:00, run: first}]\n"),
       "s.yaml:15:11: the instant is before the start of the scenario; expected an instant from "
       "2022-02-24T10:59:00+08:00 on\n"},
      {"column", changed("servers:", "database: {rows: {app_info: [{app_nam: x}]}}\n  servers:"),
       "s.yaml:8:33: unknown key 'app_nam' in a row of app_info; expected id, app_name, current_server, gmt_create, "
       "load or live; did "
       "you mean 'app_name'?\n"},
      {"table", changed("servers:", "database: {rows: {app_inf: []}}\n  servers:"),
       "s.yaml:8:21: unknown key 'app_inf' in `rows`; expected app_info; did you mean 'app_info'?\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(problems_of(c.text) == c.message);
  }
}

TEST_CASE("the names of a scenario and its variants are fit for a file's name") {
  const auto named = [](const std::string& name) {
    return problems_of(changed("scenario: small", "scenario: " + name));
  };
  for (const std::string& name : std::vector<std::string>{"a", "A.b_c-9", "2024", "-", std::string(100, 'x')}) {
    CAPTURE(name);
    CHECK(named("\"" + name + "\"") == "");
  }
  const std::string expected = "; expected at most 100 letters, digits, '.', '_' and '-', not '.' first\n";
  for (const std::string name : {"../../evil", "a b/c", "a/b", ".", ".hidden", "a b", "\u00e4", "a:b", ""}) {
    CAPTURE(name);
    CHECK(named("\"" + name + "\"") == "s.yaml:1:11: '" + name + "' is no name of a scenario" + expected);
  }
  const std::string long_name(101, 'x');
  CHECK(named(long_name) == "s.yaml:1:11: '" + long_name + "' is no name of a scenario" + expected);
  CHECK(problems_of(changed("start:", "variants: {../v: {version: V1}}\nstart:"))
            .find("s.yaml:3:12: '../v' is no name of a variant" + expected) != std::string::npos);
}

TEST_CASE("what the system itself refuses is said where it stands") {
  CHECK(problems_of("scenario: x\nsystem: toy\nstart: 2022-02-24T10:59:00Z\nuntil: +1h\ncluster: {}\nexpect: "
                    "[{property: settles, seeds: none}]\n") == "s.yaml:5:10: a cluster without a server\n");
  CHECK(problems_of(changed("cron: \"0 0/5 * * * ?\"", "cron: \"61 * * * * ?\"")) ==
        "s.yaml:12:26: V340 has no second 61\n");
  CHECK(problems_of(changed("cron: \"0 0/5 * * * ?\"", "cron: \"61 * * * * ?\"") +
                    "variants: {a: {version: V340}, b: {version: V411}}\n") == "s.yaml:12:26: V340 has no second 61\n");
  CHECK(problems_of(changed("on_demand}", "on_demand, native: {timeLimit: 7777777us}}")) == "s.yaml:11:60: no limit\n");
  CHECK(problems_of(changed("app: monkey, count: 2", "app: monkey, port: 1, count: 1")) == "s.yaml:9:13: port 1\n");
}

TEST_CASE("mistakes in faults have their messages") {
  const auto fault = [](const std::string& text) {
    return problems_of(support::small_scenario("faults:\n  - " + text + "\n"));
  };
  CHECK(fault("{at: +1min, kill: s}") == "");
  CHECK(fault("{at: +1min, kil: s}").find("s.yaml:16:17: unknown key 'kil' in a fault; expected at, every, when") == 0);
  CHECK(fault("{at: +1min, kil: s}").find("did you mean 'kill'?") != std::string::npos);
  CHECK(fault("{at: +1min, kill: w}") ==
        "s.yaml:16:23: 'w' is no process and no host; expected s, w-1, w-2, database, s.host, w-1.host, w-2.host or "
        "database.host\n");
  CHECK(fault("{at: +1min, kill: {host: s.hostt}}") ==
        "s.yaml:16:30: 's.hostt' is no host; expected s.host, w-1.host, w-2.host or database.host; did you mean "
        "'s.host'?\n");
  CHECK(fault("{at: +1min, kill: {ownr: monkey}}") ==
        "s.yaml:16:24: unknown key 'ownr' in the fault 'kill'; expected stays_down, target, process, host, zone, role, "
        "app, database, "
        "zookeeper, owner, one_of, all or any_two_of; did you mean 'owner'?\n");
  CHECK(fault("{at: +1min, kill: {role: servr}}") ==
        "s.yaml:16:30: 'servr' is no role; expected server or worker; did you mean 'server'?\n");
  CHECK(fault("{kill: s}") == "s.yaml:16:5: a fault needs one of at, every and when; expected when it strikes\n");
  CHECK(fault("{at: +1min, kill: s, pause: s}") ==
        "s.yaml:16:33: both 'kill' and 'pause'; expected one fault per entry\n");
  CHECK(fault("{at: +1min, partition: {from: A}}") ==
        "s.yaml:16:28: a link without its two ends; expected from: A and to: B, or between: [A, B]\n");
  CHECK(fault("{at: +1min, partition: {between: [{zone: A}, {zone: B}]}, for: 10s}") == "");
  CHECK(fault("{at: +1min, delay: 40ms}") ==
        "s.yaml:16:24: the fault 'delay' is aimed at nothing; expected from: A and to: B, between: [A, B], message: "
        "KIND, or when: "
        "{message: KIND}\n");
  CHECK(fault("{when: {message: Pin.reply}, drop: {}}") ==
        "s.yaml:16:22: 'Pin.reply' is no kind of message of toy; expected Ping, Ping.reply or WorkerHeartbeat; did you "
        "mean "
        "'Ping.reply'?\n");
  CHECK(fault("{when: {message: WorkerHeartbeat.reply}, drop: {}}").find("is no kind of message") != std::string::npos);
  CHECK(fault("{when: {message: Ping}, arrives: {after_request: 3s}}") ==
        "s.yaml:16:38: the fault 'arrives' is aimed at nothing; expected when: {message: KIND.reply}\n");
  CHECK(fault("{when: {record: OwnershipTakn}, kill: s}").find("did you mean 'OwnershipTaken'?") != std::string::npos);
  CHECK(fault("{when: {record: FireDue, job: frist}, kill: s}").find("did you mean 'first'?") != std::string::npos);
  CHECK(fault("{when: {message: Ping, request_not_before: +1s}, drop: {}}") ==
        "s.yaml:16:48: request_not_before of a message that is no reply; expected message: KIND.reply\n");
  CHECK(fault("{at: +1min, clock_step: s}") ==
        "s.yaml:16:29: the fault 'clock_step' without 'by'; expected added to the wall clock, may be "
        "negative\n");
  CHECK(fault("{at: +1min, freeze: {host: s.host, thaw: stp}}") ==
        "s.yaml:16:46: 'stp' is no value of thaw; expected step or behind; did you mean 'step'?\n");
  CHECK(fault("{at: +1min, clock_zone: {host: s.host, to: Mars/Olympus}}").find("'Mars/Olympus' is no time zone") !=
        std::string::npos);
  CHECK(fault("{at: +1min, resolve: {name: toy.exampl}}").find("did you mean 'toy.example'?") != std::string::npos);
  CHECK(fault("{at: +1min, slow_statement: {table: app_inf, by: 1s}}").find("did you mean 'app_info'?") !=
        std::string::npos);
  CHECK(fault("{every: 1ms, kill: s}") ==
        "s.yaml:16:13: more than 10000 occurrences; expected a longer interval, or `until`\n");
  CHECK(fault("{at: +1min, start: s, for: 1s}") ==
        "s.yaml:16:32: 'for' of 'start', which happens at once; expected a fault without 'for'\n");
  CHECK(fault("{at: +1min, kill: {any_two_of: {role: server}}}") == "s.yaml:16:36: two of 1; expected at least two\n");
}

TEST_CASE("years are those that clocks and cron expressions have") {
  const std::string range = " is out of range; expected an instant from 1970-01-01T00:00:00Z to 2099-12-31T23:59:59Z\n";
  const auto with_start = [](const std::string& start) {
    return problems_of(changed("start: 2022-02-24T10:59:00+08:00", "start: " + start));
  };
  for (const std::string start : {"2100-12-30T22:00:00Z", "2100-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
                                  "1970-01-01T00:00:00+08:00", "3000-01-01T00:00:00Z"}) {
    CHECK(with_start(start) == "s.yaml:3:8: the start " + start + range);
  }
  CHECK(with_start("1970-01-01T00:00:00Z") == "");
  CHECK(with_start("2099-12-31T22:59:59Z") == "");
  CHECK(with_start("2099-12-31T23:30:00Z") == "s.yaml:4:8: the end +1h" + range);
  CHECK(problems_of(changed("until: +1h", "until: 2100-01-01T00:00:00Z")) ==
        "s.yaml:4:8: the end 2100-01-01T00:00:00Z" + range);
  CHECK(problems_of(support::small_scenario("settle: 40000d\n")) == "s.yaml:15:9: the end after `settle`" + range);
  CHECK(problems_of(changed("  servers:", "  hosts: {s.host: {clock_offset: 30000d}}\n  servers:")) ==
        "s.yaml:8:34: the clock of 's.host' would be out of range; expected an instant from 1970-01-01T00:00:00Z to "
        "2099-12-31T23:59:59Z\n");
}

TEST_CASE("what would never happen is refused") {
  const auto fault = [](const std::string& text) {
    return problems_of(support::small_scenario("faults:\n  - " + text + "\n"));
  };
  CHECK(fault("{at: +100h, pause: s}") ==
        "s.yaml:16:10: the instant is after the end of the scenario; expected an instant up to "
        "2022-02-24T11:59:00+08:00\n");
  CHECK(fault("{every: 1h, pause: s}") ==
        "s.yaml:16:13: no occurrence before 2022-02-24T11:59:00+08:00; expected a shorter interval, or an earlier "
        "`from`\n");
  CHECK(fault("{every: 1min, from: +2h, pause: s}").find("s.yaml:16:25: the instant is after the end") == 0);
  CHECK(fault("{every: 1min, until: +2h, pause: s}").find("s.yaml:16:26: the instant is after the end") == 0);
  CHECK(fault("{when: {message: Ping, not_before: +2h}, drop: {}}").find("s.yaml:16:40: the instant is after") == 0);
  CHECK(problems_of(support::small_scenario("do: [{at: +2h, run: first}]\n")).find("s.yaml:15:11: the instant is af") ==
        0);
  CHECK(problems_of(changed("zone: A}", "zone: A, starts: 2h}")) ==
        "s.yaml:8:40: the start of 's' is after the end of the scenario; expected a duration of at most 60min\n");
  CHECK(fault("{at: +1min, kill: {owner: donkey}}") ==
        "s.yaml:16:31: 'donkey' is no app; expected monkey; did you mean 'monkey'?\n");
  CHECK(fault("{at: +1min, kill: {owner: monkey}}") == "");
  CHECK(
      fault("{at: +1min, expire_session: w-1}") ==
      "s.yaml:16:33: the fault 'expire_session' in a cluster without ZooKeeper; expected a fault that the cluster can "
      "have\n");
  CHECK(fault("{at: +1min, hold_lock: {table: app_inf}}").find("did you mean 'app_info'?") != std::string::npos);
  CHECK(fault("{at: +1min, hold_lock: {table: app_info, key: monkey}}") ==
        "s.yaml:16:51: 'monkey' is no key of app_info; expected a whole number, its id\n");
  CHECK(fault("{at: +1min, hold_lock: {table: app_info, key: 1}}") == "");
  CHECK(fault("{at: +1min, partition: {between: [s, s]}}") ==
        "s.yaml:16:28: both ends of the partition are on the host 's.host'; expected two hosts, or two zones\n");
  CHECK(fault("{at: +1min, partition: {between: [s, {host: s.host}]}}").find("both ends") != std::string::npos);
  CHECK(fault("{at: +1min, partition: {between: [{zone: B}, {zone: B}]}}") == "");
  CHECK(fault("{at: +1min, crash: {host: s.host, stays_down: true}, for: 10s}") ==
        "s.yaml:16:63: 'for' of what `stays_down`; expected one of them\n");
  CHECK(problems_of(changed("B: {time_zone: Europe/Berlin}", "B: {}, C: {}") +
                    "faults: [{at: +1s, kill: {zone: C}}]\n") ==
        "s.yaml:15:33: the zone 'C' has no host; expected a zone with processes\n");
  CHECK(fault("{at: +1min, clock_step: {host: s.host, by: 30000d}}").find("the clock would be out of range") !=
        std::string::npos);
  CHECK(problems_of(support::small_scenario("do: [{at: +1s, run: {job: first, via: w-1}}]\n")) ==
        "s.yaml:15:39: 'w-1' is no server; expected s\n");
}

TEST_CASE("an ensemble of a wrong size is said where it stands") {
  for (const std::string text : {"zookeeper: 2", "zookeeper: {servers: 2}"}) {
    const auto read = read_scenario_text(changed("  servers:", "  " + text + "\n  servers:"), "s.yaml", "", "script",
                                         support::fake_zookeeper_world());
    REQUIRE_FALSE(read);
    CHECK(read.error().text() == "s.yaml:8:" + std::to_string(text.find('2') + 3) +
                                     ": an ensemble of 2 ZooKeeper servers; expected 1, 3 or 5 servers\n");
  }
}

TEST_CASE("one mistake has one message") {
  CHECK(problems_of(changed("nodes: [first, second]", "nodes: [frst]")) ==
        "s.yaml:13:34: 'frst' is no job; expected first or second; did you mean 'first'?\n");
  CHECK(problems_of(changed("nodes: [first, second], edges: [[first, second]]", "nodes: []")) ==
        "s.yaml:13:33: a workflow without nodes; expected a list of jobs\n");
  CHECK(
      problems_of(changed("{name: s, zone: A}", "{nam: s, zone: A}")).find("s.yaml:8:14: unknown key 'nam' in a ser") ==
      0);
  CHECK(problems_of(changed("expect: [{property: settles, seeds: none}]",
                            "expect: {documented: [{property: settles, seeds: none}]}")) ==
        "s.yaml:14:10: `expect` of variants in a scenario without variants; expected a list of expectations, or "
        "`variants`\n");
  const std::string deep = "a: " + std::string(600, '[') + std::string(600, ']');
  CHECK(problems_of(deep + "\n") == "s.yaml:1:103: lists and maps nested more than 100 deep; expected fewer levels\n");
  CHECK(problems_of(changed("  servers:", "  hosts: {s.host: {memory: 99999999999TiB}}\n  servers:")) ==
        "s.yaml:8:28: '99999999999TiB' is out of range; expected a size from 0B to 2097151TiB\n");
  CHECK(problems_of(support::small_scenario("settle: 99999999999d\n")) ==
        "s.yaml:15:9: '99999999999d' is out of range; expected a duration of at most 26687997d\n");
}

TEST_CASE("bytes that are no UTF-8 are refused") {
  const auto refused = [](const std::string& bytes) {
    return problems_of("scenario: x\nsummary: " + bytes + "\n") ==
           "s.yaml:2:10: not YAML: bytes that are no UTF-8; expected a text file in UTF-8\n";
  };
  for (const char* bytes :
       {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    CHECK(refused(bytes));
  }
  CHECK(problems_of("scenario: x\nsummary: \xc2\x9b\n").find("s.yaml:2:10: not YAML: a control character") == 0);
  CHECK(problems_of(support::small_scenario("summary: \xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x92\n")) == "");
}

TEST_CASE("what a run could not fail is refused") {
  CHECK(problems_of(changed("[{property: settles, seeds: none}]", "[]")) ==
        "s.yaml:14:9: no expectations; expected at least one, such as {property: settles, seeds: none}\n");
  const auto expect = [](const std::string& list) {
    return problems_of(changed("[{property: settles, seeds: none}]", list));
  };
  CHECK(
      expect("[{property: settles, seeds: none}, {property: settles, seeds: all}]") ==
      "s.yaml:14:55: 'settles' is expected above to be otherwise; expected expectations of one property that can hold "
      "together\n");
  CHECK(expect("[{property: settles, seeds: some}, {property: settles, seeds: none}]").find("otherwise") !=
        std::string::npos);
  CHECK(expect("[{property: settles, seeds: none, share: [0.2, 0.9]}]") ==
        "s.yaml:14:50: a share that contradicts `seeds`; expected [0, ...]\n");
  CHECK(expect("[{property: settles, seeds: some, share: [0.2, 0.9]}, {property: settles, seeds: some}]") == "");
  CHECK(problems_of(support::small_scenario("let: {a: b, b: a}\n")) ==
        "s.yaml:15:10: 'b' in `let` names what is defined there or below; expected names that are defined above, or "
        "quotes around a text\n");
  CHECK(problems_of(support::small_scenario("let: {a: a}\n")).find("s.yaml:15:10: 'a' in `let`") == 0);
  CHECK(problems_of(support::small_scenario("let: {a: 2s + b, b: 1s}\n")).find("s.yaml:15:10: ") == 0);
  CHECK(problems_of(support::small_scenario("let: {b: 1s, a: 2s + b, c: \"c\"}\n")) == "");

  const auto with_script = [](const std::string& script) {
    const auto read = read_scenario_text(support::small_scenario("faults: [{at: +1s, kill: s}]\n"), "s.yaml", script,
                                         "f.yaml", support::fake_world());
    return read ? "" : read.error().text();
  };
  CHECK(with_script("chaos: x\nfaults:\n") ==
        "f.yaml:2:1: `faults` is nothing; expected a list of faults, [] for none\n");
  CHECK(with_script("faults: []\n") == "");
  CHECK(with_script("faults: []\nexpect: []\n") ==
        "f.yaml:2:9: no expectations; expected at least one, such as {property: settles, seeds: none}\n");
}

TEST_CASE("a name that is both a process and a host is ambiguous where it is used") {
  const std::string both = changed("zone: A}", "zone: A, host: w-1}");
  CHECK(problems_of(both) == "");
  CHECK(problems_of(both + "faults: [{at: +1s, kill: w-1}]\n") ==
        "s.yaml:15:26: 'w-1' is both a process and a host; expected {process: w-1} or {host: w-1}\n");
  CHECK(problems_of(both + "faults: [{at: +1s, kill: {process: w-1}}]\n") == "");
}

TEST_CASE("the first twenty problems are shown") {
  std::string more;
  for (int i = 0; i < 30; ++i) more += "key" + std::to_string(i) + ": 1\n";
  const auto read = read_scenario_text(support::small_scenario(more), "s.yaml", "", "script", support::fake_world());
  REQUIRE_FALSE(read);
  CHECK(read.error().list().size() == 20);
  CHECK(read.error().text().ends_with("and more\n"));
}
