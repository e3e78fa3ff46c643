#include <iostream>

#include <scenarios/embedded.hpp>

#include "commands.hpp"
#include "input.hpp"
#include "paths.hpp"

namespace chronofault::cli {

int init(const InitArgs& args) {
  const auto system = find_system(args.system);
  if (!system) return refuse(system.error());
  const auto* first = scenarios::find_embedded(scenarios::first_embedded(), args.system);
  if (first == nullptr) return refuse("there is no first scenario for the system '" + args.system + "'");
  if (args.out.empty()) {
    std::cout << first->text;
    return met;
  }
  std::string failed = cannot_write(args.out);
  if (failed.empty()) failed = write_text(args.out, first->text, true);
  if (!failed.empty()) return refuse(failed);
  std::cout << "Written. Run it with: chronofault run " << args.out << " --seeds 20\n";
  return met;
}

}  // namespace chronofault::cli
