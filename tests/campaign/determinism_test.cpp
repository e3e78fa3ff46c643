// Where two runs part: by checkpoints, by steps, by records.
#include <catch2/catch.hpp>

#include <scenarios/determinism.hpp>
#include <support/incidents.hpp>

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

RunDigest digest(std::vector<std::uint64_t> values, std::uint64_t steps) {
  RunDigest made;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sim::Checkpoint point;
    point.step = (i + 1) * RunDigest::interval;
    point.digest.low = values[i];
    made.checkpoints.push_back(point);
  }
  made.steps = steps;
  made.digest.low = values.empty() ? 0 : values.back() + steps;
  return made;
}

Plan plan_of_seed(std::uint64_t seed) {
  return support::plan_of("scenarios/incidents/powerjob-usurpation-envelope.yaml", "documented", seed);
}

}  // namespace

TEST_CASE("the span that holds the first step that differs", "[determinism]") {
  constexpr std::uint64_t n = RunDigest::interval;
  CHECK_FALSE(parted(digest({1, 2, 3}, 4 * n), digest({1, 2, 3}, 4 * n)));
  for (std::size_t first = 0; first < 6; ++first) {
    std::vector<std::uint64_t> other = {1, 2, 3, 4, 5, 6};
    for (std::size_t i = first; i < other.size(); ++i) other[i] += 100;
    const auto span = parted(digest({1, 2, 3, 4, 5, 6}, 7 * n), digest(other, 7 * n));
    REQUIRE(span);
    CHECK(span->after == first * n);
    CHECK(span->upto == (first + 1) * n);
  }
  // After the last checkpoint.
  const auto tail = parted(digest({1, 2}, 2 * n + 7), digest({1, 2}, 2 * n + 9));
  REQUIRE(tail);
  CHECK(tail->after == 2 * n);
  CHECK(tail->upto == 2 * n + 9);
}

TEST_CASE("digests go through a pipe and back", "[determinism]") {
  const RunDigest digest = digest_of(plan_of_seed(1));
  CHECK(digest.checkpoints.size() == digest.steps / RunDigest::interval);
  const auto back = parse_run_digest(to_text(digest));
  REQUIRE(back);
  CHECK(*back == digest);
  for (const char* wrong : {"", "run 1 2 3\n", "checkpoint 1 2\n", "nonsense\n", "checkpoint x 0 00\n"}) {
    CHECK_FALSE(parse_run_digest(wrong).has_value());
  }
}

TEST_CASE("two runs of one plan are the same", "[determinism]") {
  const Plan plan = plan_of_seed(3);
  CHECK_FALSE(parted(digest_of(plan), digest_of(plan)));
  CHECK(step_digests(plan, {100, 200}) == step_digests(plan, {100, 200}));
  CHECK(step_digests(plan, {100, 200}).size() == 100);
}

TEST_CASE("the first record that differs between two plans is the one that was made to", "[determinism]") {
  // One job takes another time: all is equal until a worker's sleep for it.
  const Plan plan = plan_of_seed(3);
  Plan other = plan;
  other.work.at("set-running").takes = Distribution::constant(Duration::ms(1));
  other.faults.clear();
  Plan one = plan;
  one.faults.clear();  // the run is dispatched
  one.work.at("set-running").takes = Distribution::constant(Duration::ms(2));
  const auto span = parted(digest_of(one), digest_of(other));
  REQUIRE(span);
  const auto ours = step_digests(one, *span);
  const auto theirs = step_digests(other, *span);
  const auto step = first_difference(ours, theirs);
  REQUIRE(step);
  const std::uint64_t first = span->after + *step + 1;
  const auto a = record_texts(one, {first - 100, first + 2'000});
  const auto b = record_texts(other, {first - 100, first + 2'000});
  const auto record = first_difference(a, b);
  REQUIRE(record);
  INFO(a[*record] << "\n" << b[*record]);
  // It is the end of that sleep, or what follows it at once, at the worker that runs the job.
  CHECK((a[*record] + b[*record]).find("w-") != std::string::npos);
  CHECK((a[*record] + b[*record]).find("expire sleep") != std::string::npos);
  CHECK(*record > 0);
}
