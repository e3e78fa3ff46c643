// Another heap and another stack for the second process of --check-determinism. A program that reads what it has not
// written, or orders by address, then sees other values.
#include <cstdlib>
#include <cstring>
#include <vector>

#include <alloca.h>
#include <malloc.h>

#include "second.hpp"

namespace chronofault::cli {
namespace {

// NOLINTBEGIN(cppcoreguidelines-no-malloc): raw blocks are the point
/// Splinters the heap: blocks of many sizes, filled, a part of them given back in another order.
void splinter_heap(unsigned n) {
  static auto& kept = *new std::vector<void*>;  // reachable to the end, so that no sanitizer takes it for a leak
  std::uint64_t state = 0x9e37'79b9'7f4a'7c15u * (n + 1);
  std::vector<void*> returned;
  for (int i = 0; i < 4'000; ++i) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const std::size_t size = 16 + (state >> 40) % 4'000;
    void* block = std::malloc(size);
    std::memset(block, static_cast<int>(0xa0u + n), size);
    if ((state >> 60) % 3 == 0) {
      kept.push_back(block);
    } else {
      returned.push_back(block);
    }
  }
  // Every third first, then the rest from behind.
  for (std::size_t i = 0; i < returned.size(); i += 3) std::free(std::exchange(returned[i], nullptr));
  for (std::size_t i = returned.size(); i-- > 0;) std::free(returned[i]);
}
// NOLINTEND(cppcoreguidelines-no-malloc)

[[gnu::noinline]] void dirty_stack(unsigned n) {
  volatile unsigned char waste[200'000];
  for (std::size_t i = 0; i < sizeof waste; ++i) waste[i] = static_cast<unsigned char>(0x5bu + n + i);
}

}  // namespace

int with_layout(unsigned n, int (*body)(int, char**), int argc, char** argv) {
  mallopt(M_PERTURB, static_cast<int>(0x40u + n));  // fills what is taken from the heap, and what is given back
  splinter_heap(n);
  dirty_stack(n);
  const std::size_t size = 24'016 + std::size_t{n} * 4'096;
  auto* room = static_cast<volatile unsigned char*>(alloca(size));
  for (std::size_t i = 0; i < size; ++i) room[i] = static_cast<unsigned char>(i);
  return body(argc, argv);
}

}  // namespace chronofault::cli
