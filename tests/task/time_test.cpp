// Durations, instants, zones with known rules, values: the vocabulary of the ports.
#include <limits>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <ports/value.hpp>

using namespace chronofault;

static_assert(!std::is_convertible_v<WallTime, MonoTime>);
static_assert(!std::is_convertible_v<MonoTime, WallTime>);
static_assert(!std::is_convertible_v<std::int64_t, Duration>);
static_assert(!std::is_constructible_v<WallTime, MonoTime>);

TEST_CASE("durations are whole microseconds", "[time]") {
  CHECK(1_h == 60_min);
  CHECK(1_min == 60_s);
  CHECK(1_s == 1'000_ms);
  CHECK(1_ms == 1'000_us);
  CHECK(-(3_s) + 5_s - 1_ms == 1'999_ms);
  CHECK(3 * 2_s == 6_s);
  CHECK(7_s / 2 == 3'500_ms);
  CHECK(7_s / 2_s == 3);
  CHECK(7_s % 2_s == 1_s);
  CHECK(1_s < 2_s);
  Duration d = 1_s;
  d += 2_s;
  d -= 1_ms;
  CHECK(d == 2'999_ms);
  CHECK(Duration::max() + Duration::max() > Duration::max());
}

TEST_CASE("milliseconds round towards negative infinity", "[time]") {
  CHECK((1'999_us).count_ms() == 1);
  CHECK((-(1_us)).count_ms() == -1);
  CHECK((-(1'000_us)).count_ms() == -1);
  CHECK((-(1'001_us)).count_ms() == -2);
  CHECK(WallTime::from_us(-1).ms() == -1);
  CHECK(WallTime::from_ms(5).us() == 5'000);
  CHECK(WallTime::from_us(5) - WallTime::from_us(7) == -(2_us));
  CHECK(WallTime::from_us(5) + 2_us - 1_us == WallTime::from_us(6));
  CHECK(WallTime::max() + Duration::max() > WallTime::max());
}

TEST_CASE("durations print in the largest unit that loses nothing", "[time]") {
  CHECK(to_string(Duration{}) == "0s");
  CHECK(to_string(1474_ms) == "1474ms");
  CHECK(to_string(2_min) == "2min");
  CHECK(to_string(61'192_s) == "61192s");
  CHECK(to_string(90_s) == "90s");
  CHECK(to_string(1_us) == "1us");
  CHECK(to_string(-(1'500_us)) == "-1500us");
  CHECK(to_string(-(2_s)) == "-2s");
  CHECK(to_string(1_h) == "60min");
}

namespace {

WallTime utc_of(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  CivilTime c;
  c.year = year;
  c.month = month;
  c.day = day;
  c.hour = hour;
  c.minute = minute;
  c.second = second;
  return utc().to_instant(c).earlier;
}
CivilTime civil(int year, int month, int day, int hour, int minute = 0) {
  CivilTime c;
  c.year = year;
  c.month = month;
  c.day = day;
  c.hour = hour;
  c.minute = minute;
  return c;
}

/// Berlin in 2022: +01:00, from 27 March 01:00 UTC +02:00, from 30 October 01:00 UTC +01:00.
TimeZone berlin() {
  std::vector<TimeZone::Change> changes{{utc_of(2022, 3, 27, 1), 2_h}, {utc_of(2022, 10, 30, 1), 1_h}};
  return TimeZone("Europe/Berlin", 1_h, changes);
}
using Kind = TimeZone::Local::Kind;

}  // namespace

TEST_CASE("the calendar is right at its corners", "[time]") {
  CHECK(utc_of(1970, 1, 1).us() == 0);
  CHECK(utc_of(2000, 2, 29).ms() == 951'782'400'000);
  CHECK(utc_of(2022, 2, 24, 2, 36, 13).ms() == 1'645'670'173'000);
  CHECK(utc_of(1969, 12, 31, 23, 59, 59).ms() == -1'000);
  CHECK(utc_of(1900, 3, 1) - utc_of(1900, 2, 28) == 24_h);
  CHECK(utc_of(2100, 3, 1) - utc_of(2100, 2, 28) == 24_h);
  CHECK(utc_of(2400, 3, 1) - utc_of(2400, 2, 28) == 48_h);
  CHECK(to_string(WallTime::from_us(-1), utc(), true) == "1969-12-31 23:59:59.999999");
  CHECK(to_string(utc_of(2022, 2, 25, 2, 36, 13) + 959_ms, utc()) == "2022-02-25 02:36:13.959");
}

TEST_CASE("an hour is skipped in spring and repeated in autumn", "[time]") {
  const TimeZone zone = berlin();
  const auto skipped = zone.to_instant(civil(2022, 3, 27, 2, 30));
  CHECK(skipped.kind == Kind::skipped);
  CHECK(skipped.earlier == utc_of(2022, 3, 27, 1));
  CHECK(skipped.later == skipped.earlier);
  const auto repeated = zone.to_instant(civil(2022, 10, 30, 2, 30));
  CHECK(repeated.kind == Kind::repeated);
  CHECK(repeated.earlier == utc_of(2022, 10, 30, 0, 30));
  CHECK(repeated.later == utc_of(2022, 10, 30, 1, 30));
  for (const CivilTime& c : {civil(2022, 3, 27, 1, 59), civil(2022, 3, 27, 3, 0), civil(2022, 10, 30, 1, 59),
                             civil(2022, 10, 30, 3, 0), civil(2022, 7, 1, 12)}) {
    CHECK(zone.to_instant(c).kind == Kind::unique);
  }
  CHECK(zone.to_instant(civil(2022, 3, 27, 2, 0)).kind == Kind::skipped);
  CHECK(zone.to_instant(civil(2022, 10, 30, 2, 0)).kind == Kind::repeated);
  CHECK(to_string(utc_of(2022, 7, 1), zone) == "2022-07-01 02:00:00.000");
  CHECK(zone.offset_at(utc_of(2022, 3, 27, 1)) == 2_h);
  CHECK(zone.offset_at(utc_of(2022, 3, 27, 1) - 1_us) == 1_h);
}

TEST_CASE("a zone may skip a whole day", "[time]") {
  // As Samoa did on 30 December 2011: -10:00, then +14:00.
  const TimeZone zone("Pacific/Apia", -(10_h), {{utc_of(2011, 12, 30, 10), 14_h}});
  CHECK(zone.to_instant(civil(2011, 12, 30, 12)).kind == Kind::skipped);
  CHECK(zone.to_instant(civil(2011, 12, 29, 23)).kind == Kind::unique);
  CHECK(zone.to_instant(civil(2011, 12, 31, 0)).kind == Kind::unique);
  CHECK(to_string(utc_of(2011, 12, 30, 10), zone) == "2011-12-31 00:00:00.000");
}

TEST_CASE("two changes within a day are both seen", "[time]") {
  const TimeZone zone("Test/Double", 0_h, {{utc_of(2022, 1, 1, 10), 1_h}, {utc_of(2022, 1, 1, 12), 0_h}});
  CHECK(zone.to_instant(civil(2022, 1, 1, 10, 30)).kind == Kind::skipped);
  CHECK(zone.to_instant(civil(2022, 1, 1, 11, 30)).earlier == utc_of(2022, 1, 1, 10, 30));
  CHECK(zone.to_instant(civil(2022, 1, 1, 11, 30)).kind == Kind::unique);
  const auto repeated = zone.to_instant(civil(2022, 1, 1, 12, 30));
  CHECK(repeated.kind == Kind::repeated);
  CHECK(repeated.earlier == utc_of(2022, 1, 1, 11, 30));
  CHECK(repeated.later == utc_of(2022, 1, 1, 12, 30));
}

TEST_CASE("values print the same everywhere", "[value]") {
  CHECK(to_string(Value()) == "null");
  CHECK(to_string(Value(true)) == "true");
  CHECK(to_string(Value(std::int64_t{-42})) == "-42");
  CHECK(to_string(Value(1.5)) == "1.5");
  CHECK(to_string(Value(0.1)) == "0.1");
  CHECK(to_string(Value(1e300)) == "1e+300");
  CHECK(to_string(Value(std::string("text"))) == "text");
  CHECK(to_string(Value(WallTime::from_ms(1'645'670'173'959))) == "2022-02-24 02:36:13.959");
  CHECK(to_string(Value(WallTime::from_us(1'645'670'173'959'001))) == "2022-02-24 02:36:13.959001");
}

TEST_CASE("hashes differ by kind and by content, and never change", "[value][digest]") {
  std::set<std::uint64_t> hashes;
  const std::vector<Value> values{Value(),
                                  Value(false),
                                  Value(true),
                                  Value(std::int64_t{0}),
                                  Value(std::int64_t{1}),
                                  Value(0.0),
                                  Value(-0.0),
                                  Value(1.0),
                                  Value(std::string()),
                                  Value(std::string("0")),
                                  Value(std::string(1, '\0')),
                                  Value(std::string(2, '\0')),
                                  Value(WallTime::from_us(0)),
                                  Value(WallTime::from_us(1))};
  for (const Value& value : values) {
    hashes.insert(hash_of(value));
    CHECK(hash_of(value) == hash_of(Value(value)));
  }
  CHECK(hashes.size() == values.size());
  // Known answers: another value is another digest of every run.
  CHECK(hash_of(std::string_view("chronofault")) == 0x787de0866b9e91ceu);
  CHECK(hash_of(Value(std::int64_t{42})) == 0x778bf073f79acc91u);
}
