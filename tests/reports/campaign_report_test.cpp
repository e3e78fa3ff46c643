// The report of a campaign that is made by hand, as a whole.
#include <catch2/catch.hpp>

#include <reports/campaign.hpp>
#include <reports/replay.hpp>
#include <support/approved.hpp>

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

Tally tally(const std::string& property, std::uint64_t violated, std::uint64_t held, std::uint64_t vacuous,
            std::optional<std::uint64_t> first) {
  Tally made;
  made.property = property;
  made.violated = violated;
  made.held = held;
  made.vacuous = vacuous;
  made.first_violating = first;
  return made;
}

ExpectationResult expected(const Tally& tally, Seeds seeds, std::uint64_t runs) {
  ExpectationResult result;
  result.expectation.property = tally.property;
  result.expectation.seeds = seeds;
  result.tally = tally;
  judge(result, runs);
  return result;
}

CampaignResult campaign() {
  CampaignResult result;
  result.scenario = "late-reply";
  result.summary = "A reply is late.";
  result.seeds = {1, 1'000};
  result.properties = {"no-lost-run", "owner-acts", "settles"};
  VariantResult plain;
  plain.variant = "plain";
  plain.runs = 1'000;
  plain.tallies = {tally("no-lost-run", 914, 86, 0, 1), tally("owner-acts", 3, 997, 0, 40),
                   tally("settles", 0, 0, 1'000, {})};
  plain.expectations = {expected(plain.tallies[0], Seeds::some, 1'000), expected(plain.tallies[2], Seeds::none, 1'000)};
  plain.reasons = {{"the old owner still saw a member and dispatched", 80},
                   {"ownership did not move after the fault", 6}};
  FailureGroup group;
  group.property = "no-lost-run";
  group.signature = "no-lost-run | fault_on arrives | send Ping.reply@server | OutcomeRecorded@server";
  group.seeds = 20;
  group.first = 1;
  plain.groups = {group};
  result.variants = {plain};
  result.runs = 1'000;
  result.steps = 123'456;
  result.simulated = Duration::hours(3);
  return result;
}

}  // namespace

TEST_CASE("a campaign is told as approved", "[reports]") {
  chronofault::tests::check_approved("campaign.txt", reports::to_text(campaign()));
  chronofault::tests::check_approved("campaign.json", reports::to_json(campaign()));
}

TEST_CASE("shares are rounded to one decimal", "[reports]") {
  CHECK(reports::share(1, 3) == "33.3%");
  CHECK(reports::share(2, 3) == "66.7%");
  CHECK(reports::share(0, 5) == "0.0%");
  CHECK(reports::share(5, 5) == "100.0%");
  CHECK(reports::share(0, 0) == "-");
}

TEST_CASE("the table of replays marks what is not met", "[reports]") {
  CHECK(reports::to_text(std::vector<reports::ReplayLine>{{"s", "v", "no-lost-run", "held", "violated", false},
                                                          {"s", "v", "settles", "held", "held", true}}) ==
        "scenario  variant  property     expected  seen\n"
        "--------  -------  -----------  --------  --------\n"
        "s         v        no-lost-run  held      violated  NOT MET\n"
        "s         v        settles      held      held\n");
}
