// The four causes of a misfire around the threshold, for every policy of every kind of trigger (quartz 7.9, 9.2).
#include <catch2/catch.hpp>

#include <reports/misfire_policies.hpp>
#include <support/approved.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::literals;
using scenarios::MisfireCell;
using scenarios::MisfireRun;

const MisfireCell& cell(const scenarios::MisfirePolicies& table, const std::string& store, const std::string& trigger,
                        const std::string& policy, const std::string& cause, Duration delay) {
  for (const scenarios::MisfireRow& row : table.rows) {
    if (row.store != store || row.trigger != trigger || row.policy != policy || row.cause != cause) continue;
    for (const MisfireCell& found : row.cells) {
      if (found.delay == delay) return found;
    }
  }
  FAIL("no such cell: " << store << ", " << trigger << ", " << policy << ", " << cause);
  return table.rows.front().cells.front();
}

TEST_CASE("what runs after a delay around the threshold", "[quartz:7.9][quartz:9.2]") {
  const scenarios::MisfirePolicies table = scenarios::quartz_misfire_policies();
  tests::check_approved("quartz-misfire-policies.txt", reports::to_text(table));

  SECTION("in memory a delay of the threshold counts, on a database only a longer one") {
    for (const char* cause :
         {"no free thread", "scheduler stopped", "concurrent execution disallowed", "start time in the past"}) {
      const auto misfires = [&](const char* store, Duration delay) {
        return cell(table, store, "cron", "DO_NOTHING", cause, delay).misfires;
      };
      CHECK(misfires("memory", -1_ms) == 0);
      CHECK(misfires("memory", 0_ms) == 1);
      CHECK(misfires("memory", 1_ms) == 1);
      CHECK(misfires("database", -1_ms) == 0);
      CHECK(misfires("database", 0_ms) == 0);
      CHECK(misfires("database", 1_ms) == 1);
    }
  }
  SECTION("IGNORE_MISFIRE_POLICY makes up for every missed fire at once, however late") {
    const std::vector<MisfireRun> runs = {{5'001_ms, 0_s}, {5'001_ms, 2_s}, {5'001_ms, 4_s}, {6_s, 6_s}, {8_s, 8_s}};
    for (const char* store : {"memory", "database"}) {
      const MisfireCell& seen = cell(table, store, "cron", "IGNORE_MISFIRE_POLICY", "no free thread", 1_ms);
      CHECK(seen.runs == runs);
      CHECK(seen.misfires == 0);
    }
  }
  SECTION("an overdue trigger on a database waits for the misfire handler, unless a start recovers it") {
    const auto first = [&](const char* cause) {
      return cell(table, "database", "cron", "FIRE_ONCE_NOW", cause, 1_ms).runs.at(0).fired;
    };
    CHECK(first("no free thread") == 7_s);
    CHECK(first("scheduler stopped") == 5'001_ms);
  }
}

}  // namespace
