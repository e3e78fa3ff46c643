// The numbers that one field of a cron expression allows, asked for the first one and the first at or after another.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace chronofault::triggers {

/// A set of non-negative ints. Those below N are kept each; of larger ones only the smallest and the largest, which is
/// all that a search can meet.
template <std::size_t N>
class ValueSet {
 public:
  void add(int value) {
    if (value < static_cast<int>(N)) {
      words_[static_cast<std::size_t>(value) / 64] |= std::uint64_t{1} << (value % 64);
    } else {
      least_above_ = std::min(least_above_, value);
      most_above_ = std::max(most_above_, value);
    }
  }
  /// from, from + step, .. up to and with `to`.
  void add_steps(std::int64_t from, std::int64_t to, std::int64_t step) {
    std::int64_t value = from;
    for (; value <= to && value < static_cast<std::int64_t>(N); value += step) add(static_cast<int>(value));
    if (value > to) return;
    add(static_cast<int>(value));
    add(static_cast<int>(value + (to - value) / step * step));
  }
  bool contains(int value) const {
    if (value < 0) return false;
    if (value >= static_cast<int>(N)) return value == least_above_ || value == most_above_;
    return (words_[static_cast<std::size_t>(value) / 64] >> (value % 64) & 1) != 0;
  }
  std::optional<int> first() const { return at_or_after(0); }
  std::optional<int> at_or_after(int from) const {
    const int begin = std::max(from, 0);
    if (begin < static_cast<int>(N)) {
      std::size_t i = static_cast<std::size_t>(begin) / 64;
      std::uint64_t word = words_[i] & (~std::uint64_t{0} << (begin % 64));
      while (word == 0 && ++i < words_.size()) word = words_[i];
      if (word != 0) return static_cast<int>(i * 64) + std::countr_zero(word);
    }
    if (most_above_ < begin) return std::nullopt;
    return least_above_ >= begin ? least_above_ : most_above_;
  }
  std::optional<int> last() const {
    if (most_above_ >= 0) return most_above_;
    for (std::size_t i = words_.size(); i-- > 0;) {
      if (words_[i] != 0) return static_cast<int>(i * 64) + 63 - std::countl_zero(words_[i]);
    }
    return std::nullopt;
  }

  friend bool operator==(const ValueSet&, const ValueSet&) = default;

 private:
  static_assert(N % 64 == 0);
  std::array<std::uint64_t, N / 64> words_{};
  int least_above_ = std::numeric_limits<int>::max();
  int most_above_ = -1;
};

}  // namespace chronofault::triggers
