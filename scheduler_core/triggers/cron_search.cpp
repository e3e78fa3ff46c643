// Finding the next and the previous match: years, months and days by their sets, then the time of day, then the
// instant.
#include <array>

#include <triggers/cron.hpp>

namespace chronofault::triggers {

namespace {

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(int year, int month) {
  constexpr std::array<int, 13> days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month)];
}

/// 1 = Sunday .. 7 = Saturday (Sakamoto's method).
int weekday_of(int year, int month, int day) {
  constexpr std::array<int, 12> shift{0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
  const int y = month < 3 ? year - 1 : year;
  return (y + y / 4 - y / 100 + y / 400 + shift[static_cast<std::size_t>(month - 1)] + day) % 7 + 1;
}

/// Monday to Friday nearest to a day of the month, within the month.
int nearest_weekday(int year, int month, int day) {
  const int weekday = weekday_of(year, month, day);
  if (weekday == 7) return day == 1 ? day + 2 : day - 1;
  if (weekday == 1) return day == days_in(year, month) ? day - 2 : day + 1;
  return day;
}

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
std::optional<TimeOfDay> next_time(const CronExpression::Fields& f, TimeOfDay t) {
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
std::optional<TimeOfDay> previous_time(const CronExpression::Fields& f, TimeOfDay t) {
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

}  // namespace

bool CronExpression::day_matches(int year, int month, int day) const {
  const auto d = static_cast<std::size_t>(day);
  const int weekday = weekday_of(year, month, day);
  const auto w = static_cast<std::size_t>(weekday);
  const int last = days_in(year, month);

  bool by_day = fields_.any_day || fields_.days.test(d);
  if (!by_day && fields_.last_day_offset && last - *fields_.last_day_offset >= 1) {
    const int wanted = last - *fields_.last_day_offset;
    by_day = day == (fields_.last_day_weekday ? nearest_weekday(year, month, wanted) : wanted);
  }
  for (int near = 1; !by_day && near <= last; ++near) {
    by_day = fields_.nearest_weekdays.test(static_cast<std::size_t>(near)) && day == nearest_weekday(year, month, near);
  }
  if (!by_day) return false;

  if (fields_.any_weekday || fields_.weekdays.test(w)) return true;
  if (fields_.last_weekdays.test(w) && day + 7 > last) return true;
  return fields_.nth_weekdays[(day - 1) / 7 + 1].test(w);
}

std::optional<WallTime> CronExpression::next_after(WallTime t, const TimeZone& zone) const {
  const WallTime first =
      WallTime::from_us(t.us() - (t.us() % 1'000'000 + 1'000'000) % 1'000'000) + Duration::seconds(1);
  const CivilTime from = zone.to_civil(first);
  for (int year = from.year < first_year ? first_year : from.year; year <= last_year; ++year) {
    if (!fields_.years.test(static_cast<std::size_t>(year - first_year))) continue;
    const bool same_year = year == from.year;
    for (int month = same_year ? from.month : 1; month <= 12; ++month) {
      if (!fields_.months.test(static_cast<std::size_t>(month))) continue;
      const bool same_month = same_year && month == from.month;
      for (int day = same_month ? from.day : 1; day <= days_in(year, month); ++day) {
        if (!day_matches(year, month, day)) continue;
        const bool same_day = same_month && day == from.day;
        std::optional<TimeOfDay> time =
            next_time(fields_, same_day ? TimeOfDay{from.hour, from.minute, from.second} : TimeOfDay{0, 0, 0});
        while (time) {
          const WallTime found = instant_of(civil(year, month, day, *time), zone);
          // Not so inside the second of two equal local hours.
          if (found > t) return found;
          time = next_time(fields_, TimeOfDay{time->hour, time->minute, time->second + 1});
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<WallTime> CronExpression::previous_before(WallTime t, const TimeZone& zone) const {
  const CivilTime from = zone.to_civil(t - Duration::us(1));
  for (int year = from.year > last_year ? last_year : from.year; year >= first_year; --year) {
    if (!fields_.years.test(static_cast<std::size_t>(year - first_year))) continue;
    const bool same_year = year == from.year;
    for (int month = same_year ? from.month : 12; month >= 1; --month) {
      if (!fields_.months.test(static_cast<std::size_t>(month))) continue;
      const bool same_month = same_year && month == from.month;
      for (int day = same_month ? from.day : days_in(year, month); day >= 1; --day) {
        if (!day_matches(year, month, day)) continue;
        const bool same_day = same_month && day == from.day;
        std::optional<TimeOfDay> time =
            previous_time(fields_, same_day ? TimeOfDay{from.hour, from.minute, from.second} : TimeOfDay{23, 59, 59});
        while (time) {
          const WallTime found = instant_of(civil(year, month, day, *time), zone);
          if (found < t) return found;
          const int seconds = time->hour * 3600 + time->minute * 60 + time->second - 1;
          if (seconds < 0) break;
          time = previous_time(fields_, TimeOfDay{seconds / 3600, seconds / 60 % 60, seconds % 60});
        }
      }
    }
  }
  return std::nullopt;
}

bool CronExpression::matches(WallTime t, const TimeZone& zone) const {
  const CivilTime c = zone.to_civil(t);
  if (c.microsecond != 0 || c.year < first_year || c.year > last_year) return false;
  const auto in = [](const auto& set, int value) { return set.test(static_cast<std::size_t>(value)); };
  return in(fields_.years, c.year - first_year) && in(fields_.months, c.month) && day_matches(c.year, c.month, c.day) &&
         in(fields_.hours, c.hour) && in(fields_.minutes, c.minute) && in(fields_.seconds, c.second);
}

}  // namespace chronofault::triggers
