// Finding the next and the previous match: years, months and days by their sets, then the time of day, then the
// instant.
#include <algorithm>
#include <bit>

#include <triggers/java_calendar.hpp>

#include "cron.hpp"

namespace chronofault::triggers::powerjob_cron {
namespace {

/// The days of one month on which an expression fires: bit d is day d.
class Month {
 public:
  Month(const PowerJobFields& fields, int year, int month)
      : length_(days_in_month(year, month)), first_weekday_(weekday_of(year, month, 1)) {
    for (int day = 1; day <= length_; ++day) {
      if (by_weekday(fields, day)) days_ |= bit(day);
    }
    days_ &= by_day(fields);
  }

  bool has(int day) const { return (days_ & bit(day)) != 0; }
  /// 0: none.
  int next(int from) const {
    const std::uint32_t left = from > length_ ? 0 : days_ & (~std::uint32_t{0} << from);
    return left == 0 ? 0 : std::countr_zero(left);
  }
  int previous(int from) const {
    const std::uint32_t left = days_ & ~(~std::uint32_t{1} << std::min(from, length_));
    return left == 0 ? 0 : 31 - std::countl_zero(left);
  }

 private:
  static std::uint32_t bit(int day) { return std::uint32_t{1} << day; }
  int weekday(int day) const { return (first_weekday_ + day - 2) % 7 + 1; }

  /// Monday to Friday nearest to a day of the month, within the month.
  int nearest_weekday(int day) const {
    if (weekday(day) == 7) return day == 1 ? day + 2 : day - 1;
    if (weekday(day) == 1) return day == length_ ? day - 2 : day + 1;
    return day;
  }

  std::uint32_t by_day(const PowerJobFields& fields) const {
    if (fields.any_day) return ~std::uint32_t{0};
    auto days = static_cast<std::uint32_t>(fields.days.to_ulong());
    if (fields.last_day_offset && length_ > *fields.last_day_offset) {
      const int wanted = length_ - *fields.last_day_offset;
      days |= bit(fields.last_day_weekday ? nearest_weekday(wanted) : wanted);
    }
    if (fields.nearest_weekdays.none()) return days;
    for (int day = 1; day <= length_; ++day) {
      if (fields.nearest_weekdays.test(static_cast<std::size_t>(day))) days |= bit(nearest_weekday(day));
    }
    return days;
  }

  bool by_weekday(const PowerJobFields& fields, int day) const {
    const auto w = static_cast<std::size_t>(weekday(day));
    if (fields.any_weekday || fields.weekdays.test(w)) return true;
    if (fields.last_weekdays.test(w) && day + 7 > length_) return true;
    return fields.nth_weekdays[static_cast<std::size_t>((day - 1) / 7 + 1)].test(w);
  }

  int length_;
  int first_weekday_;
  std::uint32_t days_ = 0;
};

template <std::size_t N>
int next_set(const std::bitset<N>& set, int from) {
  for (int i = from; i < static_cast<int>(N); ++i) {
    if (i >= 0 && set.test(static_cast<std::size_t>(i))) return i;
  }
  return -1;
}
template <std::size_t N>
int previous_set(const std::bitset<N>& set, int from) {
  for (int i = from; i >= 0; --i) {
    if (i < static_cast<int>(N) && set.test(static_cast<std::size_t>(i))) return i;
  }
  return -1;
}

struct TimeOfDay {
  int hour;
  int minute;
  int second;
};

/// The first time of day at or after `t`.
std::optional<TimeOfDay> next_time(const PowerJobFields& f, TimeOfDay t) {
  int hour = next_set(f.hours, t.hour);
  if (hour < 0) return std::nullopt;
  if (hour > t.hour) t = {hour, 0, 0};
  int minute = next_set(f.minutes, t.minute);
  if (minute < 0) {
    hour = next_set(f.hours, hour + 1);
    if (hour < 0) return std::nullopt;
    return TimeOfDay{hour, next_set(f.minutes, 0), next_set(f.seconds, 0)};
  }
  if (minute > t.minute) t.second = 0;
  const int second = next_set(f.seconds, t.second);
  if (second >= 0) return TimeOfDay{hour, minute, second};
  return next_time(f, minute < 59 ? TimeOfDay{hour, minute + 1, 0} : TimeOfDay{hour + 1, 0, 0});
}

/// The last time of day at or before `t`.
std::optional<TimeOfDay> previous_time(const PowerJobFields& f, TimeOfDay t) {
  const int hour = previous_set(f.hours, t.hour);
  if (hour < 0) return std::nullopt;
  if (hour < t.hour) t = {hour, 59, 59};
  const int minute = previous_set(f.minutes, t.minute);
  if (minute < 0) return hour == 0 ? std::nullopt : previous_time(f, {hour - 1, 59, 59});
  if (minute < t.minute) t.second = 59;
  const int second = previous_set(f.seconds, t.second);
  if (second >= 0) return TimeOfDay{hour, minute, second};
  if (minute > 0) return previous_time(f, {hour, minute - 1, 59});
  return hour == 0 ? std::nullopt : previous_time(f, {hour - 1, 59, 59});
}

CivilTime civil(int year, int month, int day, TimeOfDay t) {
  CivilTime c;
  c.year = year;
  c.month = month;
  c.day = day;
  c.hour = t.hour;
  c.minute = t.minute;
  c.second = t.second;
  return c;
}

/// The instant of a local time; one that the zone skips is as late after the jump as it would have been after its
/// beginning (02:30 becomes 03:30).
WallTime instant_of(const CivilTime& local, const TimeZone& zone) {
  const TimeZone::Local found = zone.to_instant(local);
  if (found.kind != TimeZone::Local::Kind::skipped) return found.earlier;
  const Duration before = zone.offset_at(found.earlier - Duration::us(1));
  return utc().to_instant(local).earlier - before;
}

constexpr int first_year = PowerJobFields::first_year;
constexpr int last_year = PowerJobFields::last_year;

}  // namespace

std::optional<WallTime> next_after(const PowerJobFields& fields, WallTime t, const TimeZone& zone) {
  const WallTime first =
      WallTime::from_us(t.us() - (t.us() % 1'000'000 + 1'000'000) % 1'000'000) + Duration::seconds(1);
  const CivilTime from = zone.to_civil(first);
  for (int year = from.year < first_year ? first_year : from.year; year <= last_year; ++year) {
    if (!fields.years.test(static_cast<std::size_t>(year - first_year))) continue;
    const bool same_year = year == from.year;
    for (int month = same_year ? from.month : 1; month <= 12; ++month) {
      if (!fields.months.test(static_cast<std::size_t>(month))) continue;
      const bool same_month = same_year && month == from.month;
      const Month days(fields, year, month);
      for (int day = days.next(same_month ? from.day : 1); day != 0; day = days.next(day + 1)) {
        const bool same_day = same_month && day == from.day;
        std::optional<TimeOfDay> time =
            next_time(fields, same_day ? TimeOfDay{from.hour, from.minute, from.second} : TimeOfDay{0, 0, 0});
        while (time) {
          const WallTime found = instant_of(civil(year, month, day, *time), zone);
          // Not so inside the second of two equal local hours.
          if (found > t) return found;
          time = next_time(fields, TimeOfDay{time->hour, time->minute, time->second + 1});
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<WallTime> previous_before(const PowerJobFields& fields, WallTime t, const TimeZone& zone) {
  const CivilTime from = zone.to_civil(t - Duration::us(1));
  for (int year = from.year > last_year ? last_year : from.year; year >= first_year; --year) {
    if (!fields.years.test(static_cast<std::size_t>(year - first_year))) continue;
    const bool same_year = year == from.year;
    for (int month = same_year ? from.month : 12; month >= 1; --month) {
      if (!fields.months.test(static_cast<std::size_t>(month))) continue;
      const bool same_month = same_year && month == from.month;
      const Month days(fields, year, month);
      for (int day = days.previous(same_month ? from.day : 31); day != 0; day = days.previous(day - 1)) {
        const bool same_day = same_month && day == from.day;
        std::optional<TimeOfDay> time =
            previous_time(fields, same_day ? TimeOfDay{from.hour, from.minute, from.second} : TimeOfDay{23, 59, 59});
        while (time) {
          const WallTime found = instant_of(civil(year, month, day, *time), zone);
          if (found < t) return found;
          const int seconds = time->hour * 3600 + time->minute * 60 + time->second - 1;
          if (seconds < 0) break;
          time = previous_time(fields, TimeOfDay{seconds / 3600, seconds / 60 % 60, seconds % 60});
        }
      }
    }
  }
  return std::nullopt;
}

bool matches(const PowerJobFields& fields, WallTime t, const TimeZone& zone) {
  const CivilTime c = zone.to_civil(t);
  if (c.microsecond != 0 || c.year < first_year || c.year > last_year) return false;
  const auto in = [](const auto& set, int value) { return set.test(static_cast<std::size_t>(value)); };
  return in(fields.years, c.year - first_year) && in(fields.months, c.month) &&
         Month(fields, c.year, c.month).has(c.day) && in(fields.hours, c.hour) && in(fields.minutes, c.minute) &&
         in(fields.seconds, c.second);
}

}  // namespace chronofault::triggers::powerjob_cron
