#include <catch2/catch.hpp>

#include <support/property.hpp>
#include <triggers/java_calendar.hpp>

#include "zones.hpp"

using namespace chronofault;
using namespace chronofault::tests;
using triggers::JavaCalendar;

TEST_CASE("a local time in a gap is read with the offset before it", "[quartz:7.1]") {
  JavaCalendar c(berlin(), utc_at(2024, 3, 31, 0, 30));
  c.set_hour(2);
  CHECK(c.time() == utc_at(2024, 3, 31, 1, 30));
  CHECK(c.hour() == 3);
}

TEST_CASE("a local time that comes twice is its second occurrence", "[quartz:7.1]") {
  JavaCalendar c(berlin(), utc_at(2024, 10, 27, 0, 30));  // 02:30, the first
  CHECK(c.hour() == 2);
  CHECK(c.time() == utc_at(2024, 10, 27, 0, 30));
  c.set_minute(30);  // which it is
  CHECK(c.time() == utc_at(2024, 10, 27, 1, 30));
}

TEST_CASE("adding days keeps the time of day as far as it exists", "[quartz:7.1]") {
  JavaCalendar c(berlin(), utc_at(2024, 3, 30, 1, 30));
  c.add_days(1);  // 02:30 is skipped: earlier by the gap
  CHECK(shown(c.time(), berlin()) == "2024-03-31 01:30:00");
  c.add_days(1);  // and stays so
  CHECK(shown(c.time(), berlin()) == "2024-04-01 01:30:00");
  JavaCalendar autumn(berlin(), utc_at(2024, 10, 26, 0, 30));
  autumn.add_days(1);
  CHECK(autumn.time() == utc_at(2024, 10, 27, 0, 30));  // the first occurrence
}

TEST_CASE("adding months cuts the day for good", "[quartz:7.1]") {
  JavaCalendar c(utc(), utc_at(2024, 1, 31, 9));
  c.add_months(1);
  CHECK(shown(c.time()) == "2024-02-29 09:00:00");
  c.add_months(1);
  CHECK(shown(c.time()) == "2024-03-29 09:00:00");
  c.set_time(utc_at(2024, 2, 29));
  c.add_years(-1);
  CHECK(shown(c.time()) == "2023-02-28 00:00:00");
}

TEST_CASE("fields out of range carry over", "[quartz:7.1]") {
  JavaCalendar c(utc(), utc_at(2024, 12, 31, 23, 59, 59));
  c.set_second(60);
  CHECK(shown(c.time()) == "2025-01-01 00:00:00");
  c.set_month(14);
  c.set_day(0);
  CHECK(shown(c.time()) == "2026-01-31 00:00:00");
  CHECK(c.weekday() == 7);
}

TEST_CASE("far out it stays at an end and does not wrap", "[quartz:7.1]") {
  JavaCalendar c(utc(), WallTime::max());
  c.add_years(INT32_MAX);
  c.add_months(INT32_MAX);
  c.add_days(INT32_MAX);
  CHECK(c.year() > 25'000);
  c.add_years(INT32_MIN);
  CHECK(c.year() < -25'000);
}

TEST_CASE("setting what stands, and reading in between, changes nothing away from changes", "[quartz:7.1]") {
  support::check_property("as plain arithmetic", [] {
    const TimeZone zone("fixed", Duration::minutes(*rc::gen::inRange(-720, 841)));
    JavaCalendar often(zone, WallTime::from_ms(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)));
    JavaCalendar seldom = often;
    const int day = *rc::gen::inRange(-40, 80);
    const int month = *rc::gen::inRange(-5, 30);
    const int hour = *rc::gen::inRange(-30, 60);
    for (JavaCalendar* const c : {&often, &seldom}) {
      const auto look = [&] {
        if (c == &often) (void)c->time();
      };
      c->set_day(1);
      look();
      c->set_month(month);
      look();
      c->add_days(day);
      c->set_hour(hour);
      look();
      c->set_hour(c == &often ? c->hour() : hour);
    }
    RC_ASSERT(often.time() == seldom.time());
    RC_ASSERT(often.year() == zone.to_civil(often.time()).year);
    RC_ASSERT(often.day() == zone.to_civil(often.time()).day);
  });
}
