#include <iostream>

#include <reports/catalogue.hpp>

#include "commands.hpp"
#include "input.hpp"

namespace chronofault::cli {

int describe(const DescribeArgs& args) {
  const auto system = find_system(args.system);
  if (!system) return refuse(system.error());
  std::cout << reports::describe_text(**system);
  return met;
}

}  // namespace chronofault::cli
