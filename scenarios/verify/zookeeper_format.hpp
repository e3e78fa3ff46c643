// The format of ZooKeeper's and Curator's traces (tests/vectors/zookeeper/README.md): who plays one may rely on it.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace chronofault::verify {

/// Throws Misfit or nlohmann::json::exception: a step of the trace, or what is said of the whole, is not of the format:
/// unknown names, other types, numbers out of range, a session that is not there or there twice.
void check_format(const nlohmann::json& trace);

}  // namespace chronofault::verify
