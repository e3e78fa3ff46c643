// The only unit of this room that knows the JSON library. Key order is that of writing: the same bytes each time.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <reports/campaign.hpp>
#include <reports/replay.hpp>

namespace chronofault::reports {
namespace {

using Json = nlohmann::ordered_json;

std::string iso(sim::TrueTime t, Duration utc_offset) { return faults::to_string(t, utc_offset); }

Json expectation_of(const scenarios::Expectation& expectation, Duration utc_offset) {
  static constexpr const char* words[] = {"all", "some", "none"};
  Json json;
  json["property"] = expectation.property;
  json["seeds"] = words[static_cast<std::size_t>(expectation.seeds)];
  if (expectation.share_ppm) json["share_ppm"] = {expectation.share_ppm->first, expectation.share_ppm->second};
  for (const faults::Pattern& pattern : expectation.because) {
    json["because"].push_back(faults::to_string(pattern, utc_offset));
  }
  return json;
}

Json tally_of(const scenarios::Tally& tally) {
  Json json;
  json["property"] = tally.property;
  json["violated"] = tally.violated;
  json["held"] = tally.held;
  json["vacuous"] = tally.vacuous;
  json["open"] = tally.open;
  json["first_violating_seed"] = tally.first_violating ? Json(*tally.first_violating) : Json(nullptr);
  return json;
}

Json variant_of(const scenarios::VariantResult& variant) {
  Json json;
  json["variant"] = variant.variant;
  json["runs"] = variant.runs;
  json["met"] = variant.met();
  json["expectations"] = Json::array();
  for (const scenarios::ExpectationResult& result : variant.expectations) {
    Json entry = expectation_of(result.expectation, Duration{});
    entry["violated"] = result.tally.violated;
    entry["met"] = result.met;
    if (!result.met) entry["why"] = result.why;
    entry["first_unexpected_seed"] = result.first_unexpected ? Json(*result.first_unexpected) : Json(nullptr);
    json["expectations"].push_back(std::move(entry));
  }
  json["properties"] = Json::array();
  for (const scenarios::Tally& tally : variant.tallies) json["properties"].push_back(tally_of(tally));
  json["not_violated_because"] = Json::array();
  for (const auto& [reason, seeds] : variant.reasons) {
    json["not_violated_because"].push_back({{"reason", reason}, {"seeds", seeds}});
  }
  json["signatures"] = Json::array();
  for (const scenarios::FailureGroup& group : variant.groups) {
    json["signatures"].push_back({{"property", group.property},
                                  {"signature", group.signature},
                                  {"traced_seeds", group.seeds},
                                  {"first_seed", group.first}});
  }
  return json;
}

}  // namespace

std::string to_json(const scenarios::CampaignResult& result) {
  Json json;
  json["scenario"] = result.scenario;
  json["seeds"] = {result.seeds.first, result.seeds.last};
  json["met"] = result.met();
  json["runs"] = result.runs;
  json["steps"] = result.steps;
  json["simulated_us"] = result.simulated.count_us();
  json["variants"] = Json::array();
  for (const scenarios::VariantResult& variant : result.variants) json["variants"].push_back(variant_of(variant));
  json["problems"] = result.problems;
  return json.dump(2) + "\n";
}

std::string to_json(const Replay& replay) {
  const Duration offset = replay.verdict.utc_offset;
  Json json;
  json["met"] = replay.stopped.empty() && replay.reasons.empty();
  if (!replay.stopped.empty()) json["stopped"] = replay.stopped;
  json["not_met_because"] = replay.reasons;
  if (!replay.comparison.empty()) json["comparison"] = replay.comparison;
  json["expected"] = Json::array();
  for (const scenarios::Expectation& e : replay.plan.expect) json["expected"].push_back(expectation_of(e, offset));
  json["verdict"] = Json::parse(scenarios::to_json(replay.verdict));
  json["timeline"] = Json::array();
  for (const TimelineLine& line : make_timeline(replay.trace, replay.view, replay.verdict).lines) {
    json["timeline"].push_back({{"at", iso(line.at, offset)},
                                {"who", line.who},
                                {"text", line.text},
                                {"record", line.record},
                                {"in_slice", line.in_slice}});
  }
  return json.dump(2) + "\n";
}

std::string to_json(const std::vector<ReplayLine>& lines) {
  Json json = Json::array();
  for (const ReplayLine& line : lines) {
    json.push_back({{"scenario", line.scenario},
                    {"variant", line.variant},
                    {"property", line.property},
                    {"expected", line.expected},
                    {"seen", line.seen},
                    {"met", line.met}});
  }
  return json.dump(2) + "\n";
}

}  // namespace chronofault::reports
