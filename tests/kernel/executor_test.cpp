// TaskExecutor: holding back what is paused or hung, lateness, pools, death.
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/race.hpp>
#include <ports/task/sync.hpp>
#include <support/bench.hpp>

using namespace support;
using Log = std::vector<std::string>;

namespace {

Task<> nap(Bench* b, std::string name, Duration d) {
  co_await b->sleep(d);
  b->note(name + " at " + to_string(b->now()));
}

}  // namespace

TEST_CASE("a paused process holds its wake-ups and gets them in held order", "[kernel][pause]") {
  Bench bench;
  bench.start(nap, &bench, std::string("c"), 3_s);
  bench.start(nap, &bench, std::string("a"), 1_s);
  bench.start(nap, &bench, std::string("b"), 2_s);
  bench.start(nap, &bench, std::string("later"), 20_s);
  bench.run_for(500_ms);
  bench.executor.close();
  CHECK(bench.executor.closed());
  const std::uint64_t steps = bench.kernel.steps();
  bench.run_for(9'500_ms);
  CHECK(bench.kernel.steps() == steps);  // held is not a step
  CHECK(bench.log.empty());
  bench.executor.open();
  bench.run_for(1_s);
  CHECK(bench.log == Log{"a at 10s", "b at 10s", "c at 10s"});
  bench.run();
  CHECK(bench.log.back() == "later at 20s");
}

TEST_CASE("held order runs across the pools of a process", "[kernel][pause]") {
  Bench bench;
  Executor& pool = bench.executor.pool("pool");
  bench.scope().spawn_on(pool, "t", nap(&bench, "1 of pool", 1_s));
  bench.start(nap, &bench, std::string("2 of process"), 2_s);
  bench.scope().spawn_on(pool, "t", nap(&bench, "3 of pool", 3_s));
  bench.scope().spawn_on(bench.executor.pool("another"), "t", nap(&bench, "4 of another", 4_s));
  bench.run_for(500_ms);
  bench.executor.close();
  bench.run_for(10_s);
  bench.executor.open();
  bench.run();
  CHECK(bench.log ==
        Log{"1 of pool at 10500ms", "2 of process at 10500ms", "3 of pool at 10500ms", "4 of another at 10500ms"});
}

TEST_CASE("a hung pool holds its own, and survives a pause of the process", "[kernel][pause][hang]") {
  Bench bench;
  Executor& pool = bench.executor.pool("pool");
  TaskExecutor* const threads = bench.executor.find_pool("pool");
  REQUIRE(threads != nullptr);
  CHECK(bench.executor.find_pool("none") == nullptr);
  CHECK(&bench.executor.pool("pool") == &pool);
  CHECK(bench.executor.pool_names() == std::vector<std::string>{"pool"});
  bench.scope().spawn_on(pool, "t", nap(&bench, "pool", 1_s));
  bench.start(nap, &bench, std::string("process"), 2_s);
  bench.run_for(500_ms);
  threads->close();
  CHECK_FALSE(bench.executor.closed());
  bench.run_for(3_s);
  CHECK(bench.log == Log{"process at 2s"});
  SECTION("the pool is released first") {
    bench.executor.close();
    threads->open();
    CHECK(threads->closed());
    bench.run_for(1_s);
    CHECK(bench.log.size() == 1);
    bench.executor.open();
    bench.run();
    CHECK(bench.log.back() == "pool at 4500ms");
  }
  SECTION("the process resumes first") {
    bench.executor.close();
    bench.run_for(1_s);
    bench.executor.open();
    bench.run_for(1_s);
    CHECK(bench.log.size() == 1);
    threads->open();
    bench.run();
    CHECK(bench.log.back() == "pool at 5500ms");
  }
  SECTION("the pool hangs while the process is paused") {
    threads->open();
    bench.run_for(1_ms);
    CHECK(bench.log.size() == 2);
    bench.scope().spawn_on(pool, "t", nap(&bench, "again", 0_s));
    bench.executor.close();
    bench.run_for(1_ms);
    threads->close();
    bench.executor.open();
    bench.run_for(1_ms);
    CHECK(bench.log.size() == 2);
    threads->open();
    bench.run();
    CHECK(bench.log.size() == 3);
  }
  bench.run();
}

TEST_CASE("what is held can be cancelled, interrupted and killed", "[kernel][pause]") {
  Bench bench;
  Scope scope(bench.executor);
  scope.spawn("x", nap(&bench, "x", 1_s));
  scope.spawn_on(bench.executor.pool("p"), "y", nap(&bench, "y", 1_s));
  const FiberHandle handle = bench.start(nap, &bench, std::string("z"), 1_s);
  bench.start(nap, &bench, std::string("w"), 1_s);
  const bool hung = GENERATE(false, true);
  bench.run_for(500_ms);
  if (hung) bench.executor.find_pool("p")->close();
  bench.executor.close();
  bench.run_for(2_s);
  SECTION("cancelled") {
    scope.cancel();
    bench.kernel.settle();
    handle.interrupt();
    bench.executor.open();
    bench.run();
    CHECK(bench.log == Log{"w at 2500ms"});
    CHECK_FALSE(handle.running());
  }
  SECTION("killed") {
    bench.executor.request_kill();
    bench.kernel.settle();
    CHECK(bench.frames() == 0);
    bench.executor.open();
    bench.run();
    CHECK(bench.log.empty());
  }
}

TEST_CASE("an overloaded host makes each wake-up late once", "[kernel][load]") {
  Bench bench;
  bench.start(nap, &bench, std::string("before"), 1_s);
  bench.start(nap, &bench, std::string("during"), 2_s);
  bench.run_for(1'500_ms);
  bench.executor.set_lateness(100_ms);
  CHECK(bench.executor.lateness() == 100_ms);
  const std::uint64_t steps = bench.kernel.steps();
  bench.run_for(1_s);
  CHECK(bench.kernel.steps() == steps + 1);
  CHECK(bench.log == Log{"before at 1s", "during at 2100ms"});
  bench.start(
      [](Bench* b) -> Task<> {
        b->note("started at " + to_string(b->now()));
        co_await b->sleep(1_s);
        b->note("slept until " + to_string(b->now()));
      },
      &bench);
  bench.run();
  CHECK(bench.log[2] == "started at 2600ms");
  CHECK(bench.log[3] == "slept until 3700ms");
}

TEST_CASE("a postponed timer is not moved by a change of the clock", "[kernel][load][rekey]") {
  struct Map final : sim::MonoMap {
    MonoTime at(TrueTime t) const noexcept override { return MonoTime::from_us(t.us()); }
    TrueTime when(MonoTime t) const noexcept override { return TrueTime::from_us(t.us()); }
  };
  Bench bench;
  Map map;
  TaskExecutor executor(bench.kernel, 2, &map, &bench);
  TrueClock clock(executor);
  Scope scope(executor);
  scope.spawn("t", [](Bench* b, Clock* c) -> Task<> {
    co_await c->sleep_for(1_s);
    b->note("at " + to_string(b->now()));
  }(&bench, &clock));
  bench.run_for(500_ms);
  executor.set_lateness(300_ms);
  bench.run_for(600_ms);
  bench.kernel.rekey(map);
  bench.run();
  CHECK(bench.log == Log{"at 1300ms"});
}

TEST_CASE("a late wake-up of a paused process is late once, after the pause", "[kernel][load][pause]") {
  Bench bench;
  bench.start(nap, &bench, std::string("n"), 1_s);
  bench.run_for(500_ms);
  bench.executor.set_lateness(100_ms);
  SECTION("paused before it was due") {
    bench.executor.close();
    bench.run_for(1_s);
    bench.executor.open();
    bench.run();
    CHECK(bench.log == Log{"n at 1600ms"});
  }
  SECTION("paused while it was late") {
    bench.run_for(550_ms);
    bench.executor.close();
    bench.run_for(1_s);
    bench.executor.open();
    bench.run();
    CHECK(bench.log == Log{"n at 2050ms"});
  }
}

TEST_CASE("a dead executor drops what is posted to it", "[kernel][kill]") {
  Bench bench;
  Wake wake(StepKind::world);
  bench.executor.mark_dead();
  CHECK(bench.executor.dying());
  CHECK(bench.executor.pool("p").dying());
  bench.executor.post(wake);
  CHECK_FALSE(wake.pending());
  bench.executor.at(wake, MonoTime::from_us(5));
  CHECK_FALSE(wake.pending());
  bench.executor.request_kill();
  bench.kernel.settle();
  CHECK_FALSE(bench.dead);  // it was dead already
}

TEST_CASE("an observer hears of each wake-up when it is armed and when it fires", "[kernel][trace]") {
  struct Observer final : sim::ExecutorObserver {
    std::uint64_t armed(const Wake& wake) override {
      CHECK_FALSE(wake.pending());
      return ++records;
    }
    std::uint64_t fired(const Wake& wake) override {
      causes.push_back(wake.cause);
      return 100 + wake.cause;
    }
    std::uint64_t released(const Wake& wake, std::uint64_t by) override {
      CHECK(by == 50);
      return 1000 + wake.cause;
    }
    std::uint64_t records = 0;
    std::vector<std::uint64_t> causes;
  };
  Bench bench;
  Observer observer;
  bench.executor.observe(&observer);
  std::uint64_t during = 0;
  bench.start(
      [](Bench* b, std::uint64_t* out) -> Task<> {
        co_await b->sleep(1_s);
        *out = b->kernel.current_cause();
      },
      &bench, &during);
  bench.run();
  CHECK(observer.records == 2);
  CHECK(observer.causes == std::vector<std::uint64_t>{1, 2});
  CHECK(during == 102);
  CHECK(bench.kernel.current_cause() == 0);

  // What is held is told a third time, by what let it go.
  bench.start(nap, &bench, std::string("held"), 1_s);
  bench.start(nap, &bench, std::string("due later"), 5_s);
  bench.run_for(500_ms);
  bench.executor.close();
  bench.run_for(2_s);
  CHECK(bench.executor.opened_by() == 0);
  bench.executor.open(50);
  CHECK(bench.executor.opened_by() == 50);
  bench.run();
  CHECK(observer.causes == std::vector<std::uint64_t>{1, 2, 3, 4, 1005, 6});
}

TEST_CASE("a small cluster, ended after every step", "[kernel][coroutines:8.1]") {
  const std::uint64_t steps = end_after_every_step(
      [](Bench& bench) {
        auto queue = std::make_unique<Queue<Watched>>();
        bench.executor.pool("p");
        for (int i = 0; i < 3; ++i) {
          bench.start(
              [](Bench* b, Queue<Watched>* q, int n) -> Task<> {
                for (int k = 0; k < 4; ++k) {
                  co_await b->sleep(Duration::ms(n + 1));
                  q->push(Watched("message " + std::to_string(k) + " of sender " + std::to_string(n)));
                }
              },
              &bench, queue.get(), i);
        }
        bench.start(
            [](Bench* b, Queue<Watched>* q) -> Task<> {
              while (true) {
                auto r = co_await race(q->receive(), b->sleep(2_ms));
                if (r.index() == 1 && b->now() > 20_ms) co_return;
              }
            },
            &bench, queue.get());
        bench.kernel.agenda(at(5_ms), [&bench] { bench.executor.close(); });
        bench.kernel.agenda(at(8_ms), [&bench] { bench.executor.open(); });
        return queue;
      },
      1_s);
  CHECK(steps > 25);
}
