#include <catch2/catch.hpp>

#include <triggers/errors.hpp>
#include <triggers/exclusion_calendar.hpp>

#include "zones.hpp"

using namespace chronofault;
using namespace chronofault::tests;
using namespace chronofault::triggers;

namespace {

const TriggerContext context(utc_at(2024, 1, 1), utc(), 2124);

ExclusionCalendar every_weekday() {
  WeeklyExclusion rule;
  rule.weekdays = 0b1111'1110;
  return ExclusionCalendar(rule);
}

}  // namespace

TEST_CASE("Saturday and Sunday are excluded unless told", "[quartz:7.8b]") {
  const ExclusionCalendar weekend{WeeklyExclusion{}};
  CHECK(included(weekend, utc_at(2024, 1, 5), context));
  CHECK_FALSE(included(weekend, utc_at(2024, 1, 6), context));
  CHECK(next_included(weekend, utc_at(2024, 1, 6, 15), context) == utc_at(2024, 1, 8));
}

TEST_CASE("the first and the last millisecond of a day are in no daily range", "[quartz:7.8b]") {
  const ExclusionCalendar nights{DailyExclusion::between("22:00", "23:00")};
  CHECK_FALSE(included(nights, utc_at(2024, 1, 5), context));
  CHECK(included(nights, utc_at(2024, 1, 5) + Duration::ms(1), context));
  CHECK_FALSE(included(nights, utc_at(2024, 1, 6) - Duration::ms(1), context));
  CHECK(next_included(nights, utc_at(2024, 1, 5, 22), context) == utc_at(2024, 1, 5, 23) + Duration::ms(1));
}

TEST_CASE("a daily range is checked when it is made", "[quartz:7.8b]") {
  for (const char* wrong : {"24:00", "1", "1:2:3:4:5", "x:1", "1:60", "12:00"}) {
    INFO(wrong);
    CHECK_THROWS_AS(DailyExclusion::between(wrong, "12:00"), IllegalArgument);
  }
}

TEST_CASE("a holiday's next included time is a midnight, even before the question", "[quartz:7.8b]") {
  HolidayExclusion rule;
  rule.add(utc_at(2024, 1, 5, 17), utc());
  const ExclusionCalendar holiday{rule};
  CHECK(next_included(holiday, utc_at(2024, 1, 4, 9), context) == utc_at(2024, 1, 4));
  CHECK(next_included(holiday, utc_at(2024, 1, 5, 9), context) == utc_at(2024, 1, 6));
}

TEST_CASE("what excludes everything says so instead of searching for ever", "[quartz:7.8b]") {
  CHECK(excludes_everything(every_weekday()));
  CHECK(next_included(every_weekday(), utc_at(2024, 1, 1), context) == WallTime());
  CHECK_FALSE(included(every_weekday(), utc_at(2024, 1, 1), context));

  // Holidays look at midnights, and the base excludes each of them.
  const auto base = std::make_shared<ExclusionCalendar>(DailyExclusion::between("0:0", "1:0"));
  const ExclusionCalendar holiday(HolidayExclusion{}, nullptr, base);
  CHECK_THROWS_AS(next_included(holiday, utc_at(2024, 1, 1), context), SearchDoesNotEnd);

  const ExclusionCalendar all_day{DailyExclusion::between("0:0", "23:59:59:999")};
  CHECK_THROWS_AS(next_included(all_day, utc_at(2024, 1, 1), context), SearchDoesNotEnd);
  AnnualExclusion all_year;
  for (auto& days : all_year.days) days.set();
  CHECK_THROWS_AS(next_included(ExclusionCalendar(all_year), utc_at(2024, 1, 1), context), SearchDoesNotEnd);
}

TEST_CASE("the epoch is refused where upstream looks at it", "[quartz:7.8b]") {
  CHECK_THROWS_AS(included(ExclusionCalendar{MonthlyExclusion{}}, WallTime(), context), IllegalArgument);
  CHECK_NOTHROW(included(ExclusionCalendar{DailyExclusion::between("1:0", "2:0")}, WallTime(), context));
  CHECK_FALSE(included(every_weekday(), WallTime(), context));
}
