// A campaign runs in two rounds. The first runs every seed of every variant without a trace. The second runs a few of
// the violating seeds again with one, for slices. Both rounds hand out numbered pieces; each piece writes to a place of
// its own, and what is counted is counted afterwards, in order of seeds. So threads change nothing.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <ports/assert.hpp>
#include <scenarios/because.hpp>
#include <scenarios/campaign.hpp>
#include <scenarios/facts.hpp>
#include <scenarios/property_names.hpp>
#include <scenarios/run.hpp>

#include "crew.hpp"

namespace chronofault::scenarios {
namespace {

/// Of one run with a trace: what the campaign asks its slices.
struct Traced {
  std::vector<std::pair<std::string, std::string>> signatures;   // property, signature
  std::vector<std::pair<std::size_t, std::string>> not_because;  // expectation, pattern that is missing
};

class Campaign {
 public:
  Campaign(const Scenario& scenario, const CampaignOptions& options) : scenario_(scenario), options_(options) {
    result_.scenario = scenario.name;
    result_.summary = scenario.summary;
    result_.seeds = options.seeds;
    for (const std::string& name : property_names()) result_.properties.push_back(name);
    for (const Variant& variant : scenario.variants) {
      const auto& wanted = options.variants;
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), variant.name) == wanted.end()) continue;
      VariantResult made;
      made.variant = variant.name;
      made.outcomes.resize(options.seeds.size());
      result_.variants.push_back(std::move(made));
    }
    CF_ASSERT(!result_.variants.empty());
    expected_.resize(result_.variants.size());
    for (int i = 0; i < std::max(options.jobs, 1); ++i) worlds_.push_back(std::make_unique<World>());
  }

  CampaignResult run() {
    const std::uint64_t seeds = options_.seeds.size();
    const std::uint64_t all = seeds * result_.variants.size();
    share_out(
        all, options_.jobs,
        [this, seeds](int worker, std::uint64_t index) {
          run_one(worker, static_cast<std::size_t>(index / seeds), index % seeds);
        },
        [this, all](std::uint64_t done) {
          if (options_.progress) options_.progress(done, all);
        });
    for (std::size_t v = 0; v < result_.variants.size(); ++v) count(v);
    trace_some();
    return std::move(result_);
  }

 private:
  tl::expected<Plan, Problems> plan_of(int worker, std::size_t variant, std::uint64_t seed) const {
    return make_plan(scenario_, result_.variants[variant].variant, seed, *worlds_[static_cast<std::size_t>(worker)]);
  }

  void run_one(int worker, std::size_t variant, std::uint64_t index) {
    SeedOutcome& outcome = result_.variants[variant].outcomes[index];
    outcome.seed = options_.seeds.first + index;
    const auto plan = plan_of(worker, variant, outcome.seed);
    if (!plan) {
      outcome.problem = plan.error().text();
      return;
    }
    RunFacts facts;
    ScenarioRun run(*plan);
    run.world().trace().add_monitor(facts);
    run.run();
    const Verdict verdict = run.verdict();
    outcome.digest = verdict.digest;
    outcome.domain_digest = verdict.domain_digest;
    outcome.steps = verdict.steps;
    outcome.simulated = verdict.end - verdict.start;
    outcome.struck = run.resolved();
    for (const std::string& property : result_.properties) {
      const PropertyResult* seen = verdict.find(property);
      outcome.states.push_back(seen == nullptr ? PropertyState::vacuous : seen->state);
    }
    bool meant = false;
    bool failed = false;
    for (const Expectation& expectation : plan->expect) {
      if (expectation.seeds == Seeds::none) continue;
      meant = true;
      failed = failed || verdict.violated(expectation.property);
    }
    if (meant && !failed) outcome.reason = facts.why_well(run);
  }

  /// The expectations are the same for every seed.
  const std::vector<Expectation>& expected(std::size_t variant) {
    std::optional<std::vector<Expectation>>& known = expected_[variant];
    for (std::uint64_t i = 0; !known && i < options_.seeds.size(); ++i) {
      if (const auto plan = plan_of(0, variant, options_.seeds.first + i)) known = plan->expect;
    }
    if (!known) known.emplace();
    return *known;
  }

  std::size_t index_of(const std::string& property) const {
    const auto found = std::find(result_.properties.begin(), result_.properties.end(), property);
    CF_ASSERT(found != result_.properties.end());
    return static_cast<std::size_t>(found - result_.properties.begin());
  }

  void count(std::size_t variant) {
    VariantResult& result = result_.variants[variant];
    for (const std::string& property : result_.properties) result.tallies.emplace_back().property = property;
    std::map<std::string, std::uint64_t> reasons;
    for (const SeedOutcome& outcome : result.outcomes) {
      if (!outcome.problem.empty()) {
        constexpr std::size_t problems_most = 20;
        if (result_.problems.size() < problems_most) {
          result_.problems.push_back("seed " + std::to_string(outcome.seed) + ": " + outcome.problem);
        }
        continue;
      }
      ++result.runs;
      ++result_.runs;
      result_.steps += outcome.steps;
      result_.simulated += outcome.simulated;
      if (!outcome.reason.empty()) ++reasons[outcome.reason];
      for (std::size_t p = 0; p < outcome.states.size(); ++p) tally(result.tallies[p], outcome, outcome.states[p]);
    }
    result.reasons.assign(reasons.begin(), reasons.end());
    std::stable_sort(result.reasons.begin(), result.reasons.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const Expectation& expectation : expected(variant)) {
      ExpectationResult judged;
      judged.expectation = expectation;
      const std::size_t property = index_of(expectation.property);
      judged.tally = result.tallies[property];
      judge(judged, result.runs);
      judged.first_unexpected = first_unexpected(result, expectation, property);
      result.expectations.push_back(std::move(judged));
    }
    note_unexpected(variant);
  }

  static void tally(Tally& tally, const SeedOutcome& outcome, PropertyState state) {
    switch (state) {
      case PropertyState::held:
        ++tally.held;
        break;
      case PropertyState::violated:
        ++tally.violated;
        if (!tally.first_violating) tally.first_violating = outcome.seed;
        break;
      case PropertyState::vacuous:
        ++tally.vacuous;
        break;
      case PropertyState::open:
        ++tally.open;
        break;
    }
  }

  static std::optional<std::uint64_t> first_unexpected(const VariantResult& result, const Expectation& expectation,
                                                       std::size_t property) {
    if (expectation.seeds == Seeds::some) return std::nullopt;
    const bool wanted = expectation.seeds == Seeds::all;
    for (const SeedOutcome& outcome : result.outcomes) {
      if (!outcome.problem.empty()) continue;
      if ((outcome.states[property] == PropertyState::violated) != wanted) return outcome.seed;
    }
    return std::nullopt;
  }

  void note_unexpected(std::size_t variant) {
    VariantResult& result = result_.variants[variant];
    for (const ExpectationResult& judged : result.expectations) {
      if (judged.met || !judged.first_unexpected) continue;
      if (!result.first_unexpected || *judged.first_unexpected < *result.first_unexpected) {
        result.first_unexpected = judged.first_unexpected;
      }
    }
    if (!result.first_unexpected) return;
    if (const auto plan = plan_of(0, variant, *result.first_unexpected)) result.plan = print(*plan);
  }

  void trace_some() {
    std::vector<std::pair<std::size_t, std::uint64_t>> pieces;  // variant, seed
    for (std::size_t v = 0; v < result_.variants.size(); ++v) {
      std::set<std::uint64_t> chosen;
      std::vector<std::uint64_t> taken(result_.properties.size());
      for (const SeedOutcome& outcome : result_.variants[v].outcomes) {
        for (std::size_t p = 0; p < outcome.states.size(); ++p) {
          if (outcome.states[p] != PropertyState::violated || taken[p] >= options_.traced_most) continue;
          ++taken[p];
          chosen.insert(outcome.seed);
        }
      }
      for (const std::uint64_t seed : chosen) pieces.emplace_back(v, seed);
    }
    if (pieces.empty()) return;
    std::vector<Traced> traced(pieces.size());
    share_out(
        pieces.size(), options_.jobs,
        [&](int worker, std::uint64_t index) {
          traced[index] = trace_one(worker, pieces[index].first, pieces[index].second);
        },
        nullptr);
    for (std::size_t i = 0; i < pieces.size(); ++i) take_in(pieces[i].first, pieces[i].second, traced[i]);
  }

  Traced trace_one(int worker, std::size_t variant, std::uint64_t seed) const {
    RunOptions options;
    options.trace = true;
    ScenarioRun run(*plan_of(worker, variant, seed), options);
    run.run();
    const Verdict verdict = run.verdict();
    const TraceView view = view_of(run);
    Traced traced;
    for (const auto& [property, slice] : verdict.slices) {
      traced.signatures.emplace_back(property, signature(view, property, slice));
      for (std::size_t e = 0; e < run.plan().expect.size(); ++e) {
        const Expectation& expectation = run.plan().expect[e];
        if (expectation.property != property) continue;
        for (std::string& pattern : not_found(run, slice, expectation.because)) {
          traced.not_because.emplace_back(e, std::move(pattern));
        }
      }
    }
    return traced;
  }

  void take_in(std::size_t variant, std::uint64_t seed, const Traced& traced) {
    VariantResult& result = result_.variants[variant];
    for (const auto& [property, signature] : traced.signatures) {
      auto group = std::find_if(result.groups.begin(), result.groups.end(), [&](const FailureGroup& known) {
        return known.property == property && known.signature == signature;
      });
      if (group == result.groups.end()) {
        FailureGroup made;
        made.property = property;
        made.signature = signature;
        made.first = seed;
        group = result.groups.insert(result.groups.end(), std::move(made));
      }
      ++group->seeds;
    }
    for (const auto& [expectation, pattern] : traced.not_because) {
      ExpectationResult& judged = result.expectations[expectation];
      if (!judged.met) continue;
      judged.met = false;
      judged.why = "the causal slice of seed " + std::to_string(seed) + " has no " + pattern;
    }
  }

  const Scenario& scenario_;
  const CampaignOptions& options_;
  CampaignResult result_;
  std::vector<std::optional<std::vector<Expectation>>> expected_;
  std::vector<std::unique_ptr<World>> worlds_;  // one per worker: zones are looked up by one thread at a time
};

}  // namespace

CampaignResult run_campaign(const Scenario& scenario, const CampaignOptions& options) {
  return Campaign(scenario, options).run();
}

}  // namespace chronofault::scenarios
