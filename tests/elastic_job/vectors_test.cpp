// Upstream's unit tests and observed runs as cases, on the very services that a running process uses.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

namespace {

using namespace chronofault::verify;

std::vector<std::string> recordings() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/vectors/elasticjob")) {
    if (entry.path().filename().string().ends_with(".json.gz")) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

VectorFile file_of(const std::string& name, const std::string& cases) {
  VectorFile file;
  file.path = name + ".json";
  file.name = name;
  file.lines.push_back({1, R"({"source": "s", "meaning": "m", "version": "documented", "cases": [)" + cases + "]}"});
  return file;
}

Tally verified(const VectorFile& file) {
  Tally tally;
  checkers().at("elasticjob")(file, tally);
  return tally;
}

/// What the file is refused for; "": it is not.
std::string refusal(const std::string& name, const std::string& cases) {
  try {
    verified(file_of(name, cases));
    return "";
  } catch (const BadVectors& error) {
    return error.what();
  }
}

TEST_CASE(
    "every case of every file is reproduced",
    "[elasticjob:12][elasticjob:2.1][elasticjob:2.2][elasticjob:4.3][elasticjob:7.3][elasticjob:7.13]"
    "[elasticjob:7.17][elasticjob:2.3 exists][elasticjob:2.3 getDirect][elasticjob:2.3 get][elasticjob:2.3 children]"
    "[elasticjob:2.3 persist][elasticjob:2.3 update][elasticjob:2.3 persistEphemeral][elasticjob:2.3 createIfNeeded]"
    "[elasticjob:2.3 removeIfExists][elasticjob:2.3 tx][elasticjob:2.3 zkTime][elasticjob:2.3 Silent failures]"
    "[elasticjob:4.2 L1][elasticjob:4.2 L2][elasticjob:4.2 L3][elasticjob:4.2 L4][elasticjob:4.2 L5]"
    "[elasticjob:4.2 L6][elasticjob:4.2 L7][elasticjob:4.2 L8][elasticjob:4.2 L9][elasticjob:4.2 L10]"
    "[elasticjob:4.2 L11][elasticjob:4.2 L12][elasticjob:5 Item][elasticjob:5 Job (console)]"
    "[elasticjob:5 Recorded outcome][elasticjob:7.1 step 2][elasticjob:7.1 step 3][elasticjob:7.1 step 8]"
    "[elasticjob:7.2 electLeader][elasticjob:7.2 isLeader][elasticjob:7.2 isLeaderUntilBlock]"
    "[elasticjob:7.2 hasAvailableServers][elasticjob:7.2 isAvailableServer][elasticjob:7.2 isEnableServer]"
    "[elasticjob:7.4 S2][elasticjob:7.4 S4][elasticjob:7.4 S6][elasticjob:7.4 S7][elasticjob:7.4 S9]"
    "[elasticjob:7.4 getAvailableJobInstances][elasticjob:7.4 getShardingItems][elasticjob:7.4 getLocalShardingItems]"
    "[elasticjob:7.5 AVG_ALLOCATION][elasticjob:7.5 ODEVITY][elasticjob:7.5 ROUND_ROBIN][elasticjob:7.6 E1]"
    "[elasticjob:7.6 E2][elasticjob:7.6 E3][elasticjob:7.6 E4][elasticjob:7.6 E5][elasticjob:7.6 E6]"
    "[elasticjob:7.6 E7][elasticjob:7.6 E9][elasticjob:7.7 triggerJob][elasticjob:7.7 pauseJob]"
    "[elasticjob:7.7 resumeJob][elasticjob:7.7 isPaused][elasticjob:7.7 rescheduleCron]"
    "[elasticjob:7.7 rescheduleOneOff][elasticjob:7.9 setCrashed][elasticjob:7.9 failoverIfNecessary]"
    "[elasticjob:7.9 takeover][elasticjob:7.9 L5][elasticjob:7.14 before][elasticjob:7.14 after]"
    "[elasticjob:7.16 disable/enable][elasticjob:7.16 shutdown][elasticjob:7.16 remove]"
    "[elasticjob:7.16 Item disable/enable][elasticjob:8.12]") {
  Tally tally;
  for (const std::string& path : recordings()) checkers().at("elasticjob")(VectorFile::read(path), tally);
  for (const Difference& difference : tally.differences()) {
    UNSCOPED_INFO(difference.file << " " << difference.trace << "\n  expected " << difference.expected
                                  << "\n  seen     " << difference.seen);
  }
  CHECK(recordings().size() == 42);
  CHECK(tally.traces() == 227);
  CHECK(tally.different() == 0);
}

TEST_CASE("a wrong expectation is named with case, expected and seen", "[elasticjob:12]") {
  struct Planted {
    const char* file;
    const char* text;
    const char* seen;
  };
  const std::vector<Planted> planted{
      // A value.
      {"job_registry",
       R"({"id": "a", "fn": "is_job_running", "given": {"running": true}, "expect": {"result": false}})",
       R"({"result":true})"},
      // Calls in another order, and one too few.
      {"guarantee_service",
       R"({"id": "a", "fn": "register_start", "args": [[0, 1]],
           "expect": {"calls": ["create_if_needed:guarantee/started/1", "create_if_needed:guarantee/started/0"]}})",
       R"({"calls":["create_if_needed:guarantee/started/0","create_if_needed:guarantee/started/1"]})"},
      {"guarantee_service",
       R"({"id": "a", "fn": "register_start", "args": [[0, 1]],
           "expect": {"calls": ["create_if_needed:guarantee/started/0"]}})",
       R"({"calls":["create_if_needed:guarantee/started/0","create_if_needed:guarantee/started/1"]})"},
      // A call that must not be.
      {"listener_guarantee",
       R"({"id": "a", "listener": "L11", "event": {"path": "/test_job/guarantee/started", "type": "DELETED", "data": ""},
           "expect": {"never": ["notify_start"]}})",
       R"({"never":["called: notify_start"]})"},
      // An error that does not come, one that no one expects, and another one.
      {"item_parameters", R"({"id": "a", "text": "0=A", "expect": {"error": "JobConfigurationException"}})",
       R"({"error":null})"},
      {"item_parameters", R"({"id": "a", "text": "x=A", "expect": {"map": {}}})",
       R"({"error":"JobConfigurationException","map":null})"},
      {"item_parameters", R"({"id": "a", "text": "x=A", "expect": {"error": "IllegalArgument"}})",
       R"({"error":"JobConfigurationException"})"},
      // How long it slept.
      {"server_service",
       R"({"id": "a", "fn": "is_enable_server", "args": ["10.0.0.1"], "given": {"status_sequence": ["", "", "ENABLED"]},
           "expect": {"result": true, "sleeps_ms": [100]}})",
       R"({"result":true,"sleeps_ms":[100,100]})"},
  };
  for (const Planted& one : planted) {
    const Tally tally = verified(file_of(one.file, one.text));
    INFO(one.file << " " << one.text);
    REQUIRE(tally.different() == 1);
    const Difference& difference = tally.differences().front();
    CHECK(difference.file == std::string(one.file) + ".json");
    CHECK(difference.line == 1);
    CHECK(difference.trace == "a");
    CHECK(difference.seen == one.seen);
    CHECK(difference.expected != difference.seen);
  }
}

TEST_CASE("what is not understood is refused, with file and case", "[elasticjob:12]") {
  CHECK(refusal("reconcile", R"({"id": "a", "given": {"moon": "full"}, "expect": {"calls": []}})") ==
        "reconcile.json:1: case a: unknown key given.moon");
  CHECK(refusal("reconcile", R"({"id": "a", "expect": {"tide": "high"}})") ==
        "reconcile.json:1: case a: unknown key expect.tide");
  CHECK(refusal("reconcile", R"({"id": "a", "weather": 1, "expect": {"calls": []}})") ==
        "reconcile.json:1: case a: unknown key weather");
  CHECK(refusal("reconcile", R"({"id": "a", "expect": {"never": ["set_resharding_flags"]}})") ==
        "reconcile.json:1: case a: unknown call 'set_resharding_flags'");
  CHECK(refusal("failover_service", R"({"id": "a", "fn": "set_crashed", "args": [0, 1], "expect": {"calls": []}})") ==
        "failover_service.json:1: case a: more than 1 arguments");
  CHECK(refusal("leader_service", R"({"id": "a", "fn": "elects", "expect": {"calls": []}})") ==
        "leader_service.json:1: case a: unknown function 'elects'");
  CHECK(
      refusal("listener_trigger",
              R"({"id": "a", "event": {"path": "/test_job", "type": "CHANGED", "age": 1}, "expect": {"calls": []}})") ==
      "listener_trigger.json:1: case a: unknown key event.age");
  CHECK(refusal(
            "listener_election",
            R"({"id": "a", "listener": "L20", "event": {"path": "/x", "type": "CHANGED"}, "expect": {"calls": []}})") ==
        "listener_election.json:1: case a: no listener is L20");
  CHECK(refusal("later_versions", R"({"id": "a", "test": "NewTest", "expect": {"calls": []}})") ==
        "later_versions.json:1: case a: unknown test class 'NewTest'");
  CHECK(refusal("reconcile", R"({"id": "a", "version": "9.9", "expect": {"calls": []}})").find("9.9") !=
        std::string::npos);
  CHECK(refusal("reconcile", R"({"id": "a", "given": {"elapsed_ms": "long"}, "expect": {}})").find("case a: ") !=
        std::string::npos);
  CHECK(refusal("reconcile", R"({"id": "a"})").find("case a: ") != std::string::npos);
  CHECK(refusal("tides", R"({"id": "a"})").find("known are later_versions, config_defaults") != std::string::npos);
}

}  // namespace
