// Vectors about time: cron_next, daily_time_interval, timing_validate, timer_wheel, snowflake.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <powerjob/rules/daily_time_interval.hpp>
#include <powerjob/rules/snowflake.hpp>
#include <powerjob/rules/timers.hpp>
#include <powerjob/rules/trigger_time.hpp>
#include <support/vectors.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;
using nlohmann::json;

const TimeZone shanghai("Asia/Shanghai", Duration::hours(8));

WallTime at(const json& ms) { return WallTime::from_ms(ms.get<std::int64_t>()); }

std::optional<WallTime> expected(const json& ms) {
  return ms.is_null() ? std::nullopt : std::optional<WallTime>(at(ms));
}

void check_chain(const Timing& timing, WallTime previous, WallTime now, const json& next_ms, const Profile& profile) {
  for (const json& wanted : next_ms) {
    const auto next = next_trigger_time(timing, previous, now, shanghai, profile);
    REQUIRE(next.has_value());
    REQUIRE(*next == expected(wanted));
    if (*next) previous = **next;
  }
}

TimeExpressionType type_of(const std::string& name) {
  if (name == "API") return TimeExpressionType::api;
  if (name == "FIXED_RATE") return TimeExpressionType::fixed_rate;
  REQUIRE(name == "FIXED_DELAY");
  return TimeExpressionType::fixed_delay;
}

DailyTimeInterval daily_of(const json& c) {
  DailyTimeInterval rule;
  rule.interval = Duration::seconds(c.value("interval_s", 1));
  rule.start = parse_time_of_day(c["start"]).value();
  rule.end = parse_time_of_day(c["end"]).value();
  if (!c["days"].is_null()) {
    for (const json& day : c["days"]) rule.days[day.get<std::size_t>()] = true;
  }
  return rule;
}

}  // namespace

TEST_CASE("cron vectors", "[powerjob:7.1]") {
  for (const json& c : support::cases_of("powerjob/cron_next.json")) {
    const std::string cron = c["cron"];
    CAPTURE(cron);
    if (c["kind"] == "parse") {
      const Timing timing(TimeExpressionType::cron, cron);
      REQUIRE(validate_timing(timing, WallTime(), shanghai, Profile::v411()).has_value() == c["valid"].get<bool>());
      continue;
    }
    const WallTime reference = at(c["reference_ms"]);
    LifeCycle lifecycle;
    WallTime now = reference;
    if (c["kind"] == "lifecycle") {
      now = at(c["now_ms"]);
      lifecycle.start = at(c["start_ms"]);
      lifecycle.end = at(c["end_ms"]);
    }
    check_chain(Timing(TimeExpressionType::cron, cron, lifecycle), reference, now, c["next_ms"], Profile::v411());
  }
}

TEST_CASE("cron vectors in the V340 dialect where it has them", "[powerjob:7.1]") {
  for (const json& c : support::cases_of("powerjob/cron_next.json")) {
    if (c["kind"] != "sequence" || c.contains("derived")) continue;
    const std::string cron = c["cron"];
    CAPTURE(cron);
    const WallTime reference = at(c["reference_ms"]);
    check_chain(Timing(TimeExpressionType::cron, cron), reference, reference, c["next_ms"], Profile::v340());
  }
}

TEST_CASE("daily time interval vectors", "[powerjob:7.1]") {
  for (const json& c : support::cases_of("powerjob/daily_time_interval.json")) {
    CAPTURE(c.dump());
    const std::string kind = c["kind"];
    if (kind == "week") {
      REQUIRE(weekday_of(c["date"][0], c["date"][1], c["date"][2]) == c["week"].get<int>());
      continue;
    }
    const DailyTimeInterval rule = daily_of(c);
    if (kind == "in_range") {
      REQUIRE(earliest_allowed(rule, at(c["time_ms"]), shanghai) == at(c["expect_ms"]));
      continue;
    }
    json expression = {{"interval", c["interval_s"]}, {"startTimeOfDay", c["start"]}, {"endTimeOfDay", c["end"]}};
    if (!c["days"].is_null()) expression["daysOfWeek"] = c["days"];
    Timing timing(TimeExpressionType::daily_time_interval, expression.dump());
    const Profile profile = Profile::v511();
    if (kind == "validate") {
      REQUIRE(validate_timing(timing, WallTime(), shanghai, profile).has_value() == c["valid"].get<bool>());
      continue;
    }
    REQUIRE(kind == "sequence");
    timing.lifecycle.start = at(c["lifecycle_start_ms"]);
    timing.lifecycle.end = at(c["lifecycle_end_ms"]);
    const WallTime first = at(c["pre_trigger_ms"]);
    check_chain(timing, first, first, c["expect_ms"], profile);
  }
}

TEST_CASE("timing vectors", "[powerjob:7.1]") {
  const WallTime now = WallTime::from_ms(1'676'126'794'874);
  for (const json& c : support::cases_of("powerjob/timing_validate.json")) {
    CAPTURE(c.dump());
    const Timing timing(type_of(c["type"]), c["expr"]);
    const Profile profile = Profile::v511();
    REQUIRE(validate_timing(timing, now, shanghai, profile).has_value() == c["valid"].get<bool>());
    if (!c.contains("next_times_listed")) continue;
    int listed = 0;
    WallTime previous = now;
    for (int i = 0; i < 5; ++i) {
      const auto next = next_trigger_time(timing, previous, now, shanghai, profile);
      REQUIRE(next.has_value());
      if (!*next) break;
      previous = **next;
      ++listed;
    }
    REQUIRE(listed == c["next_times_listed"].get<int>());
  }
}

TEST_CASE("timer wheel vectors", "[powerjob:7.6]") {
  for (const json& c : support::cases_of("powerjob/timer_wheel.json")) {
    CAPTURE(c.dump());
    Timers timers(WallTime(), MonoTime(), Profile::v411());
    const auto observe = [&timers](std::int64_t ms) { timers.observe(WallTime::from_ms(ms), MonoTime::from_ms(ms)); };
    observe(c["scheduled_at"]);
    REQUIRE_FALSE(timers.schedule(7, Duration::ms(c["delay"].get<std::int64_t>()), 42).has_value());
    std::optional<std::int64_t> fired_at;
    while (!fired_at) {
      const auto fast = timers.next(Timers::Wheel::fast);
      const auto slow = timers.next(Timers::Wheel::slow);
      REQUIRE((fast || slow));
      const bool is_fast = fast && (!slow || fast->until <= slow->until);
      const WallTime until = is_fast ? fast->until : slow->until;
      observe(until.ms());
      const auto fired = timers.take_due(is_fast ? Timers::Wheel::fast : Timers::Wheel::slow);
      if (fired.empty()) continue;
      REQUIRE(fired.front().token == 42);
      fired_at = until.ms();
    }
    REQUIRE(*fired_at == c["fires_at"].get<std::int64_t>());
    REQUIRE(*fired_at - c["scheduled_at"].get<std::int64_t>() - c["delay"].get<std::int64_t>() ==
            c["late_by"].get<std::int64_t>());
    REQUIRE(timers.size() == 0);
    REQUIRE_FALSE(timers.has_handle(7));
  }
}

TEST_CASE("id vectors", "[powerjob:2.4]") {
  for (const json& c : support::cases_of("powerjob/snowflake.json")) {
    CAPTURE(c.dump());
    const std::int64_t id = std::stoll(c["id"].get<std::string>());
    const IdParts parts = decode_id(id);
    REQUIRE(parts.timestamp == at(c["timestamp_ms"]));
    REQUIRE(to_string(parts.timestamp, shanghai) == c["time_shanghai"].get<std::string>());
    REQUIRE(parts.data_center == c["data_center"].get<int>());
    REQUIRE(parts.machine == c["machine"].get<int>());
    REQUIRE(parts.sequence == c["sequence"].get<int>());
    REQUIRE(encode_id(parts) == id);
    IdGenerator generator(parts.machine, Profile::v411());
    REQUIRE(generator.draw(parts.timestamp).id == id);
  }
}
