// chronofault: the one executable. It knows which systems it links; all else are the commands.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include <ports/system.hpp>
#include <powerjob/system.hpp>

#include "commands.hpp"
#include "second.hpp"

namespace chronofault::cli {

int refuse(const std::string& message) {
  const bool ended = message.ends_with('\n');
  std::cerr << "chronofault: " << message << (ended ? "" : "\n");
  return bad_input;
}

}  // namespace chronofault::cli

int main(int argc, char** argv) {
  using namespace chronofault;
  std::ios::sync_with_stdio(false);
  register_system(powerjob::system());
  try {
    if (argc > 2 && std::string_view(argv[1]) == "--layout") {
      const unsigned layout = static_cast<unsigned>(std::atoi(argv[2])) % 64;
      argv[2] = argv[0];
      return cli::with_layout(layout, cli::dispatch, argc - 2, argv + 2);
    }
    return cli::dispatch(argc, argv);
  } catch (const std::exception& error) {
    return cli::refuse(error.what());
  }
}
