#include <catch2/catch.hpp>

#include <scenarios/campaign.hpp>

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

struct Counts {
  std::uint64_t violated = 0;
  std::uint64_t held = 0;
  std::uint64_t vacuous = 0;
  std::uint64_t open = 0;
};

ExpectationResult judged(Seeds seeds, Counts counts, std::optional<std::pair<std::int64_t, std::int64_t>> share = {}) {
  ExpectationResult result;
  result.expectation.seeds = seeds;
  result.expectation.share_ppm = share;
  result.tally.violated = counts.violated;
  result.tally.held = counts.held;
  result.tally.vacuous = counts.vacuous;
  result.tally.open = counts.open;
  if (counts.violated > 0) result.tally.first_violating = 5;
  judge(result, counts.violated + counts.held + counts.vacuous + counts.open);
  CHECK(result.met == result.why.empty());
  return result;
}

}  // namespace

TEST_CASE("seeds: all, some and none", "[campaign]") {
  CHECK(judged(Seeds::all, {10, 0, 0, 0}).met);
  CHECK_FALSE(judged(Seeds::all, {9, 1, 0, 0}).met);
  CHECK_FALSE(judged(Seeds::all, {9, 0, 0, 1}).met);
  CHECK(judged(Seeds::some, {1, 9, 0, 0}).met);
  CHECK(judged(Seeds::some, {10, 0, 0, 0}).met);
  CHECK_FALSE(judged(Seeds::some, {0, 10, 0, 0}).met);
  CHECK(judged(Seeds::some, {0, 1, 0, 0}).met);  // one run: either
  CHECK(judged(Seeds::none, {0, 10, 0, 0}).met);
  CHECK(judged(Seeds::none, {0, 1, 9, 0}).met);
  CHECK(judged(Seeds::none, {1, 9, 0, 0}).why == "1 of 10 runs violate it, the first with seed 5");
}

TEST_CASE("a property that is vacuous or open everywhere meets nothing", "[campaign]") {
  for (const Seeds seeds : {Seeds::all, Seeds::some, Seeds::none}) {
    CHECK(judged(seeds, {0, 0, 10, 0}).why == "its premise never held: vacuous in every run");
    CHECK_FALSE(judged(seeds, {0, 0, 0, 0}).met);
  }
  CHECK_FALSE(judged(Seeds::none, {0, 0, 0, 10}).met);
  CHECK_FALSE(judged(Seeds::none, {0, 0, 5, 5}).met);
}

TEST_CASE("a share is inclusive at both ends", "[campaign]") {
  CHECK(judged(Seeds::some, {2, 8, 0, 0}, {{200'000, 900'000}}).met);
  CHECK(judged(Seeds::some, {9, 1, 0, 0}, {{200'000, 900'000}}).met);
  CHECK(judged(Seeds::some, {1, 9, 0, 0}, {{200'000, 900'000}}).why ==
        "10.00% of the runs violate it, outside 20.00% to 90.00%");
  CHECK_FALSE(judged(Seeds::some, {10, 0, 0, 0}, {{200'000, 900'000}}).met);
}

TEST_CASE("ranges of seeds", "[campaign]") {
  CHECK(parse_seeds("500")->first == 1);
  CHECK(parse_seeds("500")->size() == 500);
  CHECK(parse_seeds("3..90")->first == 3);
  CHECK(parse_seeds("3..90")->last == 90);
  CHECK(parse_seeds("7..7")->size() == 1);
  CHECK(parse_seeds("0..0")->size() == 1);
  for (const char* wrong :
       {"", "0", "x", "-1", "1..", "..2", "5..4", "1.5", "1...3", "1..99999999999", "99999999999999999999999"}) {
    INFO(wrong);
    CHECK_FALSE(parse_seeds(wrong).has_value());
  }
}
