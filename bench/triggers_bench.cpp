// What a next fire time costs, by kind of expression and dialect, in a zone with daylight saving.
#include <string>
#include <vector>

#include <fmt/format.h>

#include <ports/assert.hpp>
#include <scenarios/time_zones.hpp>
#include <triggers/cron.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;
using triggers::CronDialect;
using triggers::CronExpression;

const WallTime start = WallTime::from_ms(1'709'283'600'000);  // 2024-03-01T09:00:00Z

CronExpression parsed(const std::string& text, CronDialect dialect) {
  auto expression = CronExpression::parse(text, dialect);
  CF_ASSERT(expression.has_value());
  return std::move(*expression);
}

/// CPU seconds per next fire time, each asked for from the one before; from the start again after the last.
double seconds_per_fire(const CronExpression& cron, const TimeZone& zone, int fires) {
  return bench::best_of(3, [&] {
    WallTime t = start;
    const double before = bench::cpu_seconds();
    for (int i = 0; i < fires; ++i) t = cron.next_after(t, zone).value_or(start);
    return (bench::cpu_seconds() - before) / fires;
  });
}

void measure(bench::Report& report) {
  scenarios::TimeZones zones;
  const TimeZone& zone = *zones.find("Europe/Berlin");
  struct Case {
    const char* text;
    const char* meaning;
  };
  const std::vector<Case> ordinary{{"0/5 * * * * ?", "every 5 seconds"},   {"0 0/5 * * * ?", "every 5 minutes"},
                                   {"0 15 10 ? * MON-FRI", "on workdays"}, {"0 0 2 * * ?", "every night"},
                                   {"0 0 0 1 * ?", "every month"},         {"0 0 12 ? * 6#3", "third Friday"}};
  constexpr int many = 200'000;
  for (const auto& [text, meaning] : ordinary) {
    const double rate = 1 / seconds_per_fire(parsed(text, CronDialect::quartz), zone, many);
    report.add(fmt::format("next fire, {}", meaning), rate / 1e6, "M/s", text);
  }
  const CronExpression nightly = parsed("0 0 2 * * ?", CronDialect::xxl_job);
  report.add("the same every night, xxl-job", 1 / seconds_per_fire(nightly, zone, many) / 1e6, "M/s");
  const CronExpression powerjob = parsed("0 0 2 * * ?", CronDialect::powerjob);
  report.add("the same every night, powerjob", 1 / seconds_per_fire(powerjob, zone, many) / 1e6, "M/s");
  const std::string leap = "0 0 0 29 2 ? 2024,2032,2048,2096,2104";
  const CronExpression leap_day = parsed(leap, CronDialect::quartz);
  report.add("leap day with a list of years", seconds_per_fire(leap_day, zone, 2'000) * 1e6, "us", leap);
}

const bench::Suite suite("triggers", measure);

}  // namespace
