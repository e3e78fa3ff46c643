// What there is: systems and scenarios (`chronofault list`), and all that a scenario may say of one system
// (`chronofault describe SYSTEM`). Made from the declarations alone; nothing is run.
#pragma once

#include <string>
#include <vector>

#include <ports/system.hpp>
#include <scenarios/scenario.hpp>

namespace chronofault::reports {

struct ListedScenario {
  std::string from;  // "built in", or its file
  scenarios::Scenario scenario;
};

std::string list_text(const std::vector<const System*>& systems, const std::vector<ListedScenario>& scenarios);
std::string describe_text(const System& system);

}  // namespace chronofault::reports
