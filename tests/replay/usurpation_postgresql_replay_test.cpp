// The documented incident with the other dialect: what goes wrong there is PowerJob's, not its database's.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include <powerjob/system.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>

namespace chronofault::scenarios {
namespace {

std::string incident_on_postgresql() {
  std::ifstream file("scenarios/incidents/powerjob-usurpation.yaml");
  std::stringstream text;
  text << file.rdbuf();
  std::string changed = text.str();
  const std::string before = "dialect: innodb";
  const std::size_t at = changed.find(before);
  REQUIRE(at != std::string::npos);
  return changed.replace(at, before.size(), "dialect: postgresql");
}

TEST_CASE("the usurpation happens on postgresql as well", "[powerjob:9.1][database:4.9]") {
  if (!systems().contains(powerjob::system().info().name)) register_system(powerjob::system());
  const ReadResult scenario = read_scenario_text(incident_on_postgresql(), "s.yaml");
  REQUIRE(scenario);
  for (const std::string variant : {"documented", "fixed"}) {
    CAPTURE(variant);
    const auto plan = make_plan(*scenario, variant, 1);
    REQUIRE(plan);
    REQUIRE(plan->database->dialect == "postgresql");
    ScenarioRun run(*plan);
    run.run();
    std::vector<std::string> reasons;
    CHECK(meets(plan->expect, run.verdict(), reasons));
    CHECK(reasons == std::vector<std::string>());
  }
}

}  // namespace
}  // namespace chronofault::scenarios
