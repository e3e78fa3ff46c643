// PowerJob's cron expression: parser and search, reached through triggers/cron.hpp.
#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <triggers/cron.hpp>
#include <triggers/cron_fields.hpp>

namespace chronofault::triggers::powerjob_cron {

tl::expected<PowerJobFields, CronError> parse(std::string_view text);

/// The first matching instant strictly after t, on a whole second; none: never again.
std::optional<WallTime> next_after(const PowerJobFields& fields, WallTime t, const TimeZone& zone);
/// The last matching instant strictly before t; none: there is none since 1970.
std::optional<WallTime> previous_before(const PowerJobFields& fields, WallTime t, const TimeZone& zone);
/// Whether the local time that `zone` shows at t matches all fields.
bool matches(const PowerJobFields& fields, WallTime t, const TimeZone& zone);

}  // namespace chronofault::triggers::powerjob_cron
