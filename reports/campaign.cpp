#include <algorithm>

#include <fmt/format.h>

#include <reports/campaign.hpp>
#include <reports/table.hpp>

namespace chronofault::reports {
namespace {

using scenarios::ExpectationResult;
using scenarios::Tally;
using scenarios::VariantResult;

constexpr std::size_t why_width = 60;

std::string seeds_text(const scenarios::Expectation& expectation) {
  static constexpr const char* words[] = {"all", "some", "none"};
  std::string text = words[static_cast<std::size_t>(expectation.seeds)];
  if (expectation.share_ppm) {
    const auto permille = [](std::int64_t ppm) { return fmt::format("{}.{}%", ppm / 10'000, ppm % 10'000 / 1'000); };
    text += fmt::format(", {} to {}", permille(expectation.share_ppm->first), permille(expectation.share_ppm->second));
  }
  if (!expectation.because.empty()) text += ", because ...";
  return text;
}

std::string first(const Tally& tally) {
  return tally.first_violating ? fmt::format("{}", *tally.first_violating) : "-";
}

std::string expectations(const VariantResult& variant) {
  Table table({{"property"},
               {"violated by"},
               {"runs", Table::Align::right},
               {"violated", Table::Align::right},
               {"share", Table::Align::right},
               {"vacuous", Table::Align::right},
               {"open", Table::Align::right},
               {"first seed", Table::Align::right},
               {"met"},
               {"", Table::Align::left, why_width}});
  for (const ExpectationResult& result : variant.expectations) {
    const Tally& tally = result.tally;
    table.row({result.expectation.property, seeds_text(result.expectation), fmt::format("{}", variant.runs),
               fmt::format("{}", tally.violated), share(tally.violated, variant.runs), fmt::format("{}", tally.vacuous),
               fmt::format("{}", tally.open), first(tally), result.met ? "yes" : "NO", result.why});
  }
  return table.text(2);
}

bool is_expected(const VariantResult& variant, const std::string& property) {
  return std::any_of(variant.expectations.begin(), variant.expectations.end(),
                     [&property](const ExpectationResult& e) { return e.expectation.property == property; });
}

/// Properties of which nothing was expected, and which some run violates or leaves open.
std::string others(const VariantResult& variant) {
  std::string out;
  for (const Tally& tally : variant.tallies) {
    if ((tally.violated == 0 && tally.open == 0) || is_expected(variant, tally.property)) continue;
    out += fmt::format("    {}: {} violated ({}), first seed {}; {} open\n", tally.property, tally.violated,
                       share(tally.violated, variant.runs), first(tally), tally.open);
  }
  return out.empty() ? out : "  Of which nothing was expected:\n" + out;
}

std::string reasons(const VariantResult& variant) {
  if (variant.reasons.empty()) return {};
  std::uint64_t all = 0;
  for (const auto& [reason, seeds] : variant.reasons) all += seeds;
  std::string out = fmt::format("  Why {} runs violate nothing of what was expected:\n", all);
  for (const auto& [reason, seeds] : variant.reasons) {
    out += fmt::format("    {:>6}  {:>6}  {}\n", seeds, share(seeds, variant.runs), reason);
  }
  return out;
}

/// The most frequent signatures of each property.
std::string groups(const VariantResult& variant) {
  constexpr std::size_t shown_most = 2;
  std::string out;
  for (const Tally& tally : variant.tallies) {
    std::vector<const scenarios::FailureGroup*> of_property;
    for (const scenarios::FailureGroup& group : variant.groups) {
      if (group.property == tally.property) of_property.push_back(&group);
    }
    if (of_property.empty()) continue;
    std::stable_sort(of_property.begin(), of_property.end(),
                     [](const auto* a, const auto* b) { return a->seeds > b->seeds; });
    std::uint64_t all = 0;
    for (const auto* group : of_property) all += group->seeds;
    out += fmt::format("  How the first {} violated {}, by signature:\n", all, tally.property);
    for (std::size_t i = 0; i < std::min(of_property.size(), shown_most); ++i) {
      out += fmt::format("    {} seed{}, first {}\n", of_property[i]->seeds, of_property[i]->seeds == 1 ? "" : "s",
                         of_property[i]->first);
      for (const std::string& line : wrapped(of_property[i]->signature, 110)) out += "      " + line + "\n";
    }
    if (of_property.size() > shown_most) {
      out += fmt::format("    and {} other signatures (--json has them)\n", of_property.size() - shown_most);
    }
  }
  return out;
}

}  // namespace

std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t permille = (part * 1'000 + whole / 2) / whole;
  return fmt::format("{}.{}%", permille / 10, permille % 10);
}

std::string to_text(const scenarios::CampaignResult& result) {
  std::string out = fmt::format("{}, seeds {} to {}\n", result.scenario, result.seeds.first, result.seeds.last);
  for (const std::string& line : wrapped(result.summary, 100)) out += line + "\n";
  for (const VariantResult& variant : result.variants) {
    out += fmt::format("\nVariant {}\n", variant.variant);
    out += expectations(variant) + others(variant) + reasons(variant) + groups(variant);
  }
  out += fmt::format("\n{} runs, {} steps, {} of virtual time: ", result.runs, result.steps,
                     to_string(Duration::seconds(result.simulated / Duration::seconds(1))));
  out += result.met() ? "all expectations are met.\n" : "expectations are NOT met.\n";
  for (const std::string& problem : result.problems) out += "  could not be planned: " + problem + "\n";
  return out;
}

std::string digest_lines(const scenarios::CampaignResult& result) {
  std::string out;
  for (const VariantResult& variant : result.variants) {
    for (const scenarios::SeedOutcome& outcome : variant.outcomes) {
      out +=
          fmt::format("{} {} seed {}: {} steps, digest {}, domain {}\n", result.scenario, variant.variant, outcome.seed,
                      outcome.steps, sim::to_string(outcome.digest), sim::to_string(outcome.domain_digest));
    }
  }
  return out;
}

}  // namespace chronofault::reports
