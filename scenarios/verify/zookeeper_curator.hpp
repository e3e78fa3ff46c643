// Recorded events of Curator's caches against those here: another client changes the tree, the connection is cut and
// comes back.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

/// One trace of kind "curator". Throws nlohmann::json::exception or std::out_of_range: not of the format.
void check_curator_trace(const VectorFile& file, const VectorLine& line, const nlohmann::json& trace, Tally& tally);

}  // namespace chronofault::verify
