// Recorded events of Curator's caches against those here: another client changes the tree, the connection is cut and
// comes back.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

/// One trace of kind "curator" whose format was checked.
void check_curator_trace(const VectorFile& file, const VectorLine& line, const nlohmann::json& trace, Tally& tally);

}  // namespace chronofault::verify
