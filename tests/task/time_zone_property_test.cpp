// Random tables of offsets, also with changes close to each other: civil time and instants invert each other.
#include <algorithm>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/time_zone.hpp>
#include <support/property.hpp>

using namespace chronofault;

namespace {

TimeZone arbitrary_zone() {
  const auto offset = [] { return Duration::minutes(*rc::gen::inRange(-24 * 60, 24 * 60 + 1)); };
  const Duration first = offset();
  std::vector<TimeZone::Change> changes;
  WallTime at = WallTime::from_us(0);
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    at += Duration::minutes(*rc::gen::inRange(1, *rc::gen::element(90, 3 * 1440, 200 * 1440)));
    changes.push_back(TimeZone::Change{at, offset()});
  }
  return TimeZone("Test/Random", first, changes);
}

bool same(const CivilTime& a, const CivilTime& b) {
  return a.year == b.year && a.month == b.month && a.day == b.day && a.hour == b.hour && a.minute == b.minute &&
         a.second == b.second && a.microsecond == b.microsecond;
}

}  // namespace

TEST_CASE("every instant is among those at which its civil time is shown", "[time][property]") {
  support::check_property("round trip", [] {
    const TimeZone zone = arbitrary_zone();
    const WallTime t = WallTime::from_us(*rc::gen::inRange<std::int64_t>(-40'000'000'000'000, 140'000'000'000'000));
    const CivilTime civil = zone.to_civil(t);
    const auto local = zone.to_instant(civil);
    RC_ASSERT(local.kind != TimeZone::Local::Kind::skipped);
    RC_ASSERT(local.earlier <= t);
    RC_ASSERT(t <= local.later);
    RC_ASSERT(same(zone.to_civil(local.earlier), civil));
    RC_ASSERT(same(zone.to_civil(local.later), civil));
    RC_ASSERT((local.earlier == local.later) == (local.kind == TimeZone::Local::Kind::unique));
  });
}

TEST_CASE("what to_instant says is what a search minute by minute finds", "[time][property]") {
  support::check_property(
      "search",
      [] {
        const TimeZone zone = arbitrary_zone();
        const WallTime around =
            WallTime::from_us(*rc::gen::inRange<std::int64_t>(-2 * 1'440, 100 * 1'440) * 60'000'000);
        const CivilTime civil = utc().to_civil(around);
        std::vector<WallTime> found;
        std::optional<WallTime> jump;
        for (WallTime t = around - 24_h - 1_min; t <= around + 24_h + 1_min; t += 1_min) {
          if (t + zone.offset_at(t) == around) found.push_back(t);
          const bool passed = t - 1_min + zone.offset_at(t - 1_min) < around && t + zone.offset_at(t) > around;
          if (passed && !jump) jump = t;
        }
        const auto local = zone.to_instant(civil);
        if (found.empty()) {
          RC_ASSERT(local.kind == TimeZone::Local::Kind::skipped);
          RC_ASSERT(local.earlier == jump.value());
          RC_ASSERT(local.later == jump.value());
        } else {
          RC_ASSERT(local.earlier == found.front());
          RC_ASSERT(local.later == found.back());
        }
      },
      {.cases_percent = 100});
}
