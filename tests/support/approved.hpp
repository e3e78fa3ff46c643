// Whole outputs against committed files: a changed byte is a decision. CHRONOFAULT_APPROVE=1 writes the file instead.
#pragma once

#include <string>

namespace chronofault::tests {

/// Compares with tests/vectors/approved/NAME, byte by byte; fails the test case at the first line that differs.
void check_approved(const std::string& name, const std::string& seen);

}  // namespace chronofault::tests
