#include "yearly_rule.hpp"

#include <algorithm>
#include <charconv>

#include <date/date.h>

namespace chronofault::scenarios {
namespace {

class Text {
 public:
  explicit Text(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> number() {
    int value = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (read.ec != std::errc{} || value < 0 || value > 1'000) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    return value;
  }
  /// "CEST", "<+1030>".
  bool name() {
    const std::string_view all = rest_;
    if (take('<')) {
      rest_.remove_prefix(std::min(rest_.find('>'), rest_.size()));
      return take('>');
    }
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (is_letter(peek())) rest_.remove_prefix(1);
    return all.size() - rest_.size() >= 3;
  }
  /// "[+-]h[:m[:s]]".
  std::optional<Duration> time() {
    const bool negative = take('-');
    if (!negative) take('+');
    Duration time;
    for (const Duration unit : {Duration::hours(1), Duration::minutes(1), Duration::seconds(1)}) {
      if (unit != Duration::hours(1) && !take(':')) break;
      const auto value = number();
      if (!value) return std::nullopt;
      time += *value * unit;
    }
    return negative ? -time : time;
  }
  /// ",M3.5.0/2".
  std::optional<YearlyRule::Change> change() {
    if (!take(',') || !take('M')) return std::nullopt;
    const auto month = number();
    if (!month || !take('.')) return std::nullopt;
    const auto week = number();
    if (!week || !take('.')) return std::nullopt;
    const auto weekday = number();
    const bool in_range = *month >= 1 && *month <= 12 && *week >= 1 && *week <= 5 && weekday && *weekday <= 6;
    if (!in_range) return std::nullopt;
    const auto at = take('/') ? time() : Duration::hours(2);
    if (!at) return std::nullopt;
    return YearlyRule::Change{*month, *week, *weekday, *at};
  }

 private:
  std::string_view rest_;
};

/// Local midnight of the change's day, as if it were UTC.
WallTime day_of(const YearlyRule::Change& change, int year) {
  const date::year_month month = date::year(year) / change.month;
  const date::weekday weekday(static_cast<unsigned>(change.weekday));
  const date::sys_days day = change.week == 5 ? date::sys_days(month / weekday[date::last])
                                              : date::sys_days(month / weekday[static_cast<unsigned>(change.week)]);
  return WallTime::from_ms(day.time_since_epoch().count() * std::int64_t{86'400'000});
}

}  // namespace

std::optional<YearlyRule> YearlyRule::parse(std::string_view text) {
  Text in(text);
  YearlyRule rule;
  if (!in.name()) return std::nullopt;
  // POSIX counts to the west.
  const auto west = in.time();
  if (!west || !in.name()) return std::nullopt;
  rule.standard = -*west;
  rule.summer = rule.standard + Duration::hours(1);
  if (in.peek() != ',') {
    const auto summer_west = in.time();
    if (!summer_west) return std::nullopt;
    rule.summer = -*summer_west;
  }
  const auto to_summer = in.change();
  const auto to_standard = in.change();
  if (!to_summer || !to_standard || !in.at_end()) return std::nullopt;
  rule.to_summer = *to_summer;
  rule.to_standard = *to_standard;
  return rule;
}

std::vector<TimeZone::Change> YearlyRule::changes(int first, int last) const {
  std::vector<TimeZone::Change> changes;
  for (int year = first; year <= last; ++year) {
    changes.push_back({day_of(to_summer, year) + to_summer.time - standard, summer});
    changes.push_back({day_of(to_standard, year) + to_standard.time - summer, standard});
  }
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return changes;
}

}  // namespace chronofault::scenarios
