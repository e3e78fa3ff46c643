// Whole clusters of the system `quartz`: the incident of the skewed clock and the same cluster without its fault.
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <catch2/catch.hpp>

#include <quartz/system.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>

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

/// Names of the properties that the run violates, joined by blanks.
std::string violated(const std::string& text, std::uint64_t seed) {
  if (!systems().contains("quartz")) register_system(quartz::system());
  const auto scenario = scenarios::read_scenario_text(text, "quartz.yaml");
  if (!scenario) throw std::runtime_error(scenario.error().text());
  const auto plan = scenarios::make_plan(*scenario, "documented", seed);
  if (!plan) throw std::runtime_error(plan.error().text());
  scenarios::ScenarioRun run(*plan, scenarios::RunOptions());
  run.run();
  std::string names;
  for (const auto& property : run.verdict().properties) {
    if (!property.violations.empty()) names += (names.empty() ? "" : " ") + property.name;
  }
  return names;
}

constexpr const char* ahead = "ahead: {uniform: [16s, 60s]}";

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
