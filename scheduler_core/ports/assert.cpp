#include <cstdio>
#include <cstdlib>

#include <ports/assert.hpp>

namespace chronofault {

namespace {
thread_local AssertionContext context_of = nullptr;
thread_local const void* world_of = nullptr;
}  // namespace

void set_assertion_context(AssertionContext context, const void* world) noexcept {
  context_of = context;
  world_of = world;
}

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "assertion failed: %s\n  at %s:%d\n", expression, file, line);
  if (context_of != nullptr) std::fprintf(stderr, "  %s\n", context_of(world_of).c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace chronofault
