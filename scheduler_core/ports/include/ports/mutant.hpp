// Seeded defects, which test the tests: MUTANT(name, right, wrong) is `right` wherever code is shipped. The libraries
// that CHRONOFAULT_MUTANTS is defined for are test-only; there a test says which of the defects is in force. A name
// says what goes wrong and is used once; the macro stands in source files alone, since headers are shared by both
// libraries.
#pragma once

#ifdef CHRONOFAULT_MUTANTS

#include <string_view>

namespace chronofault {

/// The defect in force on this thread; empty: none.
inline thread_local constinit std::string_view mutant_in_force;

}  // namespace chronofault

#define MUTANT(name, right, wrong) (::chronofault::mutant_in_force == (name) ? (wrong) : (right))

#else

#define MUTANT(name, right, wrong) (right)

#endif
