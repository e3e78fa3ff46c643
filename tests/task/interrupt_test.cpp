// Thread.interrupt() as Java has it: the flag, the calls that it ends, and the calls that it does not.
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/sync.hpp>
#include <support/bench.hpp>

using namespace support;
using Log = std::vector<std::string>;

namespace {

struct Things {
  Semaphore semaphore{0};
  Latch latch{1};
  Condition condition;
  Queue<int> queue;
  Mutex mutex;
};

enum class Call { sleep, acquire, wait_latch, wait_condition, take, lock };

Task<> blocking(Bench* b, Things* t, Call call) {
  switch (call) {
    case Call::sleep:
      co_await b->sleep(10_s);
      break;
    case Call::acquire:
      co_await t->semaphore.acquire();
      break;
    case Call::wait_latch:
      co_await t->latch.wait();
      break;
    case Call::wait_condition:
      co_await t->condition.wait();
      break;
    case Call::take: {
      const int item = co_await t->queue.receive();
      CHECK(item == 7);
      break;
    }
    case Call::lock: {
      auto guard = co_await t->mutex.lock();
      CHECK(guard.owns());
      break;
    }
  }
}

/// Notes "interrupted" or "returned", with the flag afterwards and the time.
Task<> observed(Bench* b, Things* t, Call call) {
  Fiber& self = co_await this_fiber;
  std::string how = "returned";
  try {
    co_await blocking(b, t, call);
  } catch (const Interrupted&) {
    how = "interrupted";
  }
  b->note(how + (self.interrupted() ? " flag" : "") + " at " + to_string(b->now()));
}

void serve(Things& t, Call call) {
  switch (call) {
    case Call::sleep:
      break;
    case Call::acquire:
      t.semaphore.release();
      break;
    case Call::wait_latch:
      t.latch.count_down();
      break;
    case Call::wait_condition:
      t.condition.notify_one();
      break;
    case Call::take:
      t.queue.push(7);
      break;
    case Call::lock:
      break;
  }
}

}  // namespace

TEST_CASE("an interrupt ends a blocking call, and the flag is clear again", "[interrupt]") {
  const Call call = GENERATE(Call::sleep, Call::acquire, Call::wait_latch, Call::wait_condition, Call::take);
  Bench bench;
  Things things;
  const FiberHandle handle = bench.start(observed, &bench, &things, call);
  bench.run_for(1_s);
  handle.interrupt();
  const bool twice = GENERATE(false, true);
  if (twice) handle.interrupt();  // before the first was seen: they are one
  bench.run();
  CHECK(bench.log == Log{"interrupted at 1s"});
  serve(things, call);
  CHECK(things.semaphore.available() == (call == Call::acquire ? 1 : 0));
  CHECK(things.queue.size() == (call == Call::take ? 1 : 0));
}

TEST_CASE("a call that begins with the flag up throws at once, even if it need not wait", "[interrupt]") {
  const Call call = GENERATE(Call::sleep, Call::acquire, Call::wait_latch, Call::wait_condition, Call::take);
  const bool ready = GENERATE(false, true);
  Bench bench;
  Things things;
  if (ready) serve(things, call);
  const FiberHandle handle = bench.start(observed, &bench, &things, call);
  handle.interrupt();
  bench.run();
  CHECK(bench.log == Log{"interrupted at 0s"});
  if (ready && call == Call::take) CHECK(things.queue.size() == 1);
  if (ready && call == Call::acquire) CHECK(things.semaphore.available() == 1);
}

TEST_CASE("an interrupt after the hand-over comes too late: the flag stays up", "[interrupt]") {
  const Call call = GENERATE(Call::acquire, Call::wait_latch, Call::wait_condition, Call::take);
  Bench bench;
  Things things;
  const FiberHandle handle = bench.start(observed, &bench, &things, call);
  bench.run_for(1_s);
  serve(things, call);
  handle.interrupt();
  bench.run();
  CHECK(bench.log == Log{"returned flag at 1s"});
}

TEST_CASE("a service after the interrupt finds nobody", "[interrupt]") {
  const Call call = GENERATE(Call::acquire, Call::take);
  Bench bench;
  Things things;
  const FiberHandle handle = bench.start(observed, &bench, &things, call);
  bench.run_for(1_s);
  handle.interrupt();
  serve(things, call);
  bench.run();
  CHECK(bench.log == Log{"interrupted at 1s"});
  CHECK(things.semaphore.available() + static_cast<std::int64_t>(things.queue.size()) == 1);
}

TEST_CASE("the wait for a mutex is not ended by an interrupt", "[interrupt]") {
  Bench bench;
  Things things;
  bench.start(
      [](Bench* b, Things* t) -> Task<> {
        auto guard = co_await t->mutex.lock();
        co_await b->sleep(5_s);
      },
      &bench, &things);
  const FiberHandle handle = bench.start(observed, &bench, &things, Call::lock);
  bench.run_for(1_s);
  handle.interrupt();
  bench.run();
  CHECK(bench.log == Log{"returned flag at 5s"});
}

TEST_CASE("a fiber that runs or never blocks keeps the flag until it looks", "[interrupt]") {
  Bench bench;
  const FiberHandle handle = bench.start(
      [](Bench* b) -> Task<> {
        Fiber& self = co_await this_fiber;
        CHECK(self.interrupted());
        CHECK(self.take_interrupt());
        CHECK_FALSE(self.interrupted());
        CHECK_FALSE(self.take_interrupt());
        self.interrupt();  // of oneself
        CHECK(self.interrupted());
        bool thrown = false;
        try {
          co_await b->sleep(1_s);
        } catch (const Interrupted&) {
          thrown = true;
        }
        CHECK(thrown);
        co_await b->sleep(1_s);
        b->note("done");
      },
      &bench);
  handle.interrupt();
  bench.run();
  CHECK(bench.log == Log{"done"});
}

TEST_CASE("the flag shows between the interrupt and the exception", "[interrupt]") {
  Bench bench;
  Fiber* fiber = nullptr;
  bench.start(
      [](Bench* b, Fiber** out) -> Task<> {
        Fiber& self = co_await this_fiber;
        *out = &self;
        try {
          co_await b->sleep(1_s);
        } catch (const Interrupted&) {
          CHECK_FALSE(self.interrupted());
          b->note("thrown");
        }
        co_await b->sleep(1_s);
        b->note("slept");
      },
      &bench, &fiber);
  bench.run_for(1_ms);
  fiber->interrupt();
  CHECK(fiber->interrupted());
  bench.run();
  CHECK(bench.log == Log{"thrown", "slept"});
}

TEST_CASE("an interrupted waiter that dies before it throws leaves nothing behind", "[interrupt]") {
  const Call call = GENERATE(Call::sleep, Call::acquire, Call::wait_latch, Call::wait_condition, Call::take);
  Bench bench;
  Things things;
  const FiberHandle handle = bench.start(observed, &bench, &things, call);
  bench.run_for(1_s);
  handle.interrupt();
  bench.executor.request_kill();
  bench.kernel.settle();
  CHECK(bench.frames() == 0);
  CHECK(bench.kernel.queue().empty());
}
