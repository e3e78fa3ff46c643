// What a tally says of an expectation. A property that never had its premise says nothing, so it meets nothing.
#include <fmt/format.h>

#include <scenarios/campaign.hpp>

namespace chronofault::scenarios {
namespace {

std::string share_text(std::int64_t ppm) { return fmt::format("{}.{:02}%", ppm / 10'000, ppm % 10'000 / 100); }

std::string others(const Tally& tally) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(tally.violated, "violated");
  add(tally.held, "held");
  add(tally.vacuous, "vacuous");
  add(tally.open, "open");
  return text;
}

}  // namespace

void judge(ExpectationResult& result, std::uint64_t runs) {
  const Tally& tally = result.tally;
  result.met = true;
  const auto unmet = [&result](std::string why) {
    if (result.met) result.why = std::move(why);
    result.met = false;
  };
  if (runs == 0) return unmet("nothing was run");
  if (tally.vacuous == runs) return unmet("its premise never held: vacuous in every run");
  switch (result.expectation.seeds) {
    case Seeds::all:
      if (tally.violated != runs) unmet(fmt::format("not every run violates it: {}", others(tally)));
      break;
    case Seeds::some:
      // Of one run nothing is said: it may be either.
      if (tally.violated == 0 && runs > 1) unmet(fmt::format("no run violates it: {}", others(tally)));
      break;
    case Seeds::none:
      if (tally.violated != 0) {
        unmet(fmt::format("{} of {} runs violate it, the first with seed {}", tally.violated, runs,
                          tally.first_violating.value_or(0)));
      } else if (tally.held == 0) {
        unmet(fmt::format("no run shows that it holds: {}", others(tally)));
      }
      break;
  }
  if (result.expectation.share_ppm && runs > 1) {
    const auto share = static_cast<std::int64_t>(tally.violated * 1'000'000 / runs);
    const auto [low, high] = *result.expectation.share_ppm;
    if (share < low || share > high) {
      unmet(fmt::format("{} of the runs violate it, outside {} to {}", share_text(share), share_text(low),
                        share_text(high)));
    }
  }
}

bool VariantResult::met() const {
  for (const ExpectationResult& result : expectations) {
    if (!result.met) return false;
  }
  return true;
}

bool CampaignResult::met() const {
  for (const VariantResult& variant : variants) {
    if (!variant.met()) return false;
  }
  return problems.empty();
}

}  // namespace chronofault::scenarios
