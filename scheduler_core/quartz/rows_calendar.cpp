// A calendar as text, a line for itself and one for each base: kind, zone or '-', then what it excludes.
#include <charconv>
#include <sstream>

#include <quartz/tables.hpp>

namespace chronofault::quartz {

using namespace chronofault::triggers;

namespace {

std::string rule_text(const ExclusionCalendar::Rule& rule) {
  struct Writer {
    std::string operator()(const NothingExcluded&) const { return ""; }
    std::string operator()(const AnnualExclusion& annual) const {
      std::string text;
      for (std::size_t month = 0; month < annual.days.size(); ++month) {
        for (std::size_t day = 0; day < annual.days[month].size(); ++day) {
          if (annual.days[month].test(day)) text += " " + std::to_string(month * 100 + day);
        }
      }
      return text;
    }
    std::string operator()(const WeeklyExclusion& weekly) const { return " " + weekly.weekdays.to_string(); }
    std::string operator()(const MonthlyExclusion& monthly) const { return " " + monthly.days.to_string(); }
    std::string operator()(const HolidayExclusion& holiday) const {
      std::string text;
      for (const WallTime midnight : holiday.midnights) text += " " + std::to_string(midnight.ms());
      return text;
    }
    std::string operator()(const DailyExclusion& daily) const {
      std::string text = daily.inverted ? " 1" : " 0";
      for (const DailyExclusion::Time& t : {daily.from, daily.to}) {
        for (const int part : {t.hour, t.minute, t.second, t.millisecond}) text += " " + std::to_string(part);
      }
      return text;
    }
    std::string operator()(const CronExclusion& cron) const { return " " + cron.expression.text(); }
  };
  static constexpr const char* kinds[] = {"base", "annual", "weekly", "monthly", "holiday", "daily", "cron"};
  return kinds[rule.index()] + std::visit(Writer(), rule);
}

std::vector<std::int64_t> whole_numbers(std::istringstream& words) {
  std::vector<std::int64_t> all;
  std::int64_t number = 0;
  while (words >> number) all.push_back(number);
  return all;
}

template <std::size_t N>
std::bitset<N> bits(std::istringstream& words) {
  std::string text;
  words >> text;
  if (text.size() != N || text.find_first_not_of("01") != std::string::npos) throw UnreadableRow("no days: " + text);
  return std::bitset<N>(text);
}

DailyExclusion daily_range(const std::vector<std::int64_t>& numbers) {
  if (numbers.size() != 9) throw UnreadableRow("no range of a daily calendar");
  const auto time = [&numbers](std::size_t from) {
    return DailyExclusion::Time{static_cast<int>(numbers[from]), static_cast<int>(numbers[from + 1]),
                                static_cast<int>(numbers[from + 2]), static_cast<int>(numbers[from + 3])};
  };
  DailyExclusion daily;
  daily.inverted = numbers[0] != 0;
  daily.from = time(1);
  daily.to = time(5);
  return daily;
}

ExclusionCalendar::Rule rule_from(const std::string& kind, std::istringstream& words, const RowReader& reader) {
  if (kind == "base") return NothingExcluded();
  if (kind == "weekly") return WeeklyExclusion{bits<8>(words)};
  if (kind == "monthly") return MonthlyExclusion{bits<32>(words)};
  if (kind == "daily") return daily_range(whole_numbers(words));
  if (kind == "annual") {
    AnnualExclusion annual;
    for (const std::int64_t day : whole_numbers(words)) {
      annual.days.at(static_cast<std::size_t>(day / 100)).set(static_cast<std::size_t>(day % 100));
    }
    return annual;
  }
  if (kind == "holiday") {
    HolidayExclusion holiday;
    for (const std::int64_t midnight : whole_numbers(words)) holiday.midnights.insert(WallTime::from_ms(midnight));
    return holiday;
  }
  if (kind != "cron") throw UnreadableRow("no kind of calendar: " + kind);
  std::string text;
  std::getline(words >> std::ws, text);
  auto parsed = CronExpression::parse(text, CronDialect::quartz, reader.year_max);
  if (!parsed) throw UnreadableRow(parsed.error().message);
  return CronExclusion(std::move(*parsed));
}

}  // namespace

std::string to_text(const ExclusionCalendar& calendar) {
  std::string text;
  for (const ExclusionCalendar* next = &calendar; next != nullptr; next = next->base.get()) {
    text += (next->zone != nullptr ? next->zone->name() : "-") + " " + rule_text(next->rule) + "\n";
  }
  return text;
}

std::shared_ptr<const ExclusionCalendar> calendar_from_text(const std::string& text, const RowReader& reader) {
  std::vector<std::string> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) lines.push_back(line);
  std::shared_ptr<const ExclusionCalendar> calendar;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    std::istringstream words(*line);
    std::string zone;
    std::string kind;
    words >> zone >> kind;
    const TimeZone* own = zone == "-" ? nullptr : &reader.zone(zone);
    calendar = std::make_shared<ExclusionCalendar>(rule_from(kind, words, reader), own, std::move(calendar));
  }
  if (!calendar) throw UnreadableRow("no calendar");
  return calendar;
}

}  // namespace chronofault::quartz
