#include <bit>
#include <cstdio>

#include <sim/kernel/digest.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace chronofault::sim {

static_assert(std::endian::native == std::endian::little, "digests are defined over little-endian words");

std::string to_string(const Hash128& hash) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high),
                static_cast<unsigned long long>(hash.low));
  return text;
}

Hash128 Digest::value() const noexcept {
  const XXH128_hash_t hash = XXH3_128bits(words_.data(), used_ * sizeof(std::uint64_t));
  return Hash128{hash.high64, hash.low64};
}

void Digest::flush() noexcept {
  const Hash128 before = value();
  words_[0] = before.low;
  words_[1] = before.high;
  used_ = carried;
}

}  // namespace chronofault::sim
