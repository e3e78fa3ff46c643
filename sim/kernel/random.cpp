#include <ports/value.hpp>
#include <sim/kernel/random.hpp>

namespace chronofault::sim {

namespace {

std::uint64_t join(std::uint32_t low, std::uint32_t high) noexcept {
  return static_cast<std::uint64_t>(high) << 32 | low;
}
std::uint32_t low_half(std::uint64_t x) noexcept { return static_cast<std::uint32_t>(x); }
std::uint32_t high_half(std::uint64_t x) noexcept { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xd251'1f53} * c[0];
    const std::uint64_t b = std::uint64_t{0xcd9e'8d57} * c[2];
    c = {high_half(b) ^ c[1] ^ k[0], low_half(b), high_half(a) ^ c[3] ^ k[1], low_half(a)};
    k = {k[0] + 0x9e37'79b9, k[1] + 0xbb67'ae85};
  }
  return c;
}

Stream::Stream(std::uint64_t seed, std::string_view name, Digest* digest) noexcept
    : seed_(seed), name_(hash_of(name)), digest_(digest) {}

std::uint64_t Stream::next() noexcept {
  std::uint64_t draw = second_half_;
  if (index_ % 2 == 0) {
    const std::uint64_t block = index_ / 2;
    const auto out = philox4x32({low_half(block), high_half(block), low_half(name_), high_half(name_)},
                                {low_half(seed_), high_half(seed_)});
    draw = join(out[0], out[1]);
    second_half_ = join(out[2], out[3]);
  }
  ++index_;
  if (digest_ != nullptr) digest_->fold(name_, draw);
  return draw;
}

RandomStream& Streams::stream(std::string_view name) {
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    found = streams_.emplace(std::string(name), std::make_unique<Stream>(seed_, name, digest_)).first;
  }
  return *found->second;
}

RandomStream& ScopedStreams::stream(std::string_view name) {
  return streams_.stream(prefix_ + "/" + std::string(name));
}

}  // namespace chronofault::sim
