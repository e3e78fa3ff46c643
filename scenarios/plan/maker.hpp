// The making of a plan from a scenario, with the streams of a seed or with a probe in their place.
#pragma once

#include <cstdint>

#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>

#include "../reader/values.hpp"

namespace chronofault::scenarios {

struct Made {
  Plan plan;                  // whole only if no problem was added
  std::uint64_t options = 0;  // the largest number of options that a draw had
};

/// `problems` is empty at the call.
Made make(const Scenario& scenario, const Variant& variant, sim::Streams* streams, Probe probe, const World& world,
          Problems& problems);

}  // namespace chronofault::scenarios
