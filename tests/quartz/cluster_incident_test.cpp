// Whole clusters of the system `quartz`: the incident of the skewed clock and the same cluster without its fault.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <catch2/catch.hpp>

#include <quartz/system.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>
#include <scenarios/slice.hpp>

using namespace chronofault;

namespace {

/// The incident's file with one text in the place of another.
std::string incident(const std::string& text, const std::string& instead) {
  std::ifstream file("scenarios/incidents/quartz-cluster-skew.yaml");
  std::stringstream all;
  all << file.rdbuf();
  std::string scenario = all.str();
  const std::size_t at = scenario.find(text);
  if (at == std::string::npos) throw std::runtime_error("the incident does not say: " + text);
  return scenario.replace(at, text.size(), instead);
}

scenarios::Plan plan_of(const std::string& text, std::uint64_t seed) {
  if (!systems().contains("quartz")) register_system(quartz::system());
  const auto scenario = scenarios::read_scenario_text(text, "quartz.yaml");
  if (!scenario) throw std::runtime_error(scenario.error().text());
  const auto plan = scenarios::make_plan(*scenario, scenario->variants.front().name, seed);
  if (!plan) throw std::runtime_error(plan.error().text());
  return *plan;
}

/// Names of the properties that the run violates, joined by blanks.
std::string violated(const std::string& text, std::uint64_t seed) {
  scenarios::ScenarioRun run(plan_of(text, seed), scenarios::RunOptions());
  run.run();
  std::string names;
  for (const auto& property : run.verdict().properties) {
    if (!property.violations.empty()) names += (names.empty() ? "" : " ") + property.name;
  }
  return names;
}

constexpr const char* ahead = "ahead: {uniform: [16s, 60s]}";

/// Two nodes with one job each, and one fault.
std::string small(const std::string& jobs, const std::string& fault, const std::string& settings = "{}") {
  return "scenario: small\nsystem: quartz\nstart: 2024-03-01T10:00:00Z\nuntil: +12min\ncluster:\n"
         "  database: {}\n  nodes: [{name: n, count: 2, settings: " +
         settings + "}]\njobs: " + jobs + "\nfaults: " + fault + "\nexpect: [{property: settles, seeds: none}]\n";
}

}  // namespace

TEST_CASE("beyond 15 s of skew healthy peers are recovered and their jobs run twice", "[quartz:7.17][quartz:8]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string names = violated(incident(ahead, ahead), seed);
    CAPTURE(seed);
    CHECK(names.find("no-duplicate-run") != std::string::npos);
    CHECK(names.find("outcome-true") != std::string::npos);
  }
}

TEST_CASE("below the grace nobody is recovered, whatever the phases are", "[quartz:7.17]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    CHECK(violated(incident(ahead, "ahead: {uniform: [1s, 7s]}"), seed).empty());
  }
}

TEST_CASE("a cluster on either database keeps its promises", "[quartz:3.1][quartz:7.11]") {
  for (const char* dialect : {"innodb", "postgresql"}) {
    CAPTURE(dialect);
    const std::string database = std::string("database: {zone: A, dialect: ") + dialect + "}";
    std::string text = incident("database: {zone: A}", database);
    text.erase(text.find("faults:"), text.find("expect:") - text.find("faults:"));
    CHECK(violated(text, 1).empty());
  }
}

// The tables know nothing of a node's death: what it ran runs again once a survivor has found out (quartz 8).
TEST_CASE("a node that dies loses no fire of a job that asks for recovery", "[quartz:7.17][quartz:8]") {
  std::string text = incident("clock_offset: {target: c.host, to: ahead}", "kill: a");
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    CHECK(violated(text, seed).empty());
  }
}

TEST_CASE("what a skewed node does rests on the fault of its clock", "[quartz:8]") {
  scenarios::RunOptions options;
  options.trace = true;
  scenarios::ScenarioRun run(plan_of(incident(ahead, ahead), 3), options);
  run.run();
  const scenarios::Verdict verdict = run.verdict();
  REQUIRE(verdict.slices.size() >= 2);
  const scenarios::TraceView view(run.world().trace());
  for (const auto& [property, slice] : verdict.slices) {
    CAPTURE(property);
    CHECK(std::any_of(slice.entries.begin(), slice.entries.end(), [&view](const scenarios::SliceEntry& entry) {
      const std::string text = describe(view, view.records[entry.record - 1]);
      return text.find("clock_offset") != std::string::npos;
    }));
  }
}

// A trigger that was overdue for longer than the threshold goes on at its next time, once a misfire pass has seen it:
// what it missed is nobody's to make up for, and the runs after it are of the fires after it.
TEST_CASE("after three minutes without a database an endless trigger goes on at its next time", "[quartz:7.9]") {
  const std::string jobs = "[{name: j, every: 7s, work: {takes: 2s}}]";
  const std::string text = small(jobs, "[{at: {uniform: [+120s, +140s]}, crash: database, for: 180s}]");
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    CHECK(violated(text, seed).find("no-lost-run") == std::string::npos);
  }
}

// The thread has acquired what is due in a second, cannot fire it, and gives it back until that succeeds (quartz 8).
TEST_CASE("a scheduler thread that the database leaves in the middle stands still, a busy one does not",
          "[quartz:3.1][quartz:8]") {
  const std::string minutely = "[{name: j, cron: \"0 * * * * ?\", work: {takes: 2s}}]";
  CHECK(violated(small(minutely, "[{at: +179s, crash: database, for: 4min}]"), 1).find("loops-progress") !=
        std::string::npos);
  const std::string long_job = "[{name: j, every: 10min, work: {takes: 5min}}]";
  const std::string one_thread = "{org.quartz.threadPool.threadCount: 1}";
  CHECK(violated(small(long_job, "[]", one_thread), 1).empty());
}
