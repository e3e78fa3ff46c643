// Campaigns of a built-in scenario.
#include <catch2/catch.hpp>

#include <powerjob/system.hpp>
#include <reports/campaign.hpp>
#include <scenarios/campaign.hpp>
#include <scenarios/embedded.hpp>

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

Scenario envelope(const std::string& script = {}) {
  if (!systems().contains("powerjob")) register_system(powerjob::system());
  const EmbeddedScenario* embedded = find_embedded(incidents_embedded(), "powerjob-usurpation-envelope");
  REQUIRE(embedded != nullptr);
  auto scenario = read_scenario_text(embedded->text, "envelope.yaml", script);
  if (!scenario) FAIL(scenario.error().text());
  return *scenario;
}

CampaignOptions options(std::uint64_t first, std::uint64_t last, int jobs) {
  CampaignOptions made;
  made.seeds = {first, last};
  made.jobs = jobs;
  return made;
}

}  // namespace

TEST_CASE("one thread and many give the same campaign, in order of seeds", "[campaign]") {
  const Scenario scenario = envelope();
  const CampaignResult one = run_campaign(scenario, options(5, 24, 1));
  const CampaignResult many = run_campaign(scenario, options(5, 24, 6));
  CHECK(reports::to_json(one) == reports::to_json(many));
  CHECK(reports::digest_lines(one) == reports::digest_lines(many));
  REQUIRE(one.variants.size() == 2);
  for (const VariantResult& variant : one.variants) {
    REQUIRE(variant.outcomes.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) CHECK(variant.outcomes[i].seed == 5 + i);
    CHECK(variant.runs == 20);
  }
}

TEST_CASE("the fix holds in the envelope and its absence is seen", "[campaign][powerjob:9.1]") {
  const CampaignResult result = run_campaign(envelope(), options(1, 60, 2));
  CHECK(result.met());
  const VariantResult& documented = result.variants[0];
  const Tally& lost = documented.expectations[0].tally;
  CHECK(lost.violated > 0);
  CHECK(lost.violated + lost.held == 60);
  // Each seed that did not fail has a reason.
  std::uint64_t reasons = 0;
  for (const auto& [reason, seeds] : documented.reasons) reasons += seeds;
  CHECK(reasons == lost.held);
  CHECK_FALSE(documented.groups.empty());
  for (const ExpectationResult& fixed : result.variants[1].expectations) CHECK(fixed.tally.held == 60);
}

TEST_CASE("one variant alone, with the seeds of its own runs", "[campaign]") {
  CampaignOptions only = options(3, 4, 2);
  only.variants = {"fixed"};
  std::uint64_t told = 0;
  only.progress = [&told](std::uint64_t done, std::uint64_t all) {
    CHECK(all == 2);
    told = done;
  };
  const Scenario scenario = envelope();
  const CampaignResult result = run_campaign(scenario, only);
  REQUIRE(result.variants.size() == 1);
  CHECK(result.variants[0].variant == "fixed");
  CHECK(told == 2);
  const CampaignResult both = run_campaign(scenario, options(4, 4, 1));
  CHECK(result.variants[0].outcomes[1].digest == both.variants[1].outcomes[0].digest);
}

TEST_CASE("the first unexpected run comes with its plan", "[campaign]") {
  const Scenario scenario = envelope("expect:\n  - {property: no-lost-run, seeds: none}\n");
  const CampaignResult result = run_campaign(scenario, options(1, 6, 2));
  CHECK_FALSE(result.met());
  const VariantResult& documented = result.variants[0];
  REQUIRE(documented.first_unexpected);
  CHECK(documented.first_unexpected == documented.expectations[0].tally.first_violating);
  const auto again = read_scenario_text(documented.plan, "plan.yaml");
  REQUIRE(again);
  CHECK(again->seed == documented.first_unexpected);
  CHECK(result.variants[1].met());
  CHECK(result.variants[1].plan.empty());
}
