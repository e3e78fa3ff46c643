// Numbers as a scenario writes them.
#pragma once

#include <cstdint>
#include <string>

namespace chronofault::faults {

/// n / 10^digits, without an end of zeros: "0.02", "4", "-12.5".
std::string decimal_text(std::int64_t n, int digits);
/// In the largest unit that loses nothing: "200MiB", "1536MiB", "0B".
std::string bytes_text(std::int64_t bytes);

}  // namespace chronofault::faults
