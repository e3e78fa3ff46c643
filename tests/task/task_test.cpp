// Task: laziness, synchronous awaits without growth of the native stack, depth, exceptions, results.
#include <memory>
#include <stdexcept>
#include <string>

#include <catch2/catch.hpp>

#include <ports/task/task.hpp>
#include <support/bench.hpp>

using namespace support;

namespace {

Task<int> same(int n) { co_return n; }
Task<int> fails(int n) {
  if (n % 2 == 0) throw std::runtime_error("even");
  co_return n;
}
Task<int> through(int n) {
  const int got = co_await fails(n);
  co_return got;
}

/// Depth of the coroutine that awaits it.
struct Depth {
  class Awaiter {
   public:
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      depth_ = self.promise().depth;
      return false;
    }
    int await_resume() const noexcept { return depth_; }

   private:
    int depth_ = 0;
  };
  Awaiter operator co_await() const noexcept { return {}; }
};

Task<int> descend(Bench* b, int levels) {
  if (levels == 0) {
    co_await b->sleep(1_us);
    const int depth = co_await Depth{};
    co_return depth;
  }
  const int below = co_await descend(b, levels - 1);
  co_return below;
}

constexpr int many = 300'000;

}  // namespace

TEST_CASE("a loop of synchronous awaits does not grow the stack", "[coroutines:8.3]") {
  Bench bench;
  std::int64_t sum = 0;
  bench.start(
      [](std::int64_t* out) -> Task<> {
        for (int i = 0; i < many; ++i) *out += co_await same(i);
      },
      &sum);
  bench.run();
  CHECK(sum == std::int64_t{many} * (many - 1) / 2);
  CHECK(bench.kernel.steps() == 1);
}

TEST_CASE("nor do exceptions thrown through synchronous awaits", "[coroutines:8.3]") {
  Bench bench;
  int caught = 0;
  std::int64_t sum = 0;
  bench.start(
      [](std::int64_t* out, int* errors) -> Task<> {
        for (int i = 0; i < many; ++i) {
          try {
            *out += co_await through(i);
          } catch (const std::runtime_error&) {
            ++*errors;
          }
        }
      },
      &sum, &caught);
  bench.run();
  CHECK(caught == many / 2);
  CHECK(sum == std::int64_t{many} * many / 4);
}

TEST_CASE("awaits that suspend and awaits that do not mix without growth", "[coroutines:8.3]") {
  Bench bench;
  int done = 0;
  bench.start(
      [](Bench* b, int* count) -> Task<> {
        for (int i = 0; i < many / 10; ++i) {
          if (i % 100 == 0) co_await b->sleep(1_us);
          *count += co_await same(1);
        }
      },
      &bench, &done);
  bench.run();
  CHECK(done == many / 10);
}

TEST_CASE("a chain may be as deep as max_depth and knows how deep it is", "[coroutines:2]") {
  Bench bench;
  int depth = 0;
  bench.start(
      [](Bench* b, int* out) -> Task<> {
        const int got = co_await descend(b, max_depth - 2);
        *out = got;
      },
      &bench, &depth);
  bench.run();
  CHECK(depth == max_depth);
  CHECK(bench.frames() == 0);
}

TEST_CASE("a deep chain that is killed goes in one piece", "[coroutines:2]") {
  Bench bench;
  bench.start(
      [](Bench* b) -> Task<> {
        const int got = co_await descend(b, max_depth - 2);
        CHECK(got < 0);  // never
      },
      &bench);
  REQUIRE(bench.step());
  CHECK(bench.frames() > max_depth / 2);  // compilers may merge frames
  bench.executor.request_kill();
  bench.kernel.settle();
  CHECK(bench.frames() == 0);
}

TEST_CASE("a task is lazy and has one owner", "[coroutines:2]") {
  Bench bench;
  int started = 0;
  const auto body = [](int* count) -> Task<> {
    ++*count;
    co_return;
  };
  {
    Task<> first = body(&started);
    Task<> second = std::move(first);
    CHECK_FALSE(static_cast<bool>(first.handle()));  // NOLINT(bugprone-use-after-move): what is left of it
    second = body(&started);
  }
  CHECK(started == 0);
}

TEST_CASE("results may be move-only, and co_return takes braces", "[coroutines:2]") {
  Bench bench;
  std::string got;
  bench.start(
      [](Bench* b, std::string* out) -> Task<> {
        const auto pointer = co_await [](Bench* inner) -> Task<std::unique_ptr<std::string>> {
          co_await inner->sleep(1_us);
          co_return std::make_unique<std::string>("moved");
        }(b);
        const auto pair = co_await []() -> Task<std::pair<std::string, int>> { co_return {"pair", 2}; }();
        *out = *pointer + " " + pair.first + std::to_string(pair.second);
      },
      &bench, &got);
  bench.run();
  CHECK(got == "moved pair2");
}

TEST_CASE("the fiber is the same all the way down", "[coroutines:3]") {
  Bench bench;
  bool same_fiber = false;
  bench.start(
      [](bool* out) -> Task<> {
        Fiber& outer = co_await this_fiber;
        Fiber* inner = co_await []() -> Task<Fiber*> {
          Fiber& self = co_await this_fiber;
          co_return &self;
        }();
        *out = &outer == inner;
      },
      &same_fiber);
  bench.run();
  CHECK(same_fiber);
}
