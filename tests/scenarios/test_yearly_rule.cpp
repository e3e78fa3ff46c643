// Time zones beyond the changes that the tz database lists.
#include <catch2/catch.hpp>

#include <scenarios/time_zones.hpp>

#include "../../scenarios/yearly_rule.hpp"

using namespace chronofault;
using scenarios::TimeZones;
using scenarios::YearlyRule;

namespace {

WallTime utc_noon(int year, int month, int day) { return utc().to_instant({year, month, day, 12, 0, 0, 0}).earlier; }

}  // namespace

TEST_CASE("summer time goes on after the last listed change") {
  TimeZones zones;
  const auto offset = [&](const char* zone, int year, int month) {
    const TimeZone* found = zones.find(zone);
    REQUIRE(found != nullptr);
    return found->offset_at(utc_noon(year, month, 15));
  };
  for (const int year : {2030, 2039, 2068, 2120}) {
    INFO(year);
    CHECK(offset("America/New_York", year, 1) == Duration::hours(-5));
    CHECK(offset("America/New_York", year, 7) == Duration::hours(-4));
    CHECK(offset("Australia/Lord_Howe", year, 7) == Duration::minutes(630));
    CHECK(offset("Australia/Lord_Howe", year, 1) == Duration::hours(11));
    CHECK(offset("Asia/Shanghai", year, 7) == Duration::hours(8));
  }
}

TEST_CASE("a yearly rule is read from its POSIX text") {
  const auto cairo = YearlyRule::parse("EET-2EEST,M4.5.5/0,M10.5.4/24");
  REQUIRE(cairo.has_value());
  CHECK(cairo->standard == Duration::hours(2));
  CHECK(cairo->summer == Duration::hours(3));
  const auto changes = cairo->changes(2024, 2024);
  REQUIRE(changes.size() == 2);
  CHECK(to_string(changes[0].at, utc()) == "2024-04-25 22:00:00.000");
  CHECK(to_string(changes[1].at, utc()) == "2024-10-31 21:00:00.000");
  const auto nuuk = YearlyRule::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  REQUIRE(nuuk.has_value());
  CHECK(to_string(nuuk->changes(2024, 2024)[0].at, utc()) == "2024-03-31 01:00:00.000");

  for (const char* none : {"", "UTC0", "<+0330>-3:30", "EST5EDT", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,J60,J300",
                           "EST5EDT,M3.2.0,M11.1.0x", "<EST5EDT"}) {
    INFO(none);
    CHECK_FALSE(YearlyRule::parse(none).has_value());
  }
}
