// Looks for what an expectation names (`because: PATTERN`) in the causal slice of a violation.
#pragma once

#include <string>
#include <vector>

#include <faults/pattern.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/run.hpp>
#include <scenarios/slice.hpp>

namespace chronofault::scenarios {

/// The trace of a run with the roles of its processes, for describe() and signature().
TraceView view_of(ScenarioRun& run);

/// True if a record of the slice matches. A message matches by its sending, its delivery, its loss or as a dead letter;
/// selectors of the system's own are resolved in the state at the end of the run. `nth` counts within the slice.
bool found(ScenarioRun& run, const Slice& slice, const faults::Pattern& pattern);

/// The patterns that are not in the slice, as a scenario writes them.
std::vector<std::string> not_found(ScenarioRun& run, const Slice& slice, const std::vector<faults::Pattern>& patterns);

}  // namespace chronofault::scenarios
