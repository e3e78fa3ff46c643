// Recorded answers of the real Quartz 2.3.2 (quartz 12), through the checker that users have.
#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

#include "../../scenarios/verify/quartz.hpp"

using namespace chronofault;

namespace {

void check_file(const std::string& name, std::uint64_t cases) {
  verify::Tally tally;
  verify::verify_quartz(verify::VectorFile::read("tests/vectors/quartz/" + name + ".gz"), tally);
  INFO(name);
  CHECK(tally.traces() == cases);
  for (const verify::Difference& d : tally.differences()) {
    UNSCOPED_INFO(d.trace << " " << d.step << " " << d.operation << ": expected " << d.expected << ", got " << d.seen);
  }
  CHECK(tally.different() == 0);
}

}  // namespace

TEST_CASE("recorded cron expressions", "[quartz:7.2][quartz:7.3]") {
  check_file("cron.jsonl", 1'314);
  check_file("cron_invalid.jsonl", 210);
  check_file("cron_odd.jsonl", 69);
}

TEST_CASE("recorded fire times of triggers", "[quartz:7.4][quartz:7.5][quartz:7.6][quartz:7.7][quartz:7.8]") {
  check_file("simple_cron_series.jsonl", 80);
  check_file("calendarinterval.jsonl", 371);
  check_file("dailytimeinterval.jsonl", 258);
}

TEST_CASE("recorded misfires and exchanged calendars", "[quartz:7.4][quartz:7.9]") {
  check_file("misfire.jsonl", 938);
  check_file("newcalendar.jsonl", 120);
}

TEST_CASE("recorded exclusion calendars", "[quartz:7.8b]") { check_file("calendar.jsonl", 238); }

TEST_CASE("facts of upstream's unit tests", "[quartz:12]") {
  check_file("upstream_cron_expression.json", 23);
  check_file("upstream_calendar_interval.json", 7);
  check_file("upstream_calendars.json", 4);
  check_file("upstream_daily_time_interval.json", 22);
  check_file("upstream_trigger_basics.json", 5);
}

TEST_CASE("a wrong answer is told, a damaged recording is refused", "[quartz:12]") {
  const auto file = [](std::string name, std::string text) {
    verify::VectorFile f;
    f.path = name + ".jsonl";
    f.name = std::move(name);
    f.lines_are_cases = true;
    f.lines.push_back({1, std::move(text)});
    return f;
  };
  verify::Tally tally;
  verify::verify_quartz(file("cron", R"({"i":"c1","c":"hand","e":"0 0 12 * * ?","z":"UTC","t":0,"n":[1,2,3,4,5]})"),
                        tally);
  REQUIRE(tally.different() == 1);
  CHECK(tally.differences().front().trace == "c1");
  CHECK(tally.differences().front().expected == R"({"n":[1,2,3,4,5]})");
  for (const char* text :
       {"{", "[]", "{}", R"({"c":1})", R"({"c":"x","e":"0 0 12 * * ?","z":"Nowhere/At_All","t":0,"n":[]})"}) {
    INFO(text);
    CHECK_THROWS_AS(verify::verify_quartz(file("cron", text), tally), verify::BadVectors);
  }
  CHECK_THROWS_AS(verify::verify_quartz(file("calendar", R"({"cal":{"t":"weekly","x":[99]},"q":[]})"), tally),
                  verify::BadVectors);
  CHECK_THROWS_AS(verify::verify_quartz(file("poems", "{}"), tally), verify::BadVectors);
}
