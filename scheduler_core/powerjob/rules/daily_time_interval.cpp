#include <algorithm>

#include <powerjob/json.hpp>
#include <powerjob/rules/daily_time_interval.hpp>

namespace chronofault::powerjob {

namespace {

std::optional<Duration> unit_of(const std::string& name) {
  if (name == "MILLISECONDS") return Duration::ms(1);
  if (name == "SECONDS") return Duration::seconds(1);
  if (name == "MINUTES") return Duration::minutes(1);
  if (name == "HOURS") return Duration::hours(1);
  if (name == "DAYS") return Duration::hours(24);
  return std::nullopt;
}

CivilTime at_time(CivilTime date, TimeOfDay time) {
  date.hour = time.hour;
  date.minute = time.minute;
  date.second = time.second;
  date.microsecond = 0;
  return date;
}

std::optional<TimeOfDay> time_member(const Json& json, const char* key) {
  const Json* value = json.find(key);
  const std::string* text = value == nullptr ? nullptr : value->get<std::string>();
  return text == nullptr ? std::nullopt : parse_time_of_day(*text);
}

}  // namespace

std::optional<TimeOfDay> parse_time_of_day(const std::string& text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto two_digits = [&](std::size_t at) {
    const char tens = text[at];
    const char ones = text[at + 1];
    const bool digits = tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9';
    return digits ? (tens - '0') * 10 + (ones - '0') : 99;
  };
  const TimeOfDay time{two_digits(0), two_digits(3), two_digits(6)};
  if (time.hour > 23 || time.minute > 59 || time.second > 59) return std::nullopt;
  return time;
}

bool DailyTimeInterval::day_allowed(int weekday) const {
  const bool every_day = std::none_of(days.begin(), days.end(), [](bool set) { return set; });
  return every_day || days[static_cast<std::size_t>(weekday)];
}

tl::expected<void, std::string> check(const DailyTimeInterval& rule) {
  if (rule.interval <= Duration{}) return tl::unexpected(std::string("interval must be positive"));
  if (rule.end < rule.start) return tl::unexpected(std::string("startTimeOfDay must not be after endTimeOfDay"));
  if (rule.days[0]) return tl::unexpected(std::string("daysOfWeek are 1 (Monday) to 7 (Sunday)"));
  return {};
}

tl::expected<DailyTimeInterval, std::string> parse_daily_time_interval(const std::string& json) {
  const auto parsed = Json::parse(json);
  if (!parsed) return tl::unexpected(parsed.error());
  DailyTimeInterval rule;

  const Json* interval = parsed->find("interval");
  const std::int64_t* count = interval == nullptr ? nullptr : interval->get<std::int64_t>();
  if (count == nullptr) return tl::unexpected(std::string("interval must be a whole number"));
  if (*count > 1'000'000'000) return tl::unexpected(std::string("interval is too large"));
  const Json* unit_name = parsed->find("intervalUnit");
  const std::string* name = unit_name == nullptr ? nullptr : unit_name->get<std::string>();
  const std::optional<Duration> unit = unit_of(name == nullptr ? "SECONDS" : *name);
  if (!unit) return tl::unexpected("intervalUnit " + *name + " is none of MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS");
  rule.interval = *unit * *count;

  const std::optional<TimeOfDay> start = time_member(*parsed, "startTimeOfDay");
  const std::optional<TimeOfDay> end = time_member(*parsed, "endTimeOfDay");
  if (!start || !end) return tl::unexpected(std::string("startTimeOfDay and endTimeOfDay must be \"HH:mm:ss\""));
  rule.start = *start;
  rule.end = *end;

  const Json* days = parsed->find("daysOfWeek");
  const Json::Array* list = days == nullptr ? nullptr : days->get<Json::Array>();
  if (list != nullptr) {
    for (const Json& day : *list) {
      const std::int64_t* number = day.get<std::int64_t>();
      const bool valid = number != nullptr && *number >= 1 && *number <= 7;
      rule.days[valid ? static_cast<std::size_t>(*number) : 0] = true;
    }
  }
  const auto checked = check(rule);
  if (!checked) return tl::unexpected(checked.error());
  return rule;
}

int weekday_of(int year, int month, int day) {
  CivilTime date;
  date.year = year;
  date.month = month;
  date.day = day;
  const std::int64_t days = utc().to_instant(date).earlier.us() / 86'400'000'000;  // since a Thursday
  return static_cast<int>(((days + 3) % 7 + 7) % 7) + 1;
}

WallTime earliest_allowed(const DailyTimeInterval& rule, WallTime t, const TimeZone& zone) {
  const CivilTime local = zone.to_civil(t);
  CivilTime date = at_time(local, TimeOfDay{});
  TimeOfDay time{local.hour, local.minute, local.second};
  for (bool first = true;; first = false) {
    if (rule.day_allowed(weekday_of(date.year, date.month, date.day)) && time <= rule.end) {
      if (first && rule.start <= time) return t;
      return zone.to_instant(at_time(date, rule.start)).earlier;
    }
    date = at_time(utc().to_civil(utc().to_instant(date).earlier + Duration::hours(24)), TimeOfDay{});
    time = TimeOfDay{};
  }
}

std::optional<WallTime> next_daily_trigger(const DailyTimeInterval& rule, WallTime previous, const LifeCycle& lifecycle,
                                           WallTime now, const TimeZone& zone) {
  const bool not_begun = lifecycle.start && *lifecycle.start > now && previous < *lifecycle.start;
  const WallTime from = not_begun ? *lifecycle.start : previous + rule.interval;
  const WallTime next = earliest_allowed(rule, from, zone);
  if (lifecycle.end && next > *lifecycle.end) return std::nullopt;
  return next;
}

}  // namespace chronofault::powerjob
