// A clock that runs straight: value(t) = value0 + (t - t0) x rate, in exact integers. Reading rounds down; asking when
// a value is reached rounds up, so when(v) is the first instant with at(when(v)) >= v.
#pragma once

#include <cstdint>

#include <sim/kernel/time.hpp>

namespace chronofault::sim {

class ClockLine {
 public:
  static constexpr std::int64_t ppm_of_standstill = -1'000'000;

  ClockLine(TrueTime t0, std::int64_t value0_us) : origin_(t0), value_(value0_us) {}

  std::int64_t at(TrueTime t) const noexcept;
  /// TrueTime::max() when it stands still before `value_us`.
  TrueTime when(std::int64_t value_us) const noexcept;

  /// From `now` on it runs (1,000,000 + ppm) us per second of true time.
  void set_rate(TrueTime now, std::int64_t ppm) noexcept;
  void step(TrueTime now, Duration by) noexcept;
  /// Starts a new piece at `now`: two clocks with pieces of one begin and rate then differ by a constant.
  void rebase(TrueTime now) noexcept { set_rate(now, ppm_); }
  std::int64_t ppm() const noexcept { return ppm_; }

 private:
  TrueTime origin_;
  std::int64_t value_;
  std::int64_t ppm_ = 0;
};

}  // namespace chronofault::sim
