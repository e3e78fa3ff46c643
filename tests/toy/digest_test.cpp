// The determinism contract: one plan, one digest; and when it is broken, the first record that differs is named.
#include <catch2/catch.hpp>

#include <support/sanitizer.hpp>

#include "fresh_process.hpp"

namespace {

using namespace toy;

sim::Hash128 digest_of(std::uint64_t seed, std::uint64_t steps, bool trace, bool outsider) {
  ToyOptions options;
  options.seed = seed;
  options.trace = trace;
  Toy toy(options);
  std::uint64_t seen = 0;
  if (outsider) {
    toy.cluster.kernel.after_each_step([&seen] { ++seen; });
    for (int i = 1; i <= 200; ++i) {
      toy.cluster.at(Duration::ms(i * 7), [&toy] { toy.cluster.kernel.outside_streams().stream("idle").next(); });
    }
  }
  toy.run_to_step(steps);
  CHECK(toy.cluster.kernel.steps() == steps);
  CHECK((!outsider || seen == steps));
  return toy.digest();
}

TEST_CASE("one seed is one run: again, with a trace, with an idle outsider", "[design:4]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const sim::Hash128 digest = digest_of(seed, 1'000, false, false);
    CHECK(digest_of(seed, 1'000, false, false) == digest);
    CHECK(digest_of(seed, 1'000, true, false) == digest);
    CHECK(digest_of(seed, 1'000, false, true) == digest);
    CHECK(digest_of(seed + 1, 1'000, false, false) != digest);
  }
}

TEST_CASE("1,000 seeds have the same digests in a fresh process", "[design:4]") {
  RunRequest request;
  request.seeds = 1'000;
  const RunResult here = run_here(request);
  const RunResult there = run_in_fresh_process(request);
  REQUIRE(here.digests.size() == 1'000);
  CHECK(here.digests == there.digests);
  CHECK(here.checkpoints.size() == request.steps / request.checkpoint_every);
  CHECK(here.checkpoints == there.checkpoints);
  CHECK_FALSE(sim::first_difference(here.checkpoints, there.checkpoints));
}

TEST_CASE("the records of a run are the same in a fresh process", "[design:4]") {
  RunRequest request;
  request.trace = true;
  request.steps = 3'000;
  const RunResult here = run_here(request);
  const RunResult there = run_in_fresh_process(request);
  REQUIRE(here.records.size() > 1'000);
  CHECK(here.records == there.records);
  CHECK(sim::explain_difference(here.records, there.records).empty());
}

#if !CF_UNDER_ASAN

// Compares digests seed by seed; at a difference bisects the checkpoints, runs both again with their records up to
// there, and explains. Empty: no difference seen.
std::string find_difference(Defect defect, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    RunRequest request;
    request.seed = seed;
    request.defect = defect;
    const RunResult here = run_here(request);
    const RunResult there = run_in_fresh_process(request);
    if (here.digests == there.digests) continue;
    const auto parted = sim::first_difference(here.checkpoints, there.checkpoints);
    request.steps = parted ? here.checkpoints[*parted].step : request.steps;
    request.trace = true;
    const RunResult here_again = run_here(request);
    const RunResult there_again = run_in_fresh_process(request);
    std::string explained = sim::explain_difference(here_again.records, there_again.records);
    if (!explained.empty()) return explained;
  }
  return std::string();
}

TEST_CASE("a planted dependence on addresses or junk is caught and named", "[design:4]") {
  for (const Defect defect : {Defect::hashes_addresses, Defect::orders_by_address, Defect::reads_junk}) {
    // Chance decides at which seed addresses or junk differ; the first difference ends the search.
    const std::string explained = find_difference(defect, 400);
    CAPTURE(static_cast<int>(defect), explained);
    CHECK(explained.find("the runs part at record") == 0);
    // The first thing that depends on the choice is the connection to the chosen worker.
    CHECK(explained.find("server-") != std::string::npos);
    CHECK(explained.find("connect (worker-") != std::string::npos);
  }
  CHECK(find_difference(Defect::none, 20).empty());
}

#endif

}  // namespace
