// The program around its commands: whatever systems were registered before.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "commands.hpp"
#include "second.hpp"

namespace chronofault::cli {

int refuse(const std::string& message) {
  const bool ended = message.ends_with('\n');
  std::cerr << "chronofault: " << message << (ended ? "" : "\n");
  return bad_input;
}

namespace {

int command(int argc, char** argv) {
  try {
    if (argc > 2 && std::string_view(argv[1]) == "--layout") {
      const unsigned layout = static_cast<unsigned>(std::atoi(argv[2])) % 64;
      argv[2] = argv[0];
      return with_layout(layout, dispatch, argc - 2, argv + 2);
    }
    return dispatch(argc, argv);
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}

}  // namespace

int program(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const int status = command(argc, argv);
  // A full disk shows only when the last of the buffer is written.
  std::cout.flush();
  return std::cout ? status : refuse("standard output cannot be written; what it holds is not the whole result");
}

}  // namespace chronofault::cli
