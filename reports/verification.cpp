#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <reports/table.hpp>
#include <reports/verification.hpp>

namespace chronofault::reports {
namespace {

// Rounded down: 100 % is all of them.
std::string percent(const verify::Share& share) {
  if (share.steps == 0) return "-";
  const std::uint64_t hundredths = share.reproduced * 10'000 / share.steps;
  return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

std::string difference_text(const verify::Difference& difference) {
  const std::string step = difference.step.empty() ? "" : ", step " + difference.step;
  return fmt::format("{}:{}: trace {}{} ({})\n  expected {}\n  seen     {}\n", difference.file, difference.line,
                     difference.trace, step, difference.operation, difference.expected, difference.seen);
}

}  // namespace

std::string verification_text(std::string_view system, const verify::Tally& tally, std::size_t shown_max) {
  std::string out;
  const std::size_t shown = std::min(shown_max, tally.differences().size());
  for (std::size_t i = 0; i < shown; ++i) out += difference_text(tally.differences()[i]);
  if (shown < tally.different()) out += fmt::format("... and {} more differences\n", tally.different() - shown);
  if (!out.empty()) out += "\n";

  Table table({{"operation"},
               {"steps", Table::Align::right},
               {"reproduced", Table::Align::right},
               {"share", Table::Align::right},
               {"skipped", Table::Align::right}});
  verify::Share all;
  for (const auto& [operation, share] : tally.shares()) {
    table.row({operation, fmt::format("{}", share.steps), fmt::format("{}", share.reproduced), percent(share),
               fmt::format("{}", share.skipped)});
    all.steps += share.steps;
    all.reproduced += share.reproduced;
    all.skipped += share.skipped;
  }
  out += table.text();
  out += fmt::format("{}: {} traces; {} of {} steps reproduced ({}); {} skipped\n", system, tally.traces(),
                     all.reproduced, all.steps, percent(all), all.skipped);
  return out;
}

std::string verification_json(std::string_view system, const verify::Tally& tally) {
  nlohmann::ordered_json out{{"system", system}, {"traces", tally.traces()}};
  auto& operations = out["operations"] = nlohmann::ordered_json::object();
  for (const auto& [operation, share] : tally.shares())
    operations[operation] = {{"steps", share.steps}, {"reproduced", share.reproduced}, {"skipped", share.skipped}};
  out["different"] = tally.different();
  auto& differences = out["differences"] = nlohmann::ordered_json::array();
  for (const verify::Difference& difference : tally.differences()) {
    differences.push_back({{"file", difference.file},
                           {"line", difference.line},
                           {"trace", difference.trace},
                           {"step", difference.step},
                           {"operation", difference.operation},
                           {"expected", difference.expected},
                           {"seen", difference.seen}});
  }
  return out.dump(2) + "\n";
}

}  // namespace chronofault::reports
