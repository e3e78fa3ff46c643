#include <ports/assert.hpp>
#include <sim/host/clock_line.hpp>

namespace chronofault::sim {

namespace {

__extension__ using Wide = __int128;
constexpr std::int64_t million = 1'000'000;

std::int64_t floor_div(Wide a, Wide b) noexcept {
  Wide quotient = a / b;
  if (a % b != 0 && (a < 0) != (b < 0)) --quotient;
  return static_cast<std::int64_t>(quotient);
}

}  // namespace

std::int64_t ClockLine::at(TrueTime t) const noexcept {
  const std::int64_t elapsed = (t - origin_).count_us();
  if (ppm_ == 0) return value_ + elapsed;
  return value_ + floor_div(Wide{elapsed} * (million + ppm_), million);
}

TrueTime ClockLine::when(std::int64_t value_us) const noexcept {
  if (value_us >= MonoTime::max().us() / 2) return TrueTime::max();
  const std::int64_t ahead = value_us - value_;
  if (ppm_ == 0) return origin_ + Duration::us(ahead);
  if (ppm_ == ppm_of_standstill) return ahead <= 0 ? origin_ : TrueTime::max();
  const Wide rate = million + ppm_;
  return origin_ + Duration::us(-floor_div(-(Wide{ahead} * million), rate));
}

void ClockLine::set_rate(TrueTime now, std::int64_t ppm) noexcept {
  CF_ASSERT(ppm >= ppm_of_standstill);
  value_ = at(now);
  origin_ = now;
  ppm_ = ppm;
}

void ClockLine::step(TrueTime now, Duration by) noexcept {
  value_ = at(now) + by.count_us();
  origin_ = now;
}

}  // namespace chronofault::sim
