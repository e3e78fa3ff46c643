// fixed_rate and fixed_delay as java.util.concurrent.ScheduledThreadPoolExecutor has them.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/loop.hpp>
#include <support/bench.hpp>

using namespace support;

namespace {

class Recorded final : public Events {
 public:
  RecordId emit(const Event& event) override {
    kinds.push_back(event.kind);
    details.push_back(event.detail);
    bound = event.kind == EventKind::LoopDeclared ? event.bound : bound;
    return kinds.size();
  }
  bool tracing() const noexcept override { return true; }
  void begin_unit(RecordId) noexcept override { ++units; }
  void read(RecordId) noexcept override {}
  RecordId wrote(std::string_view, std::string_view) override { return 0; }
  void absent(const Absence&) override {}

  std::vector<EventKind> kinds;
  std::vector<std::string> details;
  Duration bound;
  int units = 0;
};

struct Pass {
  Duration begin;
  Duration end;
};

using Loop = Task<> (*)(Clock&, Events&, LoopSpec, LoopBody);

/// Passes whose lengths come from `lengths`, the last one repeated.
std::vector<Pass> run(Loop loop, Duration initial, Duration period, std::vector<Duration> lengths, Duration horizon) {
  Bench bench;
  Recorded events;
  std::vector<Pass> passes;
  std::size_t next = 0;
  int inside = 0;
  const LoopBody body = [&]() -> Task<> {
    CHECK(++inside == 1);  // never two at once
    Pass pass{bench.now(), {}};
    const Duration length = lengths[std::min(next++, lengths.size() - 1)];
    if (length > Duration{}) co_await bench.sleep(length);
    pass.end = bench.now();
    passes.push_back(pass);
    --inside;
  };
  bench.scope().spawn("loop", loop(bench.clock, events, LoopSpec("L", initial, period), body));
  bench.kernel.run_until(at(horizon));
  CHECK(events.kinds.front() == EventKind::LoopDeclared);
  CHECK(events.bound == period * 3 + 10_s);
  CHECK(std::count(events.kinds.begin(), events.kinds.end(), EventKind::LoopPassed) >=
        static_cast<std::ptrdiff_t>(passes.size()));
  CHECK(events.details.back() == "L");
  CHECK(events.units >= static_cast<int>(passes.size()));
  return passes;
}

std::vector<Duration> begins(const std::vector<Pass>& passes) {
  std::vector<Duration> all;
  for (const Pass& pass : passes) all.push_back(pass.begin);
  return all;
}

}  // namespace

TEST_CASE("fixed_rate passes at initial + k x period, however long each takes", "[loop]") {
  const auto passes = run(fixed_rate, 5_s, 10_s, {1_s, 9_s, 0_s, 10_s, 3_s}, 60_s);
  CHECK(begins(passes) == std::vector<Duration>{5_s, 15_s, 25_s, 35_s, 45_s, 55_s});
}

TEST_CASE("fixed_rate does not drift", "[loop]") {
  const auto passes = run(fixed_rate, 0_s, 7_ms, {3_ms}, 100_s);
  REQUIRE(passes.size() == 14'286);
  CHECK(passes.back().begin == 7_ms * 14'285);
}

TEST_CASE("late passes of fixed_rate follow back to back until they have caught up", "[loop]") {
  const auto passes = run(fixed_rate, 0_s, 10_s, {35_s, 1_s}, 65_s);
  CHECK(begins(passes) == std::vector<Duration>{0_s, 35_s, 36_s, 37_s, 40_s, 50_s, 60_s});
}

TEST_CASE("fixed_delay leaves a period between an end and the next begin", "[loop]") {
  const auto passes = run(fixed_delay, 5_s, 10_s, {1_s, 30_s, 0_s, 2_s}, 80_s);
  CHECK(begins(passes) == std::vector<Duration>{5_s, 16_s, 56_s, 66_s, 78_s});
}

TEST_CASE("the first pass without an initial delay comes at once", "[loop]") {
  for (const Loop loop : {fixed_rate, fixed_delay}) CHECK(run(loop, 0_s, 10_s, {0_s}, 5_s).front().begin == 0_s);
}

TEST_CASE("a paused fixed_rate loop catches up, a fixed_delay loop does not", "[loop]") {
  Bench bench;
  Recorded events;
  int rate = 0;
  int delay = 0;
  const LoopBody count_rate = [&]() -> Task<> {
    ++rate;
    co_return;
  };
  const LoopBody count_delay = [&]() -> Task<> {
    ++delay;
    co_return;
  };
  bench.scope().spawn("rate", fixed_rate(bench.clock, events, LoopSpec("rate", 10_s, 10_s), count_rate));
  bench.scope().spawn("delay", fixed_delay(bench.clock, events, LoopSpec("delay", 10_s, 10_s), count_delay));
  bench.run_for(5_s);
  bench.executor.close();
  bench.run_for(100_s);
  CHECK(rate + delay == 0);
  bench.executor.open();
  bench.run_for(1_s);
  CHECK(rate == 10);
  CHECK(delay == 1);
  bench.run_for(4_s);
  CHECK(rate == 11);  // at 110 s again
  CHECK(delay == 1);
}

TEST_CASE("an exception ends the loop for good", "[loop]") {
  for (const Loop loop : {fixed_rate, fixed_delay}) {
    Bench bench;
    Recorded events;
    int passes = 0;
    int errors = 0;
    bench.scope().on_error([&](std::string_view, std::exception_ptr) { ++errors; });
    const LoopBody body = [&]() -> Task<> {
      if (++passes == 3) throw std::runtime_error("third");
      co_return;
    };
    bench.scope().spawn("loop", loop(bench.clock, events, LoopSpec("L", 1_s, 1_s), body));
    bench.run();
    CHECK(passes == 3);
    CHECK(errors == 1);
    CHECK(bench.scope().idle());
  }
}

TEST_CASE("an interrupt ends a loop in its sleep", "[loop][interrupt]") {
  for (const Loop loop : {fixed_rate, fixed_delay}) {
    Bench bench;
    Recorded events;
    const LoopBody body = []() -> Task<> { co_return; };
    const FiberHandle handle = bench.scope().start("loop", loop(bench.clock, events, LoopSpec("L", 1_s, 1_s), body));
    bench.run_for(5_s);
    handle.interrupt();
    bench.run_for(1_ms);
    CHECK_FALSE(handle.running());
  }
}
