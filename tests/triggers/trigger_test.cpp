#include <catch2/catch.hpp>

#include <triggers/errors.hpp>
#include <triggers/trigger.hpp>

#include "zones.hpp"

using namespace chronofault;
using namespace chronofault::tests;
using namespace chronofault::triggers;

namespace {

TriggerContext at(WallTime now, const TimeZone& zone = utc()) { return {now, zone, 2124}; }

Trigger every_ten_seconds(int instruction) {
  Trigger trigger;
  trigger.schedule = CronSchedule(CronExpression::parse("0/10 * * * * ?", CronDialect::quartz).value(), utc());
  trigger.start = utc_at(2024, 12, 10);
  trigger.next = utc_at(2024, 12, 10, 16, 36, 40);
  trigger.previous = utc_at(2024, 12, 10, 16, 36, 30);
  trigger.misfire_instruction = instruction;
  return trigger;
}

Trigger simple(int repeat_count, Duration interval) {
  Trigger trigger;
  trigger.schedule = SimpleSchedule{repeat_count, interval, 0};
  trigger.start = utc_at(2024, 1, 1);
  return trigger;
}

CalendarIntervalSchedule by(IntervalUnit unit, int interval) {
  CalendarIntervalSchedule schedule;
  schedule.unit = unit;
  schedule.interval = interval;
  return schedule;
}

ExclusionCalendar without_minute(int minute) {
  const std::string text = "* " + std::to_string(minute) + " * * * ?";
  return ExclusionCalendar{CronExclusion(CronExpression::parse(text, CronDialect::quartz).value())};
}

}  // namespace

TEST_CASE("the documented misfire storm: ignored misfires fire one by one", "[quartz:7.9][quartz:9.1]") {
  const WallTime restart = utc_at(2024, 12, 10, 16, 39, 1);
  Trigger trigger = every_ten_seconds(misfire::ignore);
  update_after_misfire(trigger, nullptr, at(restart));
  int replayed = 0;
  for (; *trigger.next < restart; ++replayed) triggered(trigger, nullptr, at(restart));
  CHECK(replayed == 15);
  CHECK(trigger.next == utc_at(2024, 12, 10, 16, 39, 10));

  Trigger corrected = every_ten_seconds(misfire::do_nothing);
  update_after_misfire(corrected, nullptr, at(restart));
  CHECK(corrected.next == utc_at(2024, 12, 10, 16, 39, 10));
  CHECK(corrected.previous == utc_at(2024, 12, 10, 16, 36, 30));
}

TEST_CASE("the smart policy depends on the kind and the count", "[quartz:7.9]") {
  const WallTime now = utc_at(2024, 1, 1, 0, 0, 35);
  const auto after_misfire = [&](Trigger trigger) {
    compute_first_fire_time(trigger, nullptr, at(trigger.start));
    update_after_misfire(trigger, nullptr, at(now));
    return trigger;
  };
  CHECK(after_misfire(simple(0, Duration())).next == now);
  const Trigger endless_one = after_misfire(simple(endless, Duration::seconds(10)));
  CHECK(endless_one.next == utc_at(2024, 1, 1, 0, 0, 40));
  CHECK(std::get<SimpleSchedule>(endless_one.schedule).times_triggered == 4);
  const Trigger counted = after_misfire(simple(7, Duration::seconds(10)));
  CHECK(counted.next == now);
  CHECK(counted.start == now);
  CHECK(std::get<SimpleSchedule>(counted.schedule).repeat_count == 7);
  CHECK(after_misfire(every_ten_seconds(misfire::smart_policy)).next == now);
}

TEST_CASE("remaining counts: what was missed is gone", "[quartz:7.9]") {
  Trigger trigger = simple(7, Duration::seconds(10));
  compute_first_fire_time(trigger, nullptr, at(trigger.start));
  trigger.misfire_instruction = misfire::fire_now;  // becomes now_with_remaining_count
  update_after_misfire(trigger, nullptr, at(utc_at(2024, 1, 1, 0, 0, 35)));
  CHECK(std::get<SimpleSchedule>(trigger.schedule).repeat_count == 4);
  trigger.end = utc_at(2024, 1, 1, 0, 1);
  update_after_misfire(trigger, nullptr, at(utc_at(2024, 1, 1, 0, 2)));
  CHECK_FALSE(trigger.next.has_value());
}

TEST_CASE("ends: inclusive for cron, exclusive for intervals", "[quartz:7.5][quartz:7.6][quartz:7.7]") {
  Trigger cron = every_ten_seconds(0);
  cron.end = utc_at(2024, 12, 10, 16, 36, 40);
  CHECK(fire_time_after(cron, utc_at(2024, 12, 10, 16, 36, 30), at(cron.start)) == cron.end);
  Trigger interval = simple(endless, Duration::seconds(10));
  interval.end = utc_at(2024, 1, 1, 0, 0, 10);
  CHECK_FALSE(fire_time_after(interval, interval.start, at(interval.start)).has_value());
  interval.schedule = by(IntervalUnit::second, 10);
  CHECK_FALSE(fire_time_after(interval, interval.start, at(interval.start)).has_value());
}

TEST_CASE("a repeat count is the number of repetitions after the first fire", "[quartz:7.5][quartz:9.2]") {
  Trigger trigger = simple(2, Duration::seconds(10));
  compute_first_fire_time(trigger, nullptr, at(trigger.start));
  int fires = 0;
  for (; trigger.next; ++fires) triggered(trigger, nullptr, at(trigger.start));
  CHECK(fires == 3);
}

TEST_CASE("excluded fire times are skipped when the next one is computed", "[quartz:7.4]") {
  const ExclusionCalendar calendar = without_minute(0);
  Trigger trigger = simple(endless, Duration::seconds(20));
  CHECK(compute_first_fire_time(trigger, &calendar, at(trigger.start)) == utc_at(2024, 1, 1, 0, 1));
  const ExclusionCalendar other = without_minute(1);
  update_with_new_calendar(trigger, &other, Duration::minutes(1), at(trigger.start));
  CHECK(trigger.next == utc_at(2024, 1, 1, 0, 0, 20));
}

TEST_CASE("a calendar that excludes everything leaves no fire time", "[quartz:7.4]") {
  WeeklyExclusion every_day;
  every_day.weekdays.set();
  every_day.weekdays.reset(0);
  const ExclusionCalendar calendar{every_day};
  Trigger trigger = simple(endless, Duration::ms(1));
  CHECK_FALSE(compute_first_fire_time(trigger, &calendar, at(trigger.start)).has_value());
}

TEST_CASE("a search that fails leaves the trigger counted, as upstream's", "[quartz:7.3][quartz:7.4]") {
  Trigger trigger = every_ten_seconds(0);
  std::get<CronSchedule>(trigger.schedule).expression =
      CronExpression::parse("0 0 , * * ?", CronDialect::quartz).value();
  const auto due = trigger.next;
  CHECK_THROWS_AS(triggered(trigger, nullptr, at(*due)), NoSuchElement);
  CHECK(trigger.previous == due);
  CHECK(trigger.next == due);
}

TEST_CASE("month ends and gaps of calendar intervals", "[quartz:7.7]") {
  Trigger trigger;
  trigger.schedule = by(IntervalUnit::month, 1);
  trigger.start = utc_at(2023, 1, 31, 9);
  const TriggerContext context = at(trigger.start);
  CHECK(shown(fire_time_after(trigger, trigger.start, context)) == "2023-02-28 09:00:00");
  CHECK(shown(fire_time_after(trigger, utc_at(2023, 2, 28, 9), context)) == "2023-03-28 09:00:00");

  CalendarIntervalSchedule daily = by(IntervalUnit::day, 1);
  daily.zone = &berlin();
  trigger.start = utc_at(2024, 3, 30, 1, 30);  // 02:30
  trigger.schedule = daily;
  CHECK(shown(fire_time_after(trigger, utc_at(2024, 3, 31, 12), context), berlin()) == "2024-04-01 01:30:00");
  daily.preserve_hour_of_day = true;
  trigger.schedule = daily;
  CHECK(shown(fire_time_after(trigger, trigger.start, context), berlin()) == "2024-03-31 03:30:00");
  CHECK(shown(fire_time_after(trigger, utc_at(2024, 3, 31, 12), context), berlin()) == "2024-04-01 02:30:00");
  daily.skip_day_if_hour_does_not_exist = true;
  trigger.schedule = daily;
  CHECK(shown(fire_time_after(trigger, trigger.start, context), berlin()) == "2024-04-01 02:30:00");
}

TEST_CASE("one fire of the last day may lie after the end", "[quartz:7.8]") {
  DailyTimeIntervalSchedule schedule;
  schedule.unit = IntervalUnit::hour;
  schedule.end_of_day = TimeOfDay{17, 0, 0};
  Trigger trigger;
  trigger.schedule = schedule;
  trigger.start = utc_at(2024, 1, 1);
  trigger.end = utc_at(2024, 1, 1, 16, 30);
  CHECK(fire_time_after(trigger, utc_at(2024, 1, 1, 16), at(trigger.start)) == utc_at(2024, 1, 1, 17));
  CHECK_FALSE(fire_time_after(trigger, utc_at(2024, 1, 1, 17), at(trigger.start)).has_value());
}

TEST_CASE("codes and intervals that a kind does not have are refused", "[quartz:7.9]") {
  Trigger trigger = simple(0, Duration());
  CHECK_NOTHROW(set_misfire_instruction(trigger, 5));
  CHECK_THROWS_AS(set_misfire_instruction(trigger, 6), IllegalArgument);
  trigger = every_ten_seconds(0);
  CHECK_THROWS_AS(set_misfire_instruction(trigger, 3), IllegalArgument);
  CHECK_THROWS_AS(set_times(trigger, trigger.start, trigger.start - Duration::ms(1), at(trigger.start)),
                  IllegalArgument);
  CHECK(refused(simple(1, Duration())).has_value());
  CHECK_FALSE(refused(simple(0, Duration())).has_value());
  DailyTimeIntervalSchedule by_day;
  by_day.unit = IntervalUnit::day;
  trigger.schedule = by_day;
  CHECK(refused(trigger).has_value());
  trigger.schedule = by(IntervalUnit::day, 0);
  CHECK(refused(trigger).has_value());
}

TEST_CASE("due triggers: time, then priority, then key", "[quartz:7.10]") {
  const TriggerOrder a(utc_at(2024, 1, 1), 5, {"DEFAULT", "z"});
  const TriggerOrder b(utc_at(2024, 1, 1), 5, {"A", "a"});
  const TriggerOrder urgent(utc_at(2024, 1, 1), 6, {"Z", "z"});
  const TriggerOrder later(utc_at(2024, 1, 2), 9, {"A", "a"});
  const TriggerOrder done(std::nullopt, 9, {"A", "a"});
  CHECK(urgent < a);
  CHECK(a < b);
  CHECK(b < later);
  CHECK(later < done);
  // By UTF-16 code units: a surrogate pair comes before U+FF21.
  CHECK(TriggerKey("g", "\U0001F600") < TriggerKey("g", "\uFF21"));
}
