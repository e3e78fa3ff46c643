// Quartz's cron expression: parser and search, reached through triggers/cron.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include <ports/time_zone.hpp>
#include <triggers/cron.hpp>
#include <triggers/cron_fields.hpp>

namespace chronofault::triggers::quartz {

tl::expected<QuartzFields, CronError> parse(std::string_view text, int year_max);

/// getTimeAfter (quartz 7.3), in epoch milliseconds. `clock_ms`: 0-999, of the system clock. Throws NoSuchElement,
/// SearchDoesNotEnd.
std::optional<std::int64_t> time_after(const QuartzFields& fields, std::int64_t t, const TimeZone& zone, int clock_ms);

}  // namespace chronofault::triggers::quartz
