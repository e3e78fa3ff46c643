// Scalars as a person writes them, one type at a time.
//
//   duration  1474ms  90s  1.5h  -5s  0        units us ms s min h d, at most microseconds
//   instant   2022-02-24T10:59:00.5+08:00      the offset may be left out: that of `start`
//             11:00:21.938                     the first such instant at or after `start`
//             +90s                             counted from `start`
//   decimal   0.02  2%  -12.5                  at most six decimals
//   bytes     200MiB  1.5GiB  4096             units B kB MB GB TB KiB MiB GiB TiB
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <faults/literals.hpp>
#include <ports/time.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::scenarios {

/// Instants of true time and of clocks: cron expressions have no year beyond 2099, and systems' clocks none before
/// 1970.
bool in_calendar(sim::TrueTime instant);
inline constexpr std::string_view calendar_text = "an instant from 1970-01-01T00:00:00Z to 2099-12-31T23:59:59Z";

/// What instants count from.
struct TimeFrame {
  sim::TrueTime start;
  Duration utc_offset;
};

std::optional<std::int64_t> parse_integer(std::string_view text);
/// In millionths.
std::optional<std::int64_t> parse_decimal(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);
std::optional<std::int64_t> parse_bytes(std::string_view text);
/// What integers, durations in microseconds and sizes in bytes reach.
inline constexpr std::int64_t literal_max = INT64_MAX / 4;
/// Locale-free; "0.75", "1e9".
std::optional<double> parse_real(std::string_view text);

/// An instant with a date. `frame` null: the offset must be written. `offset`, if given, gets the one that was written.
std::optional<sim::TrueTime> parse_dated(std::string_view text, const TimeFrame* frame, Duration* offset = nullptr);
/// With a date, or a time of day.
std::optional<sim::TrueTime> parse_instant(std::string_view text, const TimeFrame& frame);
/// "Z", "+08:00", "-0330".
std::optional<Duration> parse_offset(std::string_view text);

using faults::bytes_text;
using faults::decimal_text;
/// "+08:00".
std::string offset_text(Duration offset);

/// Four numbers from 0 to 255: "10.112.62.2".
bool is_ip(std::string_view text);

/// A name that may stand for a value: letters, digits, _ and -, starting with a letter.
bool is_name(std::string_view text);

/// A name that may be a part of a file's name: at most 100 letters, digits, '.', '_' and '-', not '.' first.
bool is_file_name(std::string_view text);

}  // namespace chronofault::scenarios
