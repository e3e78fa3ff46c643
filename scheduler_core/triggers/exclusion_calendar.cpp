#include <charconv>
#include <vector>

#include <fmt/format.h>

#include <triggers/errors.hpp>
#include <triggers/exclusion_calendar.hpp>

#include "exclusion_days.hpp"

namespace chronofault::triggers {
namespace {

void refuse_epoch(WallTime t) {
  if (t.ms() <= 0) throw IllegalArgument("timeStamp must be greater 0");
}

template <std::size_t N>
bool all_excluded(const std::bitset<N>& days) {
  return days.count() >= N - 1 && !days.test(0);
}

bool daily_includes(const ExclusionCalendar& calendar, const DailyExclusion& rule, WallTime t,
                    const TriggerContext& context) {
  const WallTime from = at_time(calendar, t, rule.from, context);
  const WallTime to = at_time(calendar, t, rule.to, context);
  if (rule.inverted) return from <= t && t <= to;
  const WallTime begin = at_time(calendar, t, {}, context);
  const WallTime end = at_time(calendar, t, end_of_day, context);
  return (begin < t && t < from) || (to < t && t < end);
}

DailyExclusion::Time time_from(std::string_view text) {
  std::vector<int> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    int number = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + end, number);
    if (end > at && (read.ec != std::errc{} || read.ptr != text.data() + end)) {
      throw IllegalArgument(fmt::format("For input string: \"{}\"", text.substr(at, end - at)));
    }
    if (end > at) numbers.push_back(number);
    at = end + 1;
  }
  if (numbers.size() < 2 || numbers.size() > 4) throw IllegalArgument(fmt::format("Invalid time string '{}'", text));
  numbers.resize(4);
  const auto check = [](const char* what, int value, int most) {
    if (value < 0 || value > most) throw IllegalArgument(fmt::format("{}{}", what, value));
  };
  check("Invalid hour of day: ", numbers[0], 23);
  check("Invalid minute: ", numbers[1], 59);
  check("Invalid second: ", numbers[2], 59);
  check("Invalid millis: ", numbers[3], 999);
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::string text_of(const DailyExclusion::Time& time) {
  return fmt::format("{:02}:{:02}:{:02}:{:03}", time.hour, time.minute, time.second, time.millisecond);
}

}  // namespace

void HolidayExclusion::add(WallTime t, const TimeZone& zone) {
  JavaCalendar day(zone, t);
  day.set_time_of_day(0, 0, 0, 0);
  midnights.insert(day.time());
}

DailyExclusion DailyExclusion::between(std::string_view from, std::string_view to, bool inverted) {
  const DailyExclusion daily{time_from(from), time_from(to), inverted};
  if (daily.from >= daily.to) {
    const auto plain = [](const Time& t) {
      return fmt::format("{}:{}:{}:{}", t.hour, t.minute, t.second, t.millisecond);
    };
    throw IllegalArgument("Invalid time range: " + plain(daily.from) + " - " + plain(daily.to));
  }
  return daily;
}

std::string DailyExclusion::range() const { return text_of(from) + " - " + text_of(to); }

bool base_includes(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  refuse_epoch(t);
  return calendar.base == nullptr || included(*calendar.base, t, context);
}

bool day_excluded(const ExclusionCalendar& calendar, JavaCalendar& day, const TriggerContext& context) {
  if (const auto* annual = std::get_if<AnnualExclusion>(&calendar.rule)) {
    if (!base_includes(calendar, day.time(), context)) return true;
    return annual->days[static_cast<std::size_t>(day.month())].test(static_cast<std::size_t>(day.day()));
  }
  if (const auto* weekly = std::get_if<WeeklyExclusion>(&calendar.rule)) {
    return weekly->weekdays.test(static_cast<std::size_t>(day.weekday()));
  }
  return std::get<MonthlyExclusion>(calendar.rule).days.test(static_cast<std::size_t>(day.day()));
}

bool included(const ExclusionCalendar& calendar, WallTime t, const TriggerContext& context) {
  if (const auto* daily = std::get_if<DailyExclusion>(&calendar.rule)) {
    if (calendar.base != nullptr && !included(*calendar.base, t, context)) return false;
    return daily_includes(calendar, *daily, t, context);
  }
  if (const auto* cron = std::get_if<CronExclusion>(&calendar.rule)) {
    if (calendar.base != nullptr && !included(*calendar.base, t, context)) return false;
    const TimeZone& zone = calendar.zone != nullptr ? *calendar.zone : *context.zone;
    return !cron->expression.satisfied_by(t, zone, context.now);
  }
  const auto* weekly = std::get_if<WeeklyExclusion>(&calendar.rule);
  const auto* monthly = std::get_if<MonthlyExclusion>(&calendar.rule);
  if ((weekly && all_excluded(weekly->weekdays)) || (monthly && all_excluded(monthly->days))) return false;
  if (!base_includes(calendar, t, context)) return false;
  if (std::holds_alternative<NothingExcluded>(calendar.rule)) return true;
  if (const auto* holiday = std::get_if<HolidayExclusion>(&calendar.rule)) {
    return !holiday->midnights.contains(start_of_day(calendar, t, context).time());
  }
  JavaCalendar day = java_calendar(calendar, t, context);
  return !day_excluded(calendar, day, context);
}

bool excludes_everything(const ExclusionCalendar& calendar) {
  const auto* weekly = std::get_if<WeeklyExclusion>(&calendar.rule);
  const auto* monthly = std::get_if<MonthlyExclusion>(&calendar.rule);
  if ((weekly && all_excluded(weekly->weekdays)) || (monthly && all_excluded(monthly->days))) return true;
  return calendar.base != nullptr && excludes_everything(*calendar.base);
}

}  // namespace chronofault::triggers
