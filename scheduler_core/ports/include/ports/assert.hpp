// An assertion is for our own bugs only, and is on in every build. The world's misbehaviour is a typed error of a
// port; a user's bad input is a value with a place.
#pragma once

#include <string>

namespace chronofault {

/// Appended to the text of a failing assertion: a running world says its seed, step and cause here.
using AssertionContext = std::string (*)(const void* world);
void set_assertion_context(AssertionContext context, const void* world) noexcept;

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace chronofault

#define CF_ASSERT(expression) \
  (static_cast<bool>(expression) ? void(0) : ::chronofault::assertion_failed(#expression, __FILE__, __LINE__))
