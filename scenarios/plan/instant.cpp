#include <scenarios/plan.hpp>

#include "../reader/literals.hpp"

namespace chronofault::scenarios {
namespace {

/// Digits and a unit, of any size.
bool is_whole_duration(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  return unit != 0 && unit != std::string_view::npos && parse_duration("1" + std::string(text.substr(unit)));
}

}  // namespace

std::optional<sim::TrueTime> instant_in(const Plan& plan, std::string_view text) {
  if (!text.starts_with('+')) return parse_instant(text, TimeFrame{plan.start, plan.utc_offset});
  text.remove_prefix(1);
  const auto span = parse_duration(text);
  if (!span) return is_whole_duration(text) ? std::optional(sim::TrueTime::max()) : std::nullopt;
  if (*span < Duration{}) return std::nullopt;
  return plan.start + *span;
}

}  // namespace chronofault::scenarios
