// The order of the nodes of latches and locks: by what follows the last "latch-" or "lock-", which is the sequence
// number. The protection prefix in front of it says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chronofault::curator {

std::vector<std::string> sorted_by_sequence(std::vector<std::string> names, std::string_view lock_name);

}  // namespace chronofault::curator
