#include <catch2/catch.hpp>

#include <triggers/cron.hpp>
#include <triggers/errors.hpp>

#include "zones.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::tests;
using triggers::CronDialect;
using triggers::CronExpression;

CronExpression cron(const char* text, CronDialect dialect = CronDialect::quartz) {
  auto parsed = CronExpression::parse(text, dialect);
  if (!parsed) FAIL(std::string(text) + ": " + parsed.error().message);
  return *parsed;
}

std::string next(const char* text, WallTime after, const TimeZone& zone = utc(),
                 CronDialect dialect = CronDialect::quartz) {
  return shown(cron(text, dialect).next_after(after, zone), zone);
}

struct Wrong {
  const char* text;
  std::size_t position;
  const char* field;
};

void check_positions(CronDialect dialect, std::initializer_list<Wrong> cases) {
  for (const Wrong& c : cases) {
    CAPTURE(c.text);
    const auto parsed = CronExpression::parse(c.text, dialect);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().position == c.position);
    CHECK(parsed.error().field == c.field);
    CHECK_FALSE(parsed.error().expected.empty());
  }
}

}  // namespace

TEST_CASE("special days of the month", "[quartz:7.3][powerjob:7.1]") {
  const WallTime start = utc_at(2024, 1, 31, 12);
  for (const CronDialect dialect : {CronDialect::quartz, CronDialect::powerjob}) {
    const auto at = [&](const char* text, WallTime after) { return next(text, after, utc(), dialect); };
    CHECK(at("0 0 0 L * ?", start) == "2024-02-29 00:00:00");
    CHECK(at("0 0 0 L-3 * ?", start) == "2024-02-26 00:00:00");
    CHECK(at("0 0 0 LW 3 ?", start) == "2024-03-29 00:00:00");
    CHECK(at("0 0 0 1W 6 ?", start) == "2024-06-03 00:00:00");   // the 1st is a Saturday, the month begins there
    CHECK(at("0 0 0 30W 6 ?", start) == "2024-06-28 00:00:00");  // the 30th is a Sunday, the month ends there
    CHECK(at("0 0 0 15W 6 ?", start) == "2024-06-14 00:00:00");
    CHECK(at("0 0 0 ? * 6#3", start) == "2024-02-16 00:00:00");
    CHECK(at("0 0 0 ? * 6#5", start) == "2024-03-29 00:00:00");
    CHECK(at("0 0 0 ? * 6L", start) == "2024-02-23 00:00:00");
    CHECK(at("0 0 0 ? * L", start) == "2024-02-03 00:00:00");
    CHECK(at("0 0 0 29 2 ?", utc_at(2024, 3, 1)) == "2028-02-29 00:00:00");
    CHECK(at("0 0 0 30 2 ?", start) == "never");
    CHECK(at("0 0 0 31 12 ? 2099", utc_at(2099, 12, 31)) == "never");
  }
}

TEST_CASE("ranges, steps and names", "[quartz:7.2][powerjob:7.1]") {
  const WallTime start = utc_at(2024, 1, 1, 10, 7, 30);
  for (const CronDialect dialect : {CronDialect::quartz, CronDialect::powerjob}) {
    CHECK(next("*/20 * * * * ?", start, utc(), dialect) == "2024-01-01 10:07:40");
    CHECK(next("0 5/10 * * * ?", start, utc(), dialect) == "2024-01-01 10:15:00");
    CHECK(next("59 59 23 31 DEC ?", start, utc(), dialect) == "2024-12-31 23:59:59");
    CHECK(next("0 30 9 ? * MON-FRI", start, utc(), dialect) == "2024-01-02 09:30:00");
  }
  CHECK(next("0 0 22-2 * * ?", start) == "2024-01-01 22:00:00");
  CHECK(next("0 0 0 ? JAN-mar/2 tue", start, utc(), CronDialect::powerjob) == "2024-01-02 00:00:00");
}

TEST_CASE("both day fields intersect in PowerJob's dialect alone", "[powerjob:7.1]") {
  const auto friday_13th = cron("0 0 0 13 * 6", CronDialect::powerjob);
  CHECK(friday_13th.next_after(utc_at(2024, 1, 1), utc()) == utc_at(2024, 9, 13));
  CHECK(friday_13th.previous_before(utc_at(2024, 9, 13), utc()) == utc_at(2023, 10, 13));
  check_positions(CronDialect::quartz, {{"0 0 0 13 * 6", 11, ""}});
}

TEST_CASE("a wrong expression of PowerJob is refused with its place", "[powerjob:7.1]") {
  check_positions(CronDialect::powerjob, {{"0 0 12 * *", 10, ""},
                                          {"0 60 12 * * ?", 2, "minutes"},
                                          {"0 0 12 * FOO ?", 9, "month"},
                                          {"0 0 12 ? * 8", 11, "day of week"},
                                          {"0 0 12 ? * 6#6", 13, "day of week"},
                                          {"0 0 12 ? * FRI-MON", 15, "day of week"},
                                          {"0 0 12 L-31 * ?", 9, "day of month"},
                                          {"*/0 0 12 * * ?", 2, "seconds"},
                                          {"0 0 123456 * * ?", 4, "hours"},
                                          {"0 0/ 12 * * ?", 4, "minutes"},
                                          {"0 0 1,,2 * * ?", 6, "hours"},
                                          {"0 ? 12 * * ?", 2, "minutes"},
                                          {"0 0 12 * * ? 1969", 13, "year"},
                                          {"0 0 12 * * ? * *", 15, ""},
                                          {"0 0 12 x * ?", 7, "day of month"},
                                          {"", 0, ""},
                                          {"0 0 5x * * ?", 5, "hours"}});
}

TEST_CASE("a wrong expression of Quartz is refused with a place that a person can use", "[quartz:7.2]") {
  check_positions(CronDialect::quartz, {{"0 0 24 * * ?", 4, "hours"},
                                        {"0 0 12 * FOO ?", 9, "month"},
                                        {"0 0 12 1,5,L * ?", 11, "day of month"},
                                        {"0 0 12 * *", 10, ""},
                                        {"0 0 12 ? * ?", 11, "day of week"},
                                        {"0 0/ 12 * * ?", 4, "minutes"},
                                        {"1- 0 12 1 * ?", 2, "seconds"},
                                        {"0 0 12 ? * 6#6", 13, "day of week"},
                                        {"0 0 12 ? * MON-FOO", 15, "day of week"},
                                        {"0 0 99999999999 * * ?", 4, "hours"},
                                        {"0 0 0 L-99999999999 * ?", 8, "day of month"},
                                        {"0 \u00e4 12 * * ?", 2, "minutes"},
                                        {"", 0, ""}});
}

TEST_CASE("messages and offsets are those of the exception, in UTF-16", "[quartz:7.2]") {
  const auto error = [](const char* text) { return CronExpression::parse(text, CronDialect::quartz).error(); };
  CHECK(error("0 0 \u00e4 * * ?").message == "Unexpected character: \u00c4");
  CHECK(error("\U0001F600 0 0").message == "Unexpected character: ?");
  CHECK(error("* \u00e9\u00e9").message == "Unexpected character: \u00c9");
  CHECK(error("* * * \xff").message == "Unexpected character: \uFFFD");
  CHECK(error("0 0 0 9999999999 * ?").message ==
        "Illegal cron expression format (java.lang.NumberFormatException: For input string: \"9999999999\")");
  CHECK(error("0 0 0 , * ?").message == "Illegal cron expression format (java.util.NoSuchElementException)");
  // Digits of every script are digits to parseInt, but not to the reader.
  CHECK(next("0/\u0665 * * * * ?", utc_at(2024, 1, 1)) == "2024-01-01 00:00:05");
}

TEST_CASE("numbers without bounds do not cost time or memory", "[quartz:7.2]") {
  CHECK(next("0 0 0 1 1 ? 1970-2147483647", utc_at(2024, 1, 1)) == "2025-01-01 00:00:00");
  CHECK(next("99-2147483647 * * * * ?", utc_at(2024, 1, 1)) == "2024-01-01 00:00:01");
  CHECK(next("0 0 0 ? * 2147483647#1", utc_at(2024, 1, 1)) == "never");
  CHECK(next("0 0 0 1 1 ? 2147483647", utc_at(2024, 1, 1)) == "never");
}

TEST_CASE("searches that fail or never end are told apart from those without a future", "[quartz:7.3]") {
  const WallTime start = utc_at(2020, 6, 15, 12);
  CHECK_THROWS_AS(cron("0 0 , * * ?").time_after(start, utc(), start), triggers::NoSuchElement);
  const WallTime before_endless = utc_at(2020, 8, 3);
  CHECK_THROWS_AS(cron("0 0 0 L-30W * ?").time_after(before_endless, utc(), start), triggers::SearchDoesNotEnd);
  CHECK(next("0 0 0 L-30W * ?", before_endless) == "never");
  CHECK_THROWS_AS(cron("* * * * * ?").next_invalid_after(start, utc(), start), triggers::SearchDoesNotEnd);
  CHECK(cron("* 5 * * * ?").next_invalid_after(utc_at(2024, 1, 1, 0, 5, 9), utc(), start) == utc_at(2024, 1, 1, 0, 6));
  CHECK(next("0 0 0 1 1 ? 2120", start) == "2120-01-01 00:00:00");
  CHECK(next("0 0 0 1 1 ? 2121", start) == "never");
}

TEST_CASE("daylight saving in Quartz: gaps are left out or shifted, a repeated hour runs once, the second time",
          "[quartz:7.3]") {
  CHECK(next("0 30 2 * * ?", utc_at(2024, 3, 30, 12), berlin()) == "2024-04-01 02:30:00");
  CHECK(next("0 30 2-3 * * ?", utc_at(2024, 3, 30, 12), berlin()) == "2024-03-31 03:30:00");
  const auto half_past_two = cron("0 30 2 * * ?");
  CHECK(half_past_two.next_after(utc_at(2024, 10, 26, 12), berlin()) == utc_at(2024, 10, 27, 1, 30));
  // Every minute: silent from the end of the first 02:59 on.
  CHECK(cron("0 * * * * ?").next_after(utc_at(2024, 10, 26, 23, 59), berlin()) == utc_at(2024, 10, 27, 1));
  CHECK_FALSE(half_past_two.satisfied_by(utc_at(2024, 10, 27, 0, 29), berlin(), WallTime()));
  CHECK(half_past_two.satisfied_by(utc_at(2024, 10, 27, 1, 30), berlin(), WallTime()));
}

TEST_CASE("daylight saving in PowerJob: skipped times move, repeated times fire once, the first time",
          "[powerjob:7.1]") {
  CHECK(next("0 30 2 * * ?", utc_at(2024, 3, 30, 12), berlin(), CronDialect::powerjob) == "2024-03-31 03:30:00");
  const auto half_past_two = cron("0 30 2 * * ?", CronDialect::powerjob);
  const auto first = half_past_two.next_after(utc_at(2024, 10, 26, 12), berlin());
  REQUIRE(first == utc_at(2024, 10, 27, 0, 30));
  CHECK(half_past_two.next_after(*first, berlin()) == utc_at(2024, 10, 28, 1, 30));
}

TEST_CASE("dialects have names", "[quartz:7.2]") {
  for (const CronDialect dialect : {CronDialect::quartz, CronDialect::xxl_job, CronDialect::powerjob}) {
    CHECK(triggers::cron_dialect(triggers::name_of(dialect)) == dialect);
  }
  CHECK_FALSE(triggers::cron_dialect("cron").has_value());
}
