#include <catch2/catch.hpp>

#include <triggers/cron.hpp>

namespace {

using namespace chronofault;
using triggers::CronDialect;
using triggers::CronExpression;

CronExpression cron(const char* text, CronDialect dialect = CronDialect::quartz) {
  auto parsed = CronExpression::parse(text, dialect);
  if (!parsed) FAIL(std::string(text) + ": " + parsed.error().message);
  return *parsed;
}

WallTime utc_at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  CivilTime c;
  c.year = year;
  c.month = month;
  c.day = day;
  c.hour = hour;
  c.minute = minute;
  c.second = second;
  return utc().to_instant(c).earlier;
}

std::string next(const char* text, WallTime after, const TimeZone& zone = utc()) {
  const auto found = cron(text).next_after(after, zone);
  return found ? to_string(*found, zone).substr(0, 19) : "never";
}

}  // namespace

TEST_CASE("special days of the month", "[powerjob:7.1]") {
  const WallTime start = utc_at(2024, 1, 31, 12);
  CHECK(next("0 0 0 L * ?", start) == "2024-02-29 00:00:00");
  CHECK(next("0 0 0 L-3 * ?", start) == "2024-02-26 00:00:00");
  CHECK(next("0 0 0 LW 3 ?", start) == "2024-03-29 00:00:00");
  CHECK(next("0 0 0 1W 6 ?", start) == "2024-06-03 00:00:00");   // the 1st is a Saturday, the month begins there
  CHECK(next("0 0 0 30W 6 ?", start) == "2024-06-28 00:00:00");  // the 30th is a Sunday, the month ends there
  CHECK(next("0 0 0 15W 6 ?", start) == "2024-06-14 00:00:00");
  CHECK(next("0 0 0 ? * 6#3", start) == "2024-02-16 00:00:00");
  CHECK(next("0 0 0 ? * 6#5", start) == "2024-03-29 00:00:00");
  CHECK(next("0 0 0 ? * 6L", start) == "2024-02-23 00:00:00");
  CHECK(next("0 0 0 ? * L", start) == "2024-02-03 00:00:00");
  CHECK(next("0 0 0 29 2 ?", utc_at(2024, 3, 1)) == "2028-02-29 00:00:00");
  CHECK(next("0 0 0 30 2 ?", start) == "never");
  CHECK(next("0 0 0 31 12 ? 2099", utc_at(2099, 12, 31)) == "never");
}

TEST_CASE("ranges, steps and names", "[powerjob:7.1]") {
  const WallTime start = utc_at(2024, 1, 1, 10, 7, 30);
  CHECK(next("*/20 * * * * ?", start) == "2024-01-01 10:07:40");
  CHECK(next("0 5/10 * * * ?", start) == "2024-01-01 10:15:00");
  CHECK(next("0 0 22-2 * * ?", start) == "2024-01-01 22:00:00");
  CHECK(next("0 0 0 ? JAN-mar/2 tue", start) == "2024-01-02 00:00:00");
  CHECK(next("59 59 23 31 DEC ?", start) == "2024-12-31 23:59:59");
  CHECK(next("0 30 9 ? * MON-FRI", start) == "2024-01-02 09:30:00");
}

TEST_CASE("both day fields intersect in PowerJob's dialect alone", "[powerjob:7.1]") {
  const auto friday_13th = cron("0 0 0 13 * 6", CronDialect::powerjob);
  CHECK(friday_13th.next_after(utc_at(2024, 1, 1), utc()) == utc_at(2024, 9, 13));
  CHECK(friday_13th.previous_before(utc_at(2024, 9, 13), utc()) == utc_at(2023, 10, 13));
  const auto refused = CronExpression::parse("0 0 0 13 * 6", CronDialect::quartz);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().position == 11);
}

TEST_CASE("a wrong expression is refused with its place", "[powerjob:7.1]") {
  struct Case {
    const char* text;
    std::size_t position;
  };
  const Case cases[] = {{"0 0 12 * *", 10},       {"0 60 12 * * ?", 2},   {"0 0 12 * FOO ?", 9},
                        {"0 0 12 ? * 8", 11},     {"0 0 12 ? * 6#6", 14}, {"0 0/ 12 * * ?", 4},
                        {"0 0 1,,2 * * ?", 6},    {"0 ? 12 * * ?", 2},    {"0 0 12 * * ? 1969", 13},
                        {"0 0 12 * * ? * *", 15}, {"0 0 12 x * ?", 7},    {"", 0},
                        {"0 0 12 ? * ?", 11},     {"0 0 5x * * ?", 5},    {"0 0 0 1,L * ?", 8}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto parsed = CronExpression::parse(c.text, CronDialect::quartz);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().position == c.position);
  }
}

TEST_CASE("daylight saving: skipped times move, repeated times fire once", "[powerjob:7.1]") {
  // Clocks of this zone go from 02:00 to 03:00 on 2024-03-31 and from 03:00 back to 02:00 on 2024-10-27.
  const TimeZone zone("Test/Berlin", Duration::hours(1),
                      {{utc_at(2024, 3, 31, 1), Duration::hours(2)}, {utc_at(2024, 10, 27, 1), Duration::hours(1)}});
  CHECK(next("0 30 2 * * ?", utc_at(2024, 3, 30, 12), zone) == "2024-03-31 03:30:00");
  const auto half_past_two = cron("0 30 2 * * ?");
  const auto first = half_past_two.next_after(utc_at(2024, 10, 26, 12), zone);
  REQUIRE(first == utc_at(2024, 10, 27, 0, 30));
  CHECK(half_past_two.next_after(*first, zone) == utc_at(2024, 10, 28, 1, 30));
}
