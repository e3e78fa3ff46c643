#include <algorithm>
#include <chrono>
#include <limits>

#include <triggers/java_calendar.hpp>

namespace chronofault::triggers {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max() / 2;
constexpr std::int64_t year_max = 30'000;
constexpr std::int64_t instant_max_ms = (year_max - 1'970) * 365 * day_ms;
// No offset exceeds 24 hours: changes farther than this from a local time do not touch it.
constexpr std::int64_t reach_ms = 2 * day_ms;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

int held_year(std::int64_t year) { return static_cast<int>(std::clamp(year, -year_max, year_max)); }
std::int64_t held_instant(std::int64_t ms) { return std::clamp(ms, -instant_max_ms, instant_max_ms); }

std::int64_t epoch_day_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t months = year * 12 + month - 1;
  const std::int64_t y = floor_div(months, 12);
  const std::chrono::year_month_day first{std::chrono::year(held_year(y)),
                                          std::chrono::month(static_cast<unsigned>(months - y * 12 + 1)),
                                          std::chrono::day(1)};
  return std::chrono::sys_days(first).time_since_epoch().count() + day - 1;
}

std::int64_t ms_of(const TimeZone::Change& change) { return change.at.ms(); }
std::int64_t local_ms_of(const TimeZone::Change& change) { return change.at.ms() + change.offset.count_ms(); }

}  // namespace

bool is_leap_year(int year) { return std::chrono::year(year).is_leap(); }

int days_in_month(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int weekday_of(int year, int month, int day) {
  const std::int64_t days = epoch_day_of(year, month, day);
  return static_cast<int>((days % 7 + 11) % 7) + 1;
}

void ZoneOffsets::enter(std::size_t changes_before) {
  const auto& changes = zone_->changes();
  const bool first = changes_before == 0;
  offset_ms_ = (first ? zone_->first_offset() : changes[changes_before - 1].offset).count_ms();
  instant_from_ = first ? -no_limit : ms_of(changes[changes_before - 1]);
  local_from_ = first ? -no_limit : local_ms_of(changes[changes_before - 1]);
  instant_until_ = no_limit;
  local_until_ = no_limit;
  if (changes_before == changes.size()) return;
  instant_until_ = ms_of(changes[changes_before]);
  for (std::size_t i = changes_before; i < changes.size() && ms_of(changes[i]) <= instant_until_ + reach_ms; ++i) {
    local_until_ = std::min(local_until_, local_ms_of(changes[i]));
  }
}

std::int64_t ZoneOffsets::at_instant(std::int64_t ms) {
  if (ms < instant_from_ || ms >= instant_until_) {
    const auto& changes = zone_->changes();
    const auto after =
        std::upper_bound(changes.begin(), changes.end(), ms,
                         [](std::int64_t t, const TimeZone::Change& change) { return t < ms_of(change); });
    enter(static_cast<std::size_t>(after - changes.begin()));
  }
  return offset_ms_;
}

std::int64_t ZoneOffsets::at_local(std::int64_t ms) {
  if (ms < local_from_ || ms >= local_until_) {
    const auto& changes = zone_->changes();
    auto after = std::upper_bound(changes.begin(), changes.end(), ms + reach_ms,
                                  [](std::int64_t t, const TimeZone::Change& change) { return t < ms_of(change); });
    while (after != changes.begin() && local_ms_of(*std::prev(after)) > ms) --after;
    enter(static_cast<std::size_t>(after - changes.begin()));
  }
  return offset_ms_;
}

JavaCalendar::JavaCalendar(const TimeZone& zone, WallTime t) : offsets_(zone) { set_time_ms(t.ms()); }

void JavaCalendar::set_time_ms(std::int64_t ms) {
  instant_ = held_instant(ms);
  read_back(offsets_.at_instant(instant_));
  date_pending_ = false;
  time_pending_ = false;
  resolves_to_itself_ = offsets_.at_local(instant_ + offset_) == offset_;
}

void JavaCalendar::read_back(std::int64_t offset_ms) {
  offset_ = offset_ms;
  const std::int64_t local = instant_ + offset_ms;
  const std::int64_t days = floor_div(local, day_ms);
  if (days != epoch_day_ || date_pending_) {
    epoch_day_ = days;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    year_ = static_cast<int>(date.year());
    month_ = static_cast<int>(static_cast<unsigned>(date.month()));
    day_ = static_cast<int>(static_cast<unsigned>(date.day()));
  }
  const int rest = static_cast<int>(local - days * day_ms);
  const int seconds = rest / 1'000;
  millisecond_ = rest % 1'000;
  second_ = seconds % 60;
  minute_ = seconds / 60 % 60;
  hour_ = seconds / 3'600;
}

void JavaCalendar::resolve_pending() {
  const std::int64_t days = date_pending_ ? epoch_day_of(year_, month_, day_) : epoch_day_;
  const std::int64_t seconds = (std::int64_t{hour_} * 60 + minute_) * 60 + second_;
  const std::int64_t local = days * day_ms + seconds * 1'000 + millisecond_;
  const std::int64_t offset = offsets_.at_local(local);
  instant_ = held_instant(local - offset);
  read_back(offsets_.at_instant(instant_));
  date_pending_ = false;
  time_pending_ = false;
  // After a gap the fields are others than were set: they resolve to this instant once more only if no other change is
  // near, so they count as unsettled.
  resolves_to_itself_ = offset_ == offset;
}

void JavaCalendar::set_time_of_day(int hour, int minute, int second, int millisecond) {
  set_hour(hour);
  set_minute(minute);
  set_second(second);
  set_millisecond(millisecond);
}

void JavaCalendar::add_elapsed(Duration d) { set_time_ms(time_ms() + d.count_ms()); }

void JavaCalendar::add_days(std::int64_t n) {
  resolve();
  const std::int64_t day = epoch_day_ + n;
  const std::int64_t before = offset_;
  set_time_ms(instant_ + n * day_ms);
  const std::int64_t moved = before - offset_;
  if (moved == 0) return;
  set_time_ms(instant_ + moved);
  if (epoch_day_ != day) set_time_ms(instant_ - moved);
}

void JavaCalendar::add_months(int n) {
  resolve();
  const std::int64_t months = std::int64_t{year_} * 12 + month_ - 1 + n;
  const std::int64_t year = floor_div(months, 12);
  year_ = held_year(year);
  month_ = static_cast<int>(months - year * 12 + 1);
  date_pending_ = true;
  cut_day();
}

void JavaCalendar::add_years(int n) {
  resolve();
  year_ = held_year(std::int64_t{year_} + n);
  date_pending_ = true;
  cut_day();
}

void JavaCalendar::cut_day() { day_ = std::min(day_, days_in_month(year_, month_)); }

}  // namespace chronofault::triggers
