// Conformance cases of ElasticJob-Lite (elasticjob 12): its upstream unit tests as "given, call, expect", cases derived
// from its rules, and observed runs of its Quartz.
#pragma once

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

/// By name of the file; "later_versions" by the upstream test class that each of its cases names. Throws BadVectors,
/// also for a case that says something that is not understood here.
void verify_elasticjob(const VectorFile& file, Tally& tally);

}  // namespace chronofault::verify
