// race: who wins, what it returns or throws, and when the losers go.
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/race.hpp>
#include <ports/task/sync.hpp>
#include <support/bench.hpp>

using namespace support;
using Log = std::vector<std::string>;

namespace {

struct Mark {
  Mark(Bench* bench, std::string name) : bench(bench), name(std::move(name)) { bench->note(this->name); }
  Mark(const Mark&) = delete;
  ~Mark() { bench->note("~" + name); }
  Bench* bench;
  std::string name;
};

Task<int> arm(Bench* b, std::string name, Duration d, int result) {
  Mark mark(b, name);
  if (d > Duration{}) co_await b->sleep(d);
  if (result < 0) throw std::runtime_error(name);
  co_return result;
}
Task<Watched> text_arm(Bench* b, Duration d) {
  co_await b->sleep(d);
  co_return Watched("the result of an arm of a race");
}

/// Runs `body` as a task and returns the bench's log.
template <class Body>
Log run(Body body) {
  Bench bench;
  bench.start(body, &bench);
  bench.run();
  CHECK(bench.frames() == 0);
  CHECK(bench.kernel.queue().empty());
  return bench.log;
}

}  // namespace

TEST_CASE("the first arm to end wins and the others die before the race returns", "[coroutines:5]") {
  const Log log = run([](Bench* b) -> Task<> {
    auto r = co_await race(arm(b, "slow", 2_s, 1), arm(b, "fast", 1_s, 2));
    b->note("returned " + std::to_string(std::get<1>(r)));
    CHECK(b->now() == 1_s);
  });
  CHECK(log == Log{"slow", "fast", "~fast", "~slow", "returned 2"});
}

TEST_CASE("an arm that ends at once: later arms never start", "[coroutines:5]") {
  const Log log = run([](Bench* b) -> Task<> {
    auto r = co_await race(arm(b, "slow", 2_s, 1), arm(b, "at once", Duration{}, 2), arm(b, "never", 1_s, 3));
    CHECK(r.index() == 1);
    b->note("returned");
  });
  CHECK(log == Log{"slow", "at once", "~at once", "~slow", "returned"});
}

TEST_CASE("a winner that throws throws out of the race, after the losers are gone", "[coroutines:5]") {
  const Duration when = GENERATE(Duration{}, 1_s);
  Bench bench;
  bench.start(
      [](Bench* b, Duration d) -> Task<> {
        std::string caught;
        try {
          auto r = co_await race(arm(b, "slow", 2_s, 1), arm(b, "throws", d, -1));
          CHECK(r.index() > 5);  // never
        } catch (const std::runtime_error& e) {
          caught = e.what();
          b->note("caught " + caught);
        }
        CHECK(caught == "throws");
      },
      &bench, when);
  bench.run();
  CHECK(bench.log == Log{"slow", "throws", "~throws", "~slow", "caught throws"});
}

TEST_CASE("a timeout is a race against a sleep", "[coroutines:5]") {
  (void)run([](Bench* b) -> Task<> {
    Queue<int> queue;
    auto first = co_await race(queue.receive(), b->sleep(5_s));
    CHECK(first.index() == 1);
    CHECK(b->now() == 5_s);
    queue.push(42);
    auto second = co_await race(queue.receive(), b->sleep(5_s));
    CHECK(second.index() == 0);
    CHECK(std::get<0>(second) == 42);
    CHECK(b->now() == 5_s);
    CHECK_FALSE(queue.has_receivers());
  });
}

TEST_CASE("arms due at one instant are decided by the order of their wake-ups", "[coroutines:5]") {
  (void)run([](Bench* b) -> Task<> {
    auto r = co_await race(arm(b, "a", 1_s, 1), arm(b, "b", 1_s, 2));
    CHECK(r.index() == 0);
    auto s = co_await race(b->sleep(1_s), arm(b, "b", 1_s, 2));
    CHECK(s.index() == 0);
  });
}

TEST_CASE("results of all kinds come out as a variant", "[coroutines:5]") {
  const std::uint64_t steps = end_task_after_every_step([](Bench* b) -> Task<> {
    auto r = co_await race(text_arm(b, 1_us), arm(b, "int", 2_us, 1), b->sleep(3_us));
    static_assert(std::is_same_v<decltype(r), std::variant<Watched, int, std::monostate>>);
    CHECK(std::get<0>(r).text() == "the result of an arm of a race");
    auto s = co_await race(b->sleep(1_us), text_arm(b, 2_us));
    CHECK(s.index() == 0);
    auto t = co_await race(text_arm(b, 3_us));
    CHECK(t.index() == 0);
  });
  CHECK(steps == 4);
}

TEST_CASE("races nest, and run in conditions, loops and switches", "[coroutines:5]") {
  const std::uint64_t steps = end_task_after_every_step([](Bench* b) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      if (auto r = co_await race(text_arm(b, Duration::us(2)), text_arm(b, Duration::us(i + 1))); r.index() == 0) {
        CHECK(i >= 1);
        continue;
      }
      CHECK(i == 0);
    }
    auto inner = [](Bench* bench) -> Task<int> {
      auto r = co_await race(text_arm(bench, 5_us), bench->sleep(1_us));
      co_return static_cast<int>(r.index());
    };
    auto nested = co_await race(inner(b), text_arm(b, 3_us));
    switch (nested.index()) {
      case 0:
        CHECK(std::get<0>(nested) == 1);
        break;
      default:
        CHECK(false);
    }
  });
  CHECK(steps >= 5);
}

TEST_CASE("a race in a task that is raced itself", "[coroutines:5]") {
  Bench bench;
  bench.start(
      [](Bench* b) -> Task<> {
        const auto inner = [](Bench* bb) -> Task<int> {
          auto r = co_await race(arm(bb, "x", 4_s, 1), arm(bb, "y", 3_s, 2));
          co_return static_cast<int>(r.index());
        };
        auto r = co_await race(inner(b), b->sleep(1_s));
        CHECK(r.index() == 1);
        b->note("timeout");
      },
      &bench);
  bench.run();
  CHECK(bench.log == Log{"x", "y", "~x", "~y", "timeout"});
}

TEST_CASE("an interrupt ends a race whose arms can be interrupted", "[coroutines:5][interrupt]") {
  Bench bench;
  Semaphore semaphore(0);
  FiberHandle handle = bench.start(
      [](Bench* b, Semaphore* s) -> Task<> {
        bool interrupted = false;
        try {
          auto r = co_await race(s->acquire(), b->sleep(10_s));
          CHECK(r.index() > 5);  // never
        } catch (const Interrupted&) {
          interrupted = true;
        }
        CHECK(interrupted);
        CHECK(b->now() == 1_s);
        Fiber& self = co_await this_fiber;
        CHECK_FALSE(self.interrupted());
        b->note("done");
      },
      &bench, &semaphore);
  bench.kernel.agenda(at(1_s), [&] { handle.interrupt(); });
  bench.run();
  CHECK(bench.log == Log{"done"});
  semaphore.release();
  CHECK(semaphore.available() == 1);
}

TEST_CASE("an interrupt that comes after one arm was served is not lost", "[coroutines:5][interrupt]") {
  Bench bench;
  Semaphore semaphore(0);
  FiberHandle handle = bench.start(
      [](Bench* b, Semaphore* s) -> Task<> {
        auto r = co_await race(s->acquire(), b->sleep(10_s));
        CHECK(r.index() == 0);
        Fiber& self = co_await this_fiber;
        CHECK(self.interrupted());
        bool interrupted = false;
        try {
          co_await b->sleep(1_s);
        } catch (const Interrupted&) {
          interrupted = true;
        }
        CHECK(interrupted);
        CHECK(b->now() == 1_s);
        b->note("done");
      },
      &bench, &semaphore);
  bench.kernel.agenda(at(1_s), [&] {
    semaphore.release();
    handle.interrupt();
    CHECK(handle.running());
  });
  bench.run();
  CHECK(bench.log == Log{"done"});
  CHECK(semaphore.available() == 0);
}
