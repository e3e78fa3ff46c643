// PowerJob's cron expressions drawn from the grammar: the next match is after, matches, and nothing lies between.
#include <catch2/catch.hpp>

#include <support/property.hpp>
#include <triggers/cron.hpp>

namespace {

using namespace chronofault;
using triggers::CronDialect;
using triggers::CronExpression;

std::string any_field(int low, int high) {
  const auto number = [&] { return std::to_string(*rc::gen::inRange(low, high + 1)); };
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return "*";
    case 1:
      return number();
    case 2:
      return number() + "," + number();
    default:
      return number() + "/" + std::to_string(*rc::gen::inRange(1, high - low + 1));
  }
}

std::string any_day() {
  return *rc::gen::element<std::string>("*", "L", "LW", "15W", "1W", "31W", "13", "1-7", "L-2", "10,20,30");
}
std::string any_weekday() {
  return *rc::gen::element<std::string>("*", "2", "MON-FRI", "6L", "3#2", "1#5", "L", "1,7");
}

struct Drawn {
  std::string text;
  CronExpression cron;
};

Drawn any_cron() {
  const bool by_weekday = *rc::gen::arbitrary<bool>();
  const bool both = *rc::gen::arbitrary<bool>();
  std::string text = any_field(0, 59) + " " + any_field(0, 59) + " " + any_field(0, 23);
  text += " " + (by_weekday && !both ? std::string("?") : any_day());
  text += " " + any_field(1, 12) + " " + (by_weekday || both ? any_weekday() : std::string("?"));
  auto parsed = CronExpression::parse(text, CronDialect::powerjob);
  if (!parsed) RC_FAIL(text + ": " + parsed.error().message);
  return {text, *parsed};
}

}  // namespace

TEST_CASE("the next match", "[powerjob:7.1]") {
  support::check_property("is later, on a second, matches, and is the first", [] {
    const Drawn drawn = any_cron();
    RC_LOG() << drawn.text << '\n';
    const TimeZone zone("fixed", Duration::minutes(*rc::gen::inRange(-12 * 60, 14 * 60)));
    const WallTime from = WallTime::from_us(*rc::gen::inRange<std::int64_t>(1'500'000'000, 1'900'000'000) * 1'000'000 +
                                            *rc::gen::inRange<std::int64_t>(0, 1'000'000));
    const auto next = drawn.cron.next_after(from, zone);
    if (!next) {
      RC_SUCCEED("never again");
    }
    RC_ASSERT(*next > from);
    RC_ASSERT(drawn.cron.satisfied_by(*next, zone, from));
    // Seconds between are looked at near both ends; minutes in the middle by the way back.
    for (std::int64_t i = 1; i <= 400; ++i) {
      const WallTime after = WallTime::from_us(from.us() / 1'000'000 * 1'000'000) + Duration::seconds(i);
      const WallTime before = *next - Duration::seconds(i);
      if (after < *next) RC_ASSERT(!drawn.cron.satisfied_by(after, zone, from));
      if (before > from) RC_ASSERT(!drawn.cron.satisfied_by(before, zone, from));
    }
    const auto back = drawn.cron.previous_before(*next, zone);
    if (back) RC_ASSERT(*back <= from);
    if (back) RC_ASSERT(drawn.cron.satisfied_by(*back, zone, from));
    RC_ASSERT(drawn.cron.previous_before(*next + Duration::us(1), zone) == next);
  });
}

TEST_CASE("the next match never goes back, whatever the zone does", "[powerjob:7.1]") {
  support::check_property("strictly later", [] {
    const Drawn drawn = any_cron();
    const WallTime change = WallTime::from_ms(1'700'000'000'000);
    const Duration jump = Duration::minutes(*rc::gen::element(-60, -30, 30, 60));
    const TimeZone zone("jumping", Duration::hours(1), {{change, Duration::hours(1) + jump}});
    WallTime t = change - Duration::minutes(*rc::gen::inRange(0, 3000));
    for (int i = 0; i < 20; ++i) {
      const auto next = drawn.cron.next_after(t, zone);
      if (!next) break;
      RC_ASSERT(*next > t);
      t = *next;
    }
  });
}
