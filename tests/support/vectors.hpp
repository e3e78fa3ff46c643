// Conformance vectors: recorded or derived cases per system, tests/vectors/SYSTEM/NAME.json. Each file has `source`,
// `meaning` and `cases`. A unit that looks into them includes <nlohmann/json.hpp>: keep those few, it compiles slowly.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace support {

/// name: "powerjob/timer_wheel.json". Throws std::runtime_error naming the file if it is missing or no JSON, or has no
/// cases.
nlohmann::json load_vectors(const std::string& name);
/// The cases alone, an array. (A part of a temporary, as in `load_vectors(name)["cases"]`, does not outlive the head of
/// a range-for.)
nlohmann::json cases_of(const std::string& name);

}  // namespace support
