#include <scenarios/property_names.hpp>

namespace chronofault::scenarios {

const std::vector<std::string>& property_names() {
  static const std::vector<std::string> names = {"no-lost-run",         "no-duplicate-run", "single-owner",
                                                 "owner-acts",          "no-stuck-run",     "outcome-true",
                                                 "bounded-start-rate",  "all-shards-run",   "no-repeat-offender",
                                                 "workflow-consistent", "loops-progress",   "settles"};
  return names;
}

}  // namespace chronofault::scenarios
