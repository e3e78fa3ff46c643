#include "powerjob/cron.hpp"

#include <array>
#include <utility>

#include <triggers/cron.hpp>
#include <triggers/errors.hpp>
#include <triggers/java_calendar.hpp>

#include "quartz/cron.hpp"

namespace chronofault::triggers {
namespace {

constexpr std::array<std::pair<std::string_view, CronDialect>, 3> dialects{
    {{"quartz", CronDialect::quartz}, {"xxl-job", CronDialect::xxl_job}, {"powerjob", CronDialect::powerjob}}};

constexpr Duration one_second = Duration::seconds(1);
constexpr std::int64_t longest_run_s = 366 * 86'400;

/// set(MILLISECOND, 0), with what that does in a repeated hour.
WallTime on_the_second(WallTime t, const TimeZone& zone) {
  JavaCalendar c(zone, t);
  c.set_millisecond(0);
  return c.time();
}

/// XXL-JOB's specification leaves the clock out: "the same second is not before".
int clock_ms(CronDialect dialect, WallTime now) {
  return dialect == CronDialect::xxl_job ? 999 : static_cast<int>((now.ms() % 1'000 + 1'000) % 1'000);
}

}  // namespace

std::string_view name_of(CronDialect dialect) {
  for (const auto& [name, value] : dialects) {
    if (value == dialect) return name;
  }
  return {};
}

std::optional<CronDialect> cron_dialect(std::string_view name) {
  for (const auto& [known, value] : dialects) {
    if (known == name) return value;
  }
  return std::nullopt;
}

tl::expected<CronExpression, CronError> CronExpression::parse(std::string_view text, CronDialect dialect,
                                                              int year_max) {
  if (dialect == CronDialect::powerjob) {
    auto fields = powerjob_cron::parse(text);
    if (!fields) return tl::unexpected(std::move(fields.error()));
    return CronExpression(text, dialect, *fields);
  }
  auto fields = quartz::parse(text, year_max);
  if (!fields) return tl::unexpected(std::move(fields.error()));
  return CronExpression(text, dialect, *fields);
}

std::optional<WallTime> CronExpression::time_after(WallTime t, const TimeZone& zone, WallTime now) const {
  if (const PowerJobFields* fields = powerjob_fields()) return powerjob_cron::next_after(*fields, t, zone);
  const auto found = quartz::time_after(*quartz_fields(), t.ms(), zone, clock_ms(dialect_, now));
  if (!found) return std::nullopt;
  return WallTime::from_ms(*found);
}

bool CronExpression::satisfied_by(WallTime t, const TimeZone& zone, WallTime now) const {
  if (const PowerJobFields* fields = powerjob_fields()) return powerjob_cron::matches(*fields, t, zone);
  const WallTime second = on_the_second(t, zone);
  return time_after(second - one_second, zone, now) == second;
}

WallTime CronExpression::next_invalid_after(WallTime t, const TimeZone& zone, WallTime now) const {
  WallTime last = on_the_second(t, zone);
  for (std::int64_t run = 0; run < longest_run_s; ++run) {
    if (time_after(last, zone, now) != last + one_second) return last + one_second;
    last += one_second;
  }
  throw SearchDoesNotEnd("the expression matches every second for more than a year");
}

std::optional<WallTime> CronExpression::next_after(WallTime t, const TimeZone& zone) const {
  try {
    return time_after(t, zone, t);
  } catch (const NoSuchElement&) {
    return std::nullopt;
  } catch (const SearchDoesNotEnd&) {
    return std::nullopt;
  }
}

std::optional<WallTime> CronExpression::previous_before(WallTime t, const TimeZone& zone) const {
  if (const PowerJobFields* fields = powerjob_fields()) return powerjob_cron::previous_before(*fields, t, zone);
  return std::nullopt;
}

}  // namespace chronofault::triggers
