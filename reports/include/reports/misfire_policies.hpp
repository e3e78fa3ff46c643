// What `chronofault replay quartz-misfire-policies` prints.
#pragma once

#include <string>

#include <scenarios/quartz_misfire_policies.hpp>

namespace chronofault::reports {

/// Causes that make no difference share a line.
std::string to_text(const scenarios::MisfirePolicies& table);
/// Every cell.
std::string to_json(const scenarios::MisfirePolicies& table);

}  // namespace chronofault::reports
