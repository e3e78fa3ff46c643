// chronofault with systems that break the determinism contract on purpose.
#include <ports/system.hpp>

#include "commands.hpp"
#include "planted_system.hpp"

int main(int argc, char** argv) {
  chronofault::register_system(planted::system());
  return chronofault::cli::program(argc, argv);
}
