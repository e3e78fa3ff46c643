// A campaign: one scenario, some of its variants, many seeds. Each seed is a plan of its own; several threads run them,
// one world per thread, and what comes out depends on nothing but the scenario and the seeds.
//
//   scenario x variants x seeds -> tallies, expectations met or not and why, failures by signature, reasons
//
// Runs keep no trace. Of the first violating seeds of a property, some run again with one: for their slices, from which
// `because` and the signatures are judged. For a property that is expected to be violated, the seeds that did not
// violate it are counted by the reason, as far as general facts tell one (scenarios/facts.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include <scenarios/plan.hpp>
#include <scenarios/property.hpp>
#include <scenarios/scenario.hpp>
#include <sim/kernel/digest.hpp>

namespace chronofault::scenarios {

/// Seeds `first` to `last`, both included.
struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  std::uint64_t size() const noexcept { return last - first + 1; }
};

/// "500": the seeds 1 to 500; "3..90": 3 to 90. Otherwise what is wrong with it.
tl::expected<SeedRange, std::string> parse_seeds(std::string_view text);

struct CampaignOptions {
  CampaignOptions() = default;
  SeedRange seeds;
  int jobs = 1;
  std::vector<std::string> variants;  // empty: all of the scenario
  std::uint64_t traced_most = 20;     // seeds per variant and property that run again with a trace
  /// Called by the thread that called run_campaign, a few times per second. May be empty.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

/// One run, as far as a campaign keeps it.
struct SeedOutcome {
  std::uint64_t seed = 0;
  sim::Hash128 digest;
  sim::Hash128 domain_digest;
  std::uint64_t steps = 0;
  Duration simulated;
  std::vector<PropertyState> states;  // in the order of CampaignResult::properties
  std::vector<std::string> struck;    // ScenarioRun::resolved()
  std::string reason;                 // why nothing of what was expected was violated; empty: something was
  std::string problem;                // this seed's draws do not fit together: the message; nothing was run
};

/// How often a property came out in which state.
struct Tally {
  std::string property;
  std::uint64_t held = 0;
  std::uint64_t violated = 0;
  std::uint64_t vacuous = 0;
  std::uint64_t open = 0;
  std::optional<std::uint64_t> first_violating;  // seed
};

struct ExpectationResult {
  Expectation expectation;
  Tally tally;
  bool met = false;
  std::string why;                                // not met: why not
  std::optional<std::uint64_t> first_unexpected;  // seed that is not as expected
};

struct FailureGroup {
  std::string property;
  std::string signature;
  std::uint64_t seeds = 0;  // of those that ran with a trace
  std::uint64_t first = 0;
};

struct VariantResult {
  std::string variant;
  std::uint64_t runs = 0;
  std::vector<SeedOutcome> outcomes;  // by seed
  std::vector<Tally> tallies;         // by property
  std::vector<ExpectationResult> expectations;
  std::vector<FailureGroup> groups;
  std::vector<std::pair<std::string, std::uint64_t>> reasons;  // most frequent first
  std::optional<std::uint64_t> first_unexpected;
  std::string plan;  // printed plan of that seed; empty: none
  bool met() const;
};

struct CampaignResult {
  std::string scenario;
  std::string summary;
  SeedRange seeds;
  std::vector<std::string> properties;
  std::vector<VariantResult> variants;
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  Duration simulated;
  std::vector<std::string> problems;  // seeds that could not be planned; the first 20
  bool met() const;
};

/// Asserts that the variants exist.
CampaignResult run_campaign(const Scenario& scenario, const CampaignOptions& options);

/// What the tally says of an expectation. `why` is set when it is not met.
void judge(ExpectationResult& result, std::uint64_t runs);

}  // namespace chronofault::scenarios
