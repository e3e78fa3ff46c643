// Plans of committed scenario files for tests. Paths are relative to the repository's root, where tests run.
#pragma once

#include <string>

#include <scenarios/plan.hpp>

namespace support {

/// Registers the program's systems, reads the file and plans it. A problem fails the test with its text.
chronofault::scenarios::Plan plan_of(const std::string& path, const std::string& variant, std::uint64_t seed);

}  // namespace support
