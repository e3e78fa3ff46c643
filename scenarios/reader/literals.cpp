#include "literals.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace chronofault::scenarios {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t day_us = 86'400 * million;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The digits at the front, at most `most` of them.
std::optional<std::int64_t> digits(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t n = 0;
  std::int64_t value = 0;
  while (n < text.size() && n < most && is_digit(text[n])) value = value * 10 + (text[n++] - '0');
  if (n < least) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// A number with decimals times `scale`, exactly; none if digits would be lost or it is too large.
std::optional<std::int64_t> scaled(std::string_view text, std::int64_t scale) {
  const bool negative = skip(text, '-');
  const auto whole = digits(text, 1, 18);
  if (!whole) return std::nullopt;
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  if (skip(text, '.')) {
    if (text.empty() || text.size() > 15) return std::nullopt;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
      numerator = numerator * 10 + (text.front() - '0');
      denominator *= 10;
    }
  }
  if (!text.empty()) return std::nullopt;
  const Wide fraction = static_cast<Wide>(numerator) * scale;
  if (fraction % denominator != 0) return std::nullopt;
  const Wide value = static_cast<Wide>(*whole) * scale + fraction / denominator;
  if (value > literal_max) return std::nullopt;
  return static_cast<std::int64_t>(negative ? -value : value);
}

template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text,
                                      const std::array<std::pair<std::string_view, std::int64_t>, N>& units) {
  std::size_t n = 0;
  while (n < text.size() && !is_letter(text[n])) ++n;
  for (const auto& [name, scale] : units) {
    if (text.substr(n) == name) return scaled(text.substr(0, n), scale);
  }
  return std::nullopt;
}

/// Days from 1970-01-01 (proleptic Gregorian); none: no such date.
std::optional<std::int64_t> days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month < 1 || month > 12 || day < 1) return std::nullopt;
  static constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > lengths[static_cast<std::size_t>(month - 1)] + (leap && month == 2 ? 1 : 0)) return std::nullopt;
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t of_era = y % 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return y / 400 * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

/// "HH:MM", "HH:MM:SS" or with up to six decimals, in microseconds; what follows is left in `text`.
std::optional<std::int64_t> time_of_day(std::string_view& text) {
  const auto hour = digits(text, 2, 2);
  if (!hour || *hour > 23 || !skip(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t us = (*hour * 60 + *minute) * 60 * million;
  if (!skip(text, ':')) return us;
  const auto second = digits(text, 2, 2);
  if (!second || *second > 59) return std::nullopt;
  us += *second * million;
  if (!skip(text, '.')) return us;
  const std::size_t before = text.size();
  auto fraction = digits(text, 1, 6);
  if (!fraction || (!text.empty() && is_digit(text.front()))) return std::nullopt;
  for (std::size_t n = before - text.size(); n < 6; ++n) *fraction *= 10;
  return us + *fraction;
}

}  // namespace

bool in_calendar(sim::TrueTime instant) {
  constexpr sim::TrueTime year_2100 = sim::TrueTime::from_us(std::int64_t{4'102'444'800} * million);
  return instant >= sim::TrueTime::from_us(0) && instant < year_2100;
}

std::optional<std::int64_t> parse_integer(std::string_view text) { return scaled(text, 1); }

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.back() == '%') return scaled(text.substr(0, text.size() - 1), million / 100);
  return scaled(text, million);
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units = {
      {{"us", 1}, {"ms", 1'000}, {"s", million}, {"min", 60 * million}, {"h", 3'600 * million}, {"d", day_us}}};
  if (text == "0") return Duration{};
  const auto us = with_unit(text, units);
  if (!us) return std::nullopt;
  return Duration::us(*us);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t>, 10> units = {{{"", 1},
                                                                                       {"B", 1},
                                                                                       {"kB", 1'000},
                                                                                       {"MB", million},
                                                                                       {"GB", 1'000 * million},
                                                                                       {"TB", million * million},
                                                                                       {"KiB", 1 << 10},
                                                                                       {"MiB", 1 << 20},
                                                                                       {"GiB", 1 << 30},
                                                                                       {"TiB", std::int64_t{1} << 40}}};
  const auto bytes = with_unit(text, units);
  return bytes && *bytes >= 0 ? bytes : std::nullopt;
}

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value - value == 0)) return std::nullopt;
  return value;
}

std::optional<Duration> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return Duration{};
  const bool west = !text.empty() && text.front() == '-';
  if (text.empty() || (text.front() != '+' && !west)) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = digits(text, 2, 2);
  skip(text, ':');
  const auto minutes = digits(text, 2, 2);
  if (!hours || !minutes || *hours > 18 || *minutes > 59 || !text.empty()) return std::nullopt;
  const Duration size = Duration::minutes(*hours * 60 + *minutes);
  return west ? -size : size;
}

std::optional<sim::TrueTime> parse_dated(std::string_view text, const TimeFrame* frame, Duration* offset) {
  const auto year = digits(text, 4, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const auto month = digits(text, 2, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const auto day = digits(text, 2, 2);
  if (!day) return std::nullopt;
  const auto days = days_of(*year, *month, *day);
  if (!days || (!skip(text, 'T') && !skip(text, ' '))) return std::nullopt;
  const auto time = time_of_day(text);
  if (!time) return std::nullopt;
  std::optional<Duration> from_utc;
  if (text.empty()) {
    if (frame != nullptr) from_utc = frame->utc_offset;
  } else {
    from_utc = parse_offset(text);
  }
  if (!from_utc) return std::nullopt;
  if (offset != nullptr) *offset = *from_utc;
  return sim::TrueTime::from_us(*days * day_us + *time - from_utc->count_us());
}

std::optional<sim::TrueTime> parse_instant(std::string_view text, const TimeFrame& frame) {
  if (const auto dated = parse_dated(text, &frame)) return dated;
  const auto time = time_of_day(text);
  if (!time || !text.empty()) return std::nullopt;
  const std::int64_t local = frame.start.us() + frame.utc_offset.count_us();
  const std::int64_t since_midnight = (local % day_us + day_us) % day_us;
  const std::int64_t wait = (*time - since_midnight + day_us) % day_us;
  return frame.start + Duration::us(wait);
}

std::string offset_text(Duration offset) {
  const std::int64_t minutes = offset.count_us() / 60'000'000;
  const std::int64_t size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

bool is_ip(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && !skip(text, '.')) return false;
    const auto number = digits(text, 1, 3);
    if (!number || *number > 255) return false;
  }
  return text.empty();
}

bool is_name(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c) && c != '_' && c != '-') return false;
  }
  return true;
}

bool is_file_name(std::string_view text) {
  constexpr std::size_t length_max = 100;  // SCENARIO-VARIANT-SEED.yaml then is within the 255 bytes of a file's name
  if (text.empty() || text.size() > length_max || text.front() == '.') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace chronofault::scenarios
