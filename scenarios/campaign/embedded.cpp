#include <scenarios/embedded.hpp>

namespace chronofault::scenarios {

const EmbeddedScenario* find_embedded(const std::vector<EmbeddedScenario>& list, std::string_view name) {
  for (const EmbeddedScenario& embedded : list) {
    if (embedded.name == name) return &embedded;
  }
  return nullptr;
}

}  // namespace chronofault::scenarios
