#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <ports/assert.hpp>
#include <ports/time_zone.hpp>

namespace chronofault {

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days since 1970-01-01 of a proleptic Gregorian date, by counting from 1 March of year 0 in eras of 400 years.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilTime civil_from_us(std::int64_t us) {
  const std::int64_t day_us = 86'400'000'000;
  const std::int64_t days = floor_div(us, day_us);
  std::int64_t rest = us - days * day_us;
  const std::int64_t z = days + 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t day_of_era = z - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = static_cast<int>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  civil.microsecond = static_cast<int>(rest % 1'000'000);
  rest /= 1'000'000;
  civil.second = static_cast<int>(rest % 60);
  rest /= 60;
  civil.minute = static_cast<int>(rest % 60);
  civil.hour = static_cast<int>(rest / 60);
  return civil;
}

WallTime as_if_utc(const CivilTime& civil) {
  const std::int64_t days = days_from_civil(civil.year, civil.month, civil.day);
  const std::int64_t seconds = ((days * 24 + civil.hour) * 60 + civil.minute) * 60 + civil.second;
  return WallTime::from_us(seconds * 1'000'000 + civil.microsecond);
}

}  // namespace

Duration TimeZone::offset_at(WallTime t) const noexcept {
  const auto after = std::upper_bound(changes_.begin(), changes_.end(), t,
                                      [](WallTime a, const Change& change) { return a < change.at; });
  return after == changes_.begin() ? first_ : std::prev(after)->offset;
}

CivilTime TimeZone::to_civil(WallTime t) const noexcept { return civil_from_us((t + offset_at(t)).us()); }

TimeZone::Local TimeZone::to_instant(const CivilTime& civil) const noexcept {
  using Kind = Local::Kind;
  const WallTime local = as_if_utc(civil);
  // No offset exceeds a day, so only the stretches of equal offset within a day of the guess matter.
  const WallTime from = local - Duration::hours(24);
  const WallTime to = local + Duration::hours(24);
  auto next = std::upper_bound(changes_.begin(), changes_.end(), from,
                               [](WallTime a, const Change& change) { return a < change.at; });
  Duration offset = offset_at(from);
  WallTime since = from;
  Local found{Kind::skipped, {}, {}};
  std::optional<WallTime> jump;
  while (true) {
    const bool last = next == changes_.end() || next->at > to;
    const WallTime until = last ? to + Duration::us(1) : next->at;
    const WallTime instant = local - offset;
    if (since <= instant && instant < until) {
      const bool first = found.kind == Kind::skipped;
      found = Local{first ? Kind::unique : Kind::repeated, first ? instant : found.earlier, instant};
    }
    if (last) break;
    if (!jump && next->at + offset <= local && local < next->at + next->offset) jump = next->at;
    since = next->at;
    offset = next->offset;
    ++next;
  }
  if (found.kind != Kind::skipped) return found;
  CF_ASSERT(jump.has_value());
  return Local{Kind::skipped, *jump, *jump};
}

std::string to_string(WallTime t, const TimeZone& zone, bool micros) {
  const CivilTime c = zone.to_civil(t);
  std::string text =
      fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
  return text + (micros ? fmt::format(".{:06}", c.microsecond) : fmt::format(".{:03}", c.microsecond / 1'000));
}

}  // namespace chronofault
