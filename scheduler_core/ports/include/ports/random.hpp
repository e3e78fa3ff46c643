// Named random streams. A stream is counter-based and keyed by (seed, process and name): one more draw in one place
// moves nothing elsewhere, and one more stream moves no other.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <ports/assert.hpp>
#include <ports/time.hpp>

namespace chronofault {

class RandomStream {
 public:
  /// 64 uniform bits.
  virtual std::uint64_t next() noexcept = 0;

  /// Uniform in [0, n), n > 0, without bias (Lemire's method).
  std::uint64_t below(std::uint64_t n) noexcept;
  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept;
  Duration between(Duration low, Duration high) noexcept {
    return Duration::us(between(low.count_us(), high.count_us()));
  }
  /// True with probability percent / 100: draws 0..99 and asks for less than percent.
  bool percent(int percent) noexcept { return below(100) < static_cast<std::uint64_t>(percent < 0 ? 0 : percent); }
  /// Fisher-Yates, from the last element down.
  template <class T>
  void shuffle(std::span<T> items) noexcept {
    for (std::size_t i = items.size(); i > 1; --i) {
      const std::size_t j = static_cast<std::size_t>(below(i));
      using std::swap;
      swap(items[i - 1], items[j]);
    }
  }

 protected:
  ~RandomStream() = default;
};

class Random {
 public:
  /// The stream of this name in this process; the same object at every call. It goes on where it was, also after a
  /// restart of the process.
  virtual RandomStream& stream(std::string_view name) = 0;

 protected:
  ~Random() = default;
};

}  // namespace chronofault
