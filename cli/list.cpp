#include <iostream>

#include <reports/catalogue.hpp>

#include "commands.hpp"
#include "input.hpp"

namespace chronofault::cli {

int list(const ListArgs& args) {
  std::vector<const System*> known;
  for (const auto& [name, system] : systems()) known.push_back(system);
  auto built_in = read_built_in();
  if (!built_in) return refuse(built_in.error());
  auto others = read_inputs(args.folders, {});
  if (!others) return refuse(others.error());
  std::vector<reports::ListedScenario> scenarios;
  for (Input& input : *built_in) scenarios.push_back({"built in", std::move(input.scenario)});
  for (Input& input : *others) scenarios.push_back({input.from, std::move(input.scenario)});
  std::cout << reports::list_text(known, scenarios);
  return met;
}

}  // namespace chronofault::cli
