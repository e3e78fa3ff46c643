// The loop: order, agenda, outsiders, kills, choosers, addresses of steps, checkpoints, re-keyed timers.
#include <algorithm>
#include <functional>
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
  b->note(name);
}
Task<> ticker(Bench* b, Duration period) {
  while (true) co_await b->sleep(period);
}

class Ring final : public sim::WorldEvent {
 public:
  Ring(Bench* bench, std::string name) : WorldEvent(StepKind::world), bench_(bench), name_(std::move(name)) {}
  void fire() override { bench_->note(name_); }

 private:
  Bench* bench_;
  std::string name_;
};

}  // namespace

TEST_CASE("steps come by time, and at one time in the order in which they were asked for", "[kernel]") {
  Bench bench;
  bench.start(nap, &bench, std::string("late"), 2_s);
  bench.start(nap, &bench, std::string("a"), 1_s);
  bench.start(nap, &bench, std::string("b"), 1_s);
  Ring ring(&bench, "ring");
  bench.kernel.at(ring, at(1_s));
  bench.run();
  CHECK(bench.log == Log{"ring", "a", "b", "late"});
  CHECK(bench.kernel.steps() == 3 + 1 + 3);
}

TEST_CASE("what is posted now comes after everything that is already due", "[kernel]") {
  Bench bench;
  Ring first(&bench, "first");
  Ring second(&bench, "second");
  Ring past(&bench, "past");
  bench.kernel.post(first);
  bench.kernel.at(past, at(-(5_s)));
  bench.kernel.post(second);
  bench.run();
  CHECK(bench.log == Log{"first", "past", "second"});
}

TEST_CASE("a pending event leaves the queue when it dies", "[kernel]") {
  Bench bench;
  {
    Ring ring(&bench, "never");
    bench.kernel.at(ring, at(1_s));
    CHECK(ring.pending());
    CHECK(bench.kernel.queue().size() == 1);
  }
  CHECK(bench.kernel.queue().empty());
  bench.run();
  CHECK(bench.log.empty());
}

TEST_CASE("step() stops at `until`, and time stands there", "[kernel]") {
  Bench bench;
  bench.start(nap, &bench, std::string("a"), 5_s);
  bench.kernel.run_until(at(3_s));
  CHECK(bench.now() == 3_s);
  bench.kernel.run_until(at(2_s));
  CHECK(bench.now() == 3_s);
  bench.kernel.run_until(at(5_s));
  CHECK(bench.log == Log{"a"});
  CHECK_FALSE(bench.kernel.step(at(6_s)));
  CHECK(bench.now() == 6_s);
}

TEST_CASE("a world in which nothing is left to do stops, however far it was told to run", "[kernel]") {
  Bench bench;
  bench.start(nap, &bench, std::string("a"), 5_s);
  bench.kernel.run_until(TrueTime::max());
  CHECK(bench.log == Log{"a"});
}

TEST_CASE("the agenda comes before the first step due at or after its instant", "[kernel][agenda]") {
  Bench bench;
  bench.start(nap, &bench, std::string("step"), 1_s);
  bench.kernel.agenda(at(1_s), [&] { bench.note("act 1"); });
  bench.kernel.agenda(at(1_s), [&] {
    bench.note("act 2");
    bench.kernel.agenda(at(0_s), [&] { bench.note("act of an act at " + to_string(bench.now())); });
  });
  bench.kernel.agenda(at(500_ms), [&] { bench.note("early at " + to_string(bench.now())); });
  bench.kernel.agenda(at(2_s), [&] { bench.note("after"); });
  std::uint64_t before = 0;
  bench.kernel.agenda(at(1_s), [&] { before = bench.kernel.steps(); });
  bench.run();
  CHECK(bench.log == Log{"early at 500ms", "act 1", "act 2", "act of an act at 1s", "step", "after"});
  CHECK(before == 1);
  CHECK(bench.kernel.steps() == 2);  // acts take no step numbers
}

TEST_CASE("an act may bring a step forward", "[kernel][agenda]") {
  Bench bench;
  Ring ring(&bench, "ring");
  bench.start(nap, &bench, std::string("a"), 2_s);
  bench.kernel.agenda(at(1_s), [&] { bench.kernel.at(ring, at(1_s)); });
  bench.kernel.agenda(at(1'500_ms), [&] { bench.note("act"); });
  bench.run();
  CHECK(bench.log == Log{"ring", "act", "a"});
}

TEST_CASE("outsiders that change nothing leave the digest as it is", "[kernel][digest]") {
  const auto run = [](bool outsiders) {
    Bench bench(5);
    for (int i = 1; i <= 5; ++i) bench.start(nap, &bench, std::string("n"), Duration::ms(i * 7 % 5));
    if (outsiders) {
      for (int i = 0; i < 20; ++i) {
        bench.kernel.agenda(at(Duration::ms(i)), [&] { bench.kernel.outside_streams().stream("injector").next(); });
      }
      bench.kernel.after_each_step([&] { bench.kernel.outside_streams().stream("monitor").next(); });
      bench.kernel.keep_checkpoints(2);
    }
    bench.kernel.streams().stream("inside").next();
    bench.run();
    return std::pair(bench.kernel.digest().value(), bench.kernel.steps());
  };
  CHECK(run(false) == run(true));
}

TEST_CASE("outsiders draw from streams of the same seed", "[kernel][random]") {
  Bench bench(5);
  CHECK(bench.kernel.outside_streams().stream("s").next() == bench.kernel.streams().stream("s").next());
  CHECK(bench.kernel.seed() == 5);
}

TEST_CASE("the digest tells runs apart by seed, start, time, process and kind", "[kernel][digest]") {
  const auto run = [](std::uint64_t seed, Duration start, Duration d, std::uint32_t id, bool lock) {
    Kernel kernel(seed, at(start));
    TaskExecutor executor(kernel, id, nullptr, nullptr);
    TrueClock clock(executor);
    Semaphore semaphore(0);
    {
      Scope scope(executor);
      scope.spawn("t", [](Clock* c, Duration length) -> Task<> { co_await c->sleep_for(length); }(&clock, d));
      scope.spawn("u", [](Clock* c, Semaphore* s, bool acquire) -> Task<> {
        if (acquire) {
          co_await s->acquire();
        } else {
          co_await c->sleep_for(0_us);
        }
      }(&clock, &semaphore, lock));
      kernel.step(at(1_h));
      kernel.step(at(1_h));
      if (lock) semaphore.release();
      kernel.run_until(at(1_h));
    }
    return kernel.digest().value();
  };
  const auto base = run(1, 0_s, 1_s, 1, false);
  CHECK(base == run(1, 0_s, 1_s, 1, false));
  CHECK(base != run(2, 0_s, 1_s, 1, false));
  CHECK(base != run(1, 1_us, 1_s - 1_us, 1, false));
  CHECK(base != run(1, 0_s, 2_s, 1, false));
  CHECK(base != run(1, 0_s, 1_s, 2, false));
  CHECK(base != run(1, 0_s, 1_s, 1, true));
}

TEST_CASE("kills are carried out between steps, and may ask for more of them", "[kernel][kill]") {
  struct Victim final : sim::Mortal {
    Victim(Kernel& kernel, std::vector<std::string>& log, std::string name)
        : executor(kernel, 9, nullptr, this), log(log), name(std::move(name)) {}
    void kill() noexcept override {
      log.push_back(name);
      executor.mark_dead();
      if (next != nullptr) next->executor.request_kill();
    }
    TaskExecutor executor;
    std::vector<std::string>& log;
    std::string name;
    Victim* next = nullptr;
  };
  Bench bench;
  Victim a(bench.kernel, bench.log, "a");
  Victim b(bench.kernel, bench.log, "b");
  a.next = &b;
  b.next = &a;  // dead already: nothing
  bench.start(
      [](Bench* bench_, Victim* victim) -> Task<> {
        co_await bench_->sleep(1_s);
        victim->executor.request_kill();
        victim->executor.request_kill();
        bench_->note("requested");
      },
      &bench, &a);
  bench.run();
  CHECK(bench.log == Log{"requested", "a", "b"});
}

TEST_CASE("a chooser picks among what is due at one instant", "[kernel][chooser]") {
  struct Last final : sim::Chooser {
    std::size_t choose(std::span<const sim::EventQueue::Entry> due) override {
      sizes.push_back(due.size());
      CHECK(
          std::is_sorted(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.sequence < b.sequence; }));
      return due.size() - 1;
    }
    std::vector<std::size_t> sizes;
  };
  Bench bench;
  Last chooser;
  for (const char* name : {"a", "b", "c"}) bench.start(nap, &bench, std::string(name), 1_s);
  bench.start(nap, &bench, std::string("alone"), 2_s);
  bench.kernel.run_until(at(500_ms));
  bench.kernel.set_chooser(&chooser);
  CHECK(bench.kernel.chooser() == &chooser);
  bench.run();
  CHECK(bench.log == Log{"c", "b", "a", "alone"});
  CHECK(chooser.sizes == std::vector<std::size_t>{3, 2});
}

TEST_CASE("a chooser that takes the first changes nothing", "[kernel][chooser][digest]") {
  struct First final : sim::Chooser {
    std::size_t choose(std::span<const sim::EventQueue::Entry>) override { return 0; }
  };
  const auto run = [](sim::Chooser* chooser) {
    Bench bench;
    bench.kernel.set_chooser(chooser);
    for (int i = 0; i < 8; ++i) bench.start(nap, &bench, std::string("n"), Duration::ms(i % 3));
    bench.run();
    return bench.kernel.digest().value();
  };
  First first;
  CHECK(run(nullptr) == run(&first));
}

TEST_CASE("run_to_step stops after that very step", "[kernel]") {
  Bench bench;
  bench.start(ticker, &bench, 1_s);
  bench.kernel.run_to_step(5, at(1_h));
  CHECK(bench.kernel.steps() == 5);
  CHECK(bench.now() == 4_s);
  bench.kernel.run_to_step(5, at(1_h));
  CHECK(bench.kernel.steps() == 5);
  bench.kernel.run_to_step(100, at(10_s));
  CHECK(bench.kernel.steps() == 11);
  CHECK(bench.now() == 10_s);
}

TEST_CASE("checkpoints stand at every n-th step and agree between runs", "[kernel][digest]") {
  const auto run = [](Duration last) {
    Bench bench;
    bench.kernel.keep_checkpoints(3);
    bench.start(ticker, &bench, 1_s);
    bench.kernel.run_until(at(7_s));
    bench.start(nap, &bench, std::string("x"), last);
    bench.kernel.run_until(at(20_s));
    return bench.kernel.checkpoints();
  };
  const auto first = run(1_s);
  const auto second = run(1_s);
  const auto other = run(2_s);
  REQUIRE(first.size() == 7);
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].step == 3 * (i + 1));
  CHECK(first[0].time == at(2_s));
  CHECK(first == second);
  CHECK(first[1] == other[1]);
  CHECK(first.back().digest != other.back().digest);
}

TEST_CASE("the running fiber and executor are known during a step and not between", "[kernel]") {
  Bench bench;
  bool right = false;
  bench.start(
      [](Bench* b, bool* out) -> Task<> {
        Fiber& self = co_await this_fiber;
        *out = b->kernel.current_fiber() == &self && b->kernel.current_executor() == &b->executor;
      },
      &bench, &right);
  bench.kernel.after_each_step([&] {
    CHECK(bench.kernel.current_fiber() == nullptr);
    CHECK(bench.kernel.current_executor() == nullptr);
    CHECK(current_ledger() == nullptr);
  });
  bench.run();
  CHECK(right);
}

namespace {

/// A clock at `rate` percent of true time since `from`.
class Drifting final : public sim::MonoMap {
 public:
  void set(TrueTime now, int rate) {
    const MonoTime shown = at(now);
    from_ = now;
    base_ = shown;
    rate_ = rate;
  }
  MonoTime at(TrueTime t) const noexcept override { return base_ + (t - from_) * rate_ / 100; }
  TrueTime when(MonoTime t) const noexcept override {
    return from_ + Duration::us(((t - base_).count_us() * 100 + rate_ - 1) / rate_);
  }

 private:
  TrueTime from_;
  MonoTime base_;
  int rate_ = 100;
};

struct Drifted final : sim::Mortal {
  explicit Drifted(Bench& bench) : executor(bench.kernel, 2, &map, this), clock(executor), scope(executor) {}
  void kill() noexcept override {}
  void sleep(Bench& bench, std::string name, Duration d) {
    scope.spawn(name, [](Bench* b, Clock* c, std::string n, Duration length) -> Task<> {
      co_await c->sleep_for(length);
      b->note(n + " at " + to_string(b->now()));
    }(&bench, &clock, name, d));
  }
  Drifting map;
  TaskExecutor executor;
  TrueClock clock;
  Scope scope;
};

}  // namespace

TEST_CASE("a changed clock re-keys its timers, and no others; sequence numbers stay", "[kernel][rekey]") {
  Bench bench;
  Drifted host(bench);
  bench.start(nap, &bench, std::string("true"), 10_s);
  host.sleep(bench, "first", 10_s);
  host.sleep(bench, "second", 10_s);
  host.sleep(bench, "sooner", 6_s);
  bench.kernel.agenda(at(2_s), [&] {
    host.map.set(bench.kernel.now(), 200);
    bench.kernel.rekey(host.map);
  });
  bench.kernel.agenda(at(4_s), [&] {
    host.map.set(bench.kernel.now(), 50);
    bench.kernel.rekey(host.map);
  });
  bench.run();
  // At 4 s the clock shows 6 s: "sooner" is due at that instant; the others 4 s of its time later, which are 8 s.
  CHECK(bench.log == Log{"sooner at 4s", "true", "first at 12s", "second at 12s"});
}

TEST_CASE("a re-keyed timer keeps its place among equals", "[kernel][rekey]") {
  Bench bench;
  Drifted slow(bench);
  slow.sleep(bench, "early", 3_s);
  bench.run_for(1_s);
  bench.start(nap, &bench, std::string("later asked"), 4_s);
  slow.map.set(bench.kernel.now(), 50);  // 2 s of it are left: 4 s
  bench.kernel.rekey(slow.map);
  bench.run();
  CHECK(bench.log == Log{"early at 5s", "later asked"});
}
