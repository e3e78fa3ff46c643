// All properties by name. The table is data: reader, describe and docs/properties.md work from it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <scenarios/property.hpp>

namespace chronofault::scenarios {

struct PropertyInfo {
  std::string_view name;     // "no-lost-run"
  std::string_view says;     // the promise
  std::string_view premise;  // when it means anything
  std::string_view grace;    // constants that are the property's own; empty: none
  std::unique_ptr<Property> (*make)(Watched& watched);
  bool wants_obligations = false;  // `settles`: told about those of the others
};

/// In the order in which they are shown.
const std::vector<PropertyInfo>& all_properties();
/// Null: there is none of that name.
const PropertyInfo* find_property(std::string_view name);

std::unique_ptr<Property> make_no_lost_run(Watched& watched);
std::unique_ptr<Property> make_no_duplicate_run(Watched& watched);
std::unique_ptr<Property> make_single_owner(Watched& watched);
std::unique_ptr<Property> make_owner_acts(Watched& watched);
std::unique_ptr<Property> make_no_stuck_run(Watched& watched);
std::unique_ptr<Property> make_outcome_true(Watched& watched);
std::unique_ptr<Property> make_bounded_start_rate(Watched& watched);
std::unique_ptr<Property> make_all_shards_run(Watched& watched);
std::unique_ptr<Property> make_no_repeat_offender(Watched& watched);
std::unique_ptr<Property> make_workflow_consistent(Watched& watched);
std::unique_ptr<Property> make_loops_progress(Watched& watched);
std::unique_ptr<Property> make_settles(Watched& watched);

}  // namespace chronofault::scenarios
