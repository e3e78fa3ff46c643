// Bad input as a test states it: exit 2, nothing on standard output, a message that says each of these.
#pragma once

#include <string>
#include <vector>

#include "program.hpp"

namespace chronofault::tests {

void refused(const Folder& folder, const std::vector<std::string>& words, const std::vector<std::string>& said);
void refused(const Ran& ran, const std::vector<std::string>& said);

}  // namespace chronofault::tests
