// A running XXH3-128 over 64-bit words: the identity of a run. Words are collected and folded block by block, each
// block together with the value before it, so that folding costs a store and, once in a while, a fast hash.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace chronofault::sim {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};
/// 32 hexadecimal digits.
std::string to_string(const Hash128& hash);

class Digest {
 public:
  void fold(std::uint64_t word) noexcept {
    if (used_ == words_.size()) flush();
    words_[used_++] = word;
  }
  template <class... W>
  void fold(std::uint64_t word, W... more) noexcept {
    fold(word);
    fold(more...);
  }
  /// Of everything folded so far. Asking does not change what comes later.
  Hash128 value() const noexcept;

 private:
  static constexpr std::size_t carried = 2;  // the value of the blocks before
  void flush() noexcept;
  std::array<std::uint64_t, 128> words_{};
  std::size_t used_ = carried;
};

}  // namespace chronofault::sim
