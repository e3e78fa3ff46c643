#include "incidents.hpp"

#include <stdexcept>

#include <elastic_job/system.hpp>
#include <powerjob/system.hpp>
#include <scenarios/scenario.hpp>

namespace support {

using namespace chronofault;

scenarios::Plan plan_of(const std::string& path, const std::string& variant, std::uint64_t seed) {
  for (const System* system : {&powerjob::system(), &elastic_job::system()}) {
    if (!systems().contains(system->info().name)) register_system(*system);
  }
  const scenarios::ReadResult scenario = scenarios::read_scenario(path);
  if (!scenario) throw std::runtime_error(scenario.error().text());
  auto plan = scenarios::make_plan(*scenario, variant, seed);
  if (!plan) throw std::runtime_error(plan.error().text());
  return *plan;
}

}  // namespace support
