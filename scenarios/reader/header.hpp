// The keys of a scenario that are read before anything is drawn: names, system, variants, and the lines of a plan.
#pragma once

#include <optional>

#include <scenarios/node.hpp>
#include <scenarios/scenario.hpp>

namespace chronofault::scenarios {

/// Nothing else is read if there are problems. None: not even the system is known. The result has no tree yet.
std::optional<Scenario> read_header(const Node& tree, const World& world, Problems& problems);

}  // namespace chronofault::scenarios
