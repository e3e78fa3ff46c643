// XXL-JOB's copy of the cron expression against output of the class itself (xxl-job 7.2).
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <scenarios/time_zones.hpp>
#include <scenarios/verify/vector_file.hpp>
#include <triggers/cron.hpp>

using namespace chronofault;
using nlohmann::json;
using triggers::CronDialect;
using triggers::CronExpression;

namespace {

json cases(const std::string& name) {
  const auto file = verify::VectorFile::read("tests/vectors/xxl-job/" + name);
  return json::parse(file.lines.at(0).text).at("cases");
}

}  // namespace

TEST_CASE("next fire times of XXL-JOB", "[xxl-job:7.2]") {
  scenarios::TimeZones zones;
  for (const json& c : cases("cron_next.json.gz")) {
    const std::string text = c.at("expr");
    CAPTURE(text);
    const auto cron = CronExpression::parse(text, CronDialect::xxl_job);
    REQUIRE(cron.has_value());
    const TimeZone* const zone = zones.find(c.at("tz").get<std::string>());
    REQUIRE(zone != nullptr);
    WallTime t = WallTime::from_ms(c.at("from_ms").get<std::int64_t>());
    for (const json& wanted : c.at("next")) {
      // The clock's milliseconds must not matter in this dialect.
      const auto next = cron->time_after(t, *zone, WallTime::from_ms(17));
      REQUIRE(next == cron->time_after(t, *zone, WallTime::from_ms(999)));
      if (wanted.is_null()) {
        REQUIRE_FALSE(next.has_value());
        break;
      }
      REQUIRE(next.has_value());
      REQUIRE(next->ms() == wanted.at("ms").get<std::int64_t>());
      t = *next;
    }
  }
}

TEST_CASE("what XXL-JOB accepts", "[xxl-job:7.2]") {
  for (const json& c : cases("cron_valid.json.gz")) {
    const std::string text = c.at("expr");
    CAPTURE(text);
    CHECK(CronExpression::parse(text, CronDialect::xxl_job).has_value() == c.at("valid").get<bool>());
  }
}
