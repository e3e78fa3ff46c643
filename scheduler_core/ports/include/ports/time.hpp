// Time as strong integers. Instants of different clocks do not convert: a host's wall clock, its monotonic clock and
// (inside the simulation alone) true time are three types. Only the owner of a host's clocks converts between them.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace chronofault {

/// A signed span of time in whole microseconds.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration us(std::int64_t n) { return Duration(n); }
  static constexpr Duration ms(std::int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration seconds(std::int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration minutes(std::int64_t n) { return Duration(n * 60'000'000); }
  static constexpr Duration hours(std::int64_t n) { return Duration(n * 3'600'000'000); }
  static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max() / 4); }

  constexpr std::int64_t count_us() const { return us_; }
  /// Whole milliseconds, rounded towards negative infinity.
  constexpr std::int64_t count_ms() const { return us_ >= 0 ? us_ / 1'000 : -((-us_ + 999) / 1'000); }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.us_ + b.us_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.us_ - b.us_); }
  friend constexpr Duration operator-(Duration a) { return Duration(-a.us_); }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return Duration(a.us_ * n); }
  friend constexpr Duration operator*(std::int64_t n, Duration a) { return a * n; }
  friend constexpr Duration operator/(Duration a, std::int64_t n) { return Duration(a.us_ / n); }
  friend constexpr std::int64_t operator/(Duration a, Duration b) { return a.us_ / b.us_; }
  friend constexpr Duration operator%(Duration a, Duration b) { return Duration(a.us_ % b.us_); }
  constexpr Duration& operator+=(Duration d) { return *this = *this + d; }
  constexpr Duration& operator-=(Duration d) { return *this = *this - d; }

 private:
  explicit constexpr Duration(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

inline namespace literals {
constexpr Duration operator""_us(unsigned long long n) { return Duration::us(static_cast<std::int64_t>(n)); }
constexpr Duration operator""_ms(unsigned long long n) { return Duration::ms(static_cast<std::int64_t>(n)); }
constexpr Duration operator""_s(unsigned long long n) { return Duration::seconds(static_cast<std::int64_t>(n)); }
constexpr Duration operator""_min(unsigned long long n) { return Duration::minutes(static_cast<std::int64_t>(n)); }
constexpr Duration operator""_h(unsigned long long n) { return Duration::hours(static_cast<std::int64_t>(n)); }
}  // namespace literals

/// An instant of one clock, in microseconds since that clock's epoch.
template <class Clock>
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant from_us(std::int64_t n) { return Instant(n); }
  static constexpr Instant from_ms(std::int64_t n) { return Instant(n * 1'000); }
  static constexpr Instant max() { return Instant(std::numeric_limits<std::int64_t>::max() / 2); }

  constexpr std::int64_t us() const { return us_; }
  /// Whole milliseconds since the epoch, rounded towards negative infinity: what System.currentTimeMillis() shows.
  constexpr std::int64_t ms() const { return Duration::us(us_).count_ms(); }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return Instant(t.us_ + d.count_us()); }
  friend constexpr Instant operator-(Instant t, Duration d) { return Instant(t.us_ - d.count_us()); }
  friend constexpr Duration operator-(Instant a, Instant b) { return Duration::us(a.us_ - b.us_); }
  constexpr Instant& operator+=(Duration d) { return *this = *this + d; }

 private:
  explicit constexpr Instant(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

struct WallClock;
struct MonoClock;
/// A host's wall clock: microseconds since 1970-01-01T00:00:00Z as that host believes.
using WallTime = Instant<WallClock>;
/// A host's monotonic clock: microseconds since an arbitrary origin of that host; never steps.
using MonoTime = Instant<MonoClock>;

/// "1474ms", "2min", "61192s": the largest unit that loses nothing, as scenarios write it.
std::string to_string(Duration d);

}  // namespace chronofault
