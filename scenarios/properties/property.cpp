#include <algorithm>

#include <scenarios/property.hpp>

namespace chronofault::scenarios {

std::string_view name_of(PropertyState state) noexcept {
  switch (state) {
    case PropertyState::held:
      return "held";
    case PropertyState::violated:
      return "violated";
    case PropertyState::vacuous:
      return "vacuous";
    case PropertyState::open:
      return "open";
  }
  return "?";
}

void Property::violate(Violation violation) {
  ++result_.violation_count;
  if (result_.violations.size() >= violations_most) return;
  violation.at = watched_.now;
  if (watched_.step) violation.step = watched_.step();
  auto& records = violation.records;
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  records.erase(records.begin(), std::upper_bound(records.begin(), records.end(), Evidence{0}));
  if (violation.since == 0 && !records.empty()) violation.since = records.front();
  result_.violations.push_back(std::move(violation));
}

PropertyResult Property::finish(sim::TrueTime until) {
  static constexpr std::size_t shown = 20;
  if (const Obligations* all = obligations()) {
    for (const auto& [subject, obligation] : all->all_open()) {
      if (obligation.opened >= until) continue;
      ++result_.open;
      if (result_.open_subjects.size() < shown) result_.open_subjects.push_back(describe_open(subject));
    }
  }
  if (result_.violation_count > 0) {
    result_.state = PropertyState::violated;
  } else if (result_.premises == 0) {
    result_.state = PropertyState::vacuous;
  } else {
    result_.state = result_.open > 0 ? PropertyState::open : PropertyState::held;
  }
  return result_;
}

}  // namespace chronofault::scenarios
