// What `chronofault verify` prints: each difference, then the share of steps reproduced, by operation.
#pragma once

#include <string>
#include <string_view>

#include <scenarios/verify/verify.hpp>

namespace chronofault::reports {

/// At most `shown_max` differences are written out; how many more there are is said.
std::string verification_text(std::string_view system, const verify::Tally& tally, std::size_t shown_max);

/// All that the tally keeps: {"system", "traces", "operations": {NAME: {"steps", "reproduced", "skipped"}},
/// "different", "differences": [{"file", "line", "trace", "step", "operation", "expected", "seen"}]}.
std::string verification_json(std::string_view system, const verify::Tally& tally);

}  // namespace chronofault::reports
