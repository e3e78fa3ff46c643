// A random stream for rules: splitmix64 from a seed, and a count of its draws.
#pragma once

#include <cstdint>

#include <ports/random.hpp>

namespace support {

class StubRandom final : public chronofault::RandomStream {
 public:
  explicit StubRandom(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next() noexcept override {
    ++draws;
    std::uint64_t z = (state_ += 0x9e37'79b9'7f4a'7c15u);
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9u;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebu;
    return z ^ (z >> 31);
  }
  int draws = 0;

 private:
  std::uint64_t state_;
};

}  // namespace support
