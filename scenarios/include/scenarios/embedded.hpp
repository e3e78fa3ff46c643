// Scenarios that are part of the program: it replays them without any file beside it. Made by the build from
// scenarios/incidents and scenarios/first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chronofault::scenarios {

struct EmbeddedScenario {
  std::string name;  // of its file, without ".yaml"
  std::string text;
};

/// The documented incidents, by name.
const std::vector<EmbeddedScenario>& incidents_embedded();
/// One per system, of its name: a commented scenario to start from (`chronofault init SYSTEM`).
const std::vector<EmbeddedScenario>& first_embedded();

/// Null: none of that name.
const EmbeddedScenario* find_embedded(const std::vector<EmbeddedScenario>& list, std::string_view name);

}  // namespace chronofault::scenarios
