// chronofault: the one executable. It knows which systems it links; all else are the commands.
#include <elastic_job/system.hpp>
#include <ports/system.hpp>
#include <powerjob/system.hpp>
#include <quartz/system.hpp>

#include "commands.hpp"

int main(int argc, char** argv) {
  chronofault::register_system(chronofault::elastic_job::system());
  chronofault::register_system(chronofault::powerjob::system());
  chronofault::register_system(chronofault::quartz::system());
  return chronofault::cli::program(argc, argv);
}
