#include "until.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace chronofault::cli {
namespace {

/// Takes digits off the front: exactly `digits` of them, or at least one if that is 0.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t digits = 0) {
  std::int64_t number = 0;
  const std::string_view head = digits == 0 ? text : text.substr(0, digits);
  const auto [end, error] = std::from_chars(head.data(), head.data() + head.size(), number);
  const auto used = static_cast<std::size_t>(end - head.data());
  if (error != std::errc{} || used == 0 || head.front() == '-' || (digits != 0 && used != digits)) return std::nullopt;
  text.remove_prefix(used);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Duration> read_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units{
      {{"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}}};
  const auto number = take_number(text);
  if (!number || *number > 1'000'000'000) return std::nullopt;
  for (const auto& [unit, us] : units) {
    if (text == unit) return Duration::us(*number * us);
  }
  return std::nullopt;
}

/// "04:00:13.959", "04:00": since midnight.
std::optional<Duration> take_time(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  Duration time = Duration::hours(*hour) + Duration::minutes(*minute);
  if (!take(text, ':')) return time;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  time += Duration::seconds(*second);
  if (!take(text, '.')) return time;
  std::int64_t unit = 1'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && unit > 1) {
    unit /= 10;
    time += Duration::us((text.front() - '0') * unit);
    text.remove_prefix(1);
  }
  return time;
}

/// "2022-02-25": days since 1970-01-01, as an instant of UTC.
std::optional<WallTime> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *day < 1 || *day > 31) return std::nullopt;
  CivilTime civil;
  civil.year = static_cast<int>(*year);
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  return utc().to_instant(civil).earlier;
}

/// "", "Z" or "+08:00" at the end.
std::optional<Duration> read_offset(std::string_view text, Duration standard) {
  if (text.empty()) return standard;
  if (text == "Z") return Duration{};
  const bool behind = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto offset = take_time(text);
  if (!offset || !text.empty()) return std::nullopt;
  return behind ? -*offset : *offset;
}

std::optional<sim::TrueTime> read_instant(std::string_view text, const scenarios::Plan& plan) {
  if (text.starts_with('+')) {
    const auto after = read_duration(text.substr(1));
    if (!after) return std::nullopt;
    return plan.start + *after;
  }
  constexpr std::size_t date_length = 10;
  if (text.size() > date_length && (text[date_length] == 'T' || text[date_length] == ' ')) {
    const auto date = take_date(text);
    if (!date) return std::nullopt;
    text.remove_prefix(1);
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    const auto offset = read_offset(text, plan.utc_offset);
    if (!offset) return std::nullopt;
    return sim::TrueTime::from_us((*date + *time - *offset).us());
  }
  const auto time = take_time(text);
  if (!time || !text.empty()) return std::nullopt;
  const Duration day = Duration::hours(24);
  const Duration local = Duration::us(plan.start.us()) + plan.utc_offset;
  sim::TrueTime at = plan.start - (local % day) + *time;
  return at < plan.start ? at + day : at;
}

}  // namespace

tl::expected<void, std::string> read_until(const std::string& text, const scenarios::Plan& plan,
                                           scenarios::RunOptions& options) {
  std::uint64_t step = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (error == std::errc{} && end == text.data() + text.size()) {
    if (step == 0) return tl::make_unexpected(std::string("--until 0: steps count from 1"));
    options.stop_at_step = step;
    return {};
  }
  const auto at = read_instant(text, plan);
  if (!at) {
    return tl::make_unexpected(fmt::format(
        "--until '{}' is neither a step nor an instant; expected 5000, 04:00:13, 2022-02-25T04:00:13 or +90s", text));
  }
  if (*at <= plan.start) {
    return tl::make_unexpected(
        fmt::format("--until '{}' is not after the start, {}", text, faults::to_string(plan.start, plan.utc_offset)));
  }
  options.stop_at = *at;
  return {};
}

}  // namespace chronofault::cli
