#include <algorithm>

#include <scenarios/verdict.hpp>

namespace chronofault::scenarios {

const PropertyResult* Verdict::find(std::string_view property) const {
  for (const PropertyResult& result : properties) {
    if (result.name == property) return &result;
  }
  return nullptr;
}

bool Verdict::violated(std::string_view property) const {
  const PropertyResult* found = find(property);
  return found != nullptr && found->state == PropertyState::violated;
}

std::string to_text(const Verdict& verdict) {
  std::size_t width = 0;
  for (const PropertyResult& result : verdict.properties) width = std::max(width, result.name.size());
  std::string text;
  for (const PropertyResult& result : verdict.properties) {
    std::string state(name_of(result.state));
    state.resize(10, ' ');
    std::string name = result.name;
    name.resize(width + 2, ' ');
    text += state + name;
    if (result.violation_count > 0) {
      text += std::to_string(result.violation_count) + " of " + std::to_string(result.premises);
    } else {
      text += std::to_string(result.premises);
    }
    if (result.excused > 0) text += ", " + std::to_string(result.excused) + " excused";
    if (result.open > 0) text += ", " + std::to_string(result.open) + " open";
    if (!result.violations.empty()) text += ": " + result.violations.front().message;
    text += '\n';
  }
  return text;
}

}  // namespace chronofault::scenarios
