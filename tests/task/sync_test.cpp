// Mutex, semaphore, latch, condition and queue: FIFO, no overtaking, hand-overs that outlive the waiter.
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

Task<> lock_for(Bench* b, Mutex* m, std::string name, Duration before, Duration d) {
  co_await b->sleep(before);
  auto guard = co_await m->lock();
  b->note(name);
  co_await b->sleep(d);
}
Task<> receive(Bench* b, Queue<int>* q, std::string name) {
  const int item = co_await q->receive();
  b->note(name + std::to_string(item));
}

}  // namespace

TEST_CASE("a mutex is handed over in the order of arrival", "[sync]") {
  Bench bench;
  Mutex mutex;
  bench.start(lock_for, &bench, &mutex, std::string("a"), 0_us, 10_us);
  bench.start(lock_for, &bench, &mutex, std::string("b"), 1_us, 10_us);
  bench.start(lock_for, &bench, &mutex, std::string("c"), 2_us, 10_us);
  bench.run_for(5_us);
  CHECK(mutex.locked());
  CHECK(bench.log == Log{"a"});
  bench.run();
  CHECK(bench.log == Log{"a", "b", "c"});
  CHECK_FALSE(mutex.locked());
}

TEST_CASE("a newcomer at the instant of the release does not overtake", "[sync]") {
  Bench bench;
  Mutex mutex;
  bench.start(
      [](Bench* b, Mutex* m) -> Task<> {
        auto guard = co_await m->lock();
        co_await b->sleep(10_us);
        guard.unlock();
        CHECK(m->locked());  // handed over, not free
        auto again = co_await m->lock();
        b->note("first again");
      },
      &bench, &mutex);
  bench.start(lock_for, &bench, &mutex, std::string("waiter"), 1_us, 1_us);
  bench.run();
  CHECK(bench.log == Log{"waiter", "first again"});
}

TEST_CASE("a guard moves, and is released once", "[sync]") {
  Bench bench;
  Mutex mutex;
  bench.start(
      [](Mutex* m) -> Task<> {
        Mutex::Guard empty;
        CHECK_FALSE(empty.owns());
        auto guard = co_await m->lock();
        Mutex::Guard other = std::move(guard);
        CHECK_FALSE(guard.owns());  // NOLINT(bugprone-use-after-move): what is left of it
        empty = std::move(other);
        CHECK(m->locked());
        empty.unlock();
        empty.unlock();
        CHECK_FALSE(m->locked());
      },
      &mutex);
  bench.run();
}

TEST_CASE("a waiter that dies between grant and resume passes the mutex on", "[sync][coroutines:4]") {
  Bench bench;
  Mutex mutex;
  Scope doomed(bench.executor);
  bench.start(lock_for, &bench, &mutex, std::string("a"), 0_us, 10_us);
  doomed.spawn("b", lock_for(&bench, &mutex, "b", 1_us, 1_us));
  bench.start(lock_for, &bench, &mutex, std::string("c"), 2_us, 1_us);
  bench.kernel.after_each_step([&] {
    if (bench.now() == 10_us) doomed.cancel();
  });
  bench.run();
  CHECK(bench.log == Log{"a", "c"});
  CHECK_FALSE(mutex.locked());
}

TEST_CASE("a mutex under 20 races at the very instant of its release", "[sync][coroutines:5]") {
  const std::uint64_t steps = end_after_every_step([](Bench& bench) {
    struct Shared {
      Mutex mutex;
      int inside = 0;
      int locked = 0;
    };
    auto shared = std::make_unique<Shared>();
    Shared* s = shared.get();
    bench.start(
        [](Bench* b, Shared* x) -> Task<> {
          auto guard = co_await x->mutex.lock();
          co_await b->sleep(10_us);
        },
        &bench, s);
    for (int i = 0; i < 20; ++i) {
      bench.start(
          [](Bench* b, Shared* x, int n) -> Task<> {
            // Half of them have their timeout ahead of the grant in the order of the instant, half behind.
            if (n % 2 == 0) {
              auto r = co_await race(x->mutex.lock(), b->sleep(10_us));
              if (r.index() == 1) co_return;
              CHECK(++x->inside == 1);
              ++x->locked;
              co_await b->sleep(1_us);
              --x->inside;
            } else {
              co_await b->sleep(5_us);
              auto r = co_await race(b->sleep(Duration::us(5 + n % 4)), x->mutex.lock());
              if (r.index() == 0) co_return;
              CHECK(++x->inside == 1);
              ++x->locked;
              --x->inside;
            }
          },
          &bench, s, i);
    }
    bench.start(
        [](Bench* b, Shared* x) -> Task<> {
          co_await b->sleep(1_ms);
          CHECK_FALSE(x->mutex.locked());
          auto guard = co_await x->mutex.lock();
          CHECK(++x->inside == 1);
        },
        &bench, s);
    return shared;
  });
  CHECK(steps > 50);
}

TEST_CASE("a semaphore counts, hands over, and loses no permit", "[sync]") {
  Bench bench;
  Semaphore semaphore(2);
  int inside = 0;
  int most = 0;
  for (int i = 0; i < 7; ++i) {
    bench.start(
        [](Bench* b, Semaphore* s, int* in, int* max, int n) -> Task<> {
          co_await s->acquire();
          b->note(std::to_string(n));
          *max = std::max(*max, ++*in);
          co_await b->sleep(10_us);
          --*in;
          s->release();
        },
        &bench, &semaphore, &inside, &most, i);
  }
  bench.run_for(5_us);
  CHECK(semaphore.available() == 0);
  CHECK_FALSE(semaphore.try_acquire());
  bench.run();
  CHECK(most == 2);
  CHECK(semaphore.available() == 2);
  CHECK(bench.log == Log{"0", "1", "2", "3", "4", "5", "6"});
  CHECK(semaphore.try_acquire());
}

TEST_CASE("permits survive a timeout at the instant of their release", "[sync][coroutines:4]") {
  Bench bench;
  Semaphore semaphore(0);
  int got = 0;
  for (int i = 0; i < 20; ++i) {
    bench.start(
        [](Bench* b, Semaphore* s, int* count) -> Task<> {
          auto r = co_await race(s->acquire(), b->sleep(10_us));
          if (r.index() == 0) ++*count;
        },
        &bench, &semaphore, &got);
  }
  bench.start(
      [](Bench* b, Semaphore* s) -> Task<> {
        co_await b->sleep(10_us);
        for (int i = 0; i < 20; ++i) s->release();
      },
      &bench, &semaphore);
  bench.run();
  CHECK(got + semaphore.available() == 20);
}

TEST_CASE("a latch opens for all at once, and stays open", "[sync]") {
  Bench bench;
  Latch latch(2);
  for (int i = 0; i < 3; ++i) {
    bench.start(
        [](Bench* b, Latch* l, int n) -> Task<> {
          co_await l->wait();
          b->note(std::to_string(n));
        },
        &bench, &latch, i);
  }
  bench.run_for(1_us);
  latch.count_down();
  bench.run_for(1_us);
  CHECK(bench.log.empty());
  CHECK(latch.count() == 1);
  latch.count_down();
  latch.count_down();
  CHECK(latch.count() == 0);
  bench.start(
      [](Bench* b, Latch* l) -> Task<> {
        co_await l->wait();
        b->note("late");
      },
      &bench, &latch);
  bench.run();
  CHECK(bench.log == Log{"0", "1", "2", "late"});
}

TEST_CASE("a condition wakes one or all, and forgets signals that nobody waits for", "[sync]") {
  Bench bench;
  Condition condition;
  condition.notify_one();
  condition.notify_all();
  for (int i = 0; i < 4; ++i) {
    bench.start(
        [](Bench* b, Condition* c, int n) -> Task<> {
          co_await c->wait();
          b->note(std::to_string(n));
        },
        &bench, &condition, i);
  }
  bench.run_for(1_us);
  CHECK(bench.log.empty());
  condition.notify_one();
  bench.run_for(1_us);
  CHECK(bench.log == Log{"0"});
  condition.notify_all();
  bench.run();
  CHECK(bench.log == Log{"0", "1", "2", "3"});
}

TEST_CASE("a signal whose receiver dies before it resumes goes to the next", "[sync][coroutines:4]") {
  Bench bench;
  Condition condition;
  Scope doomed(bench.executor);
  const auto wait = [](Bench* b, Condition* c, std::string name) -> Task<> {
    co_await c->wait();
    b->note(name);
  };
  doomed.spawn("a", wait(&bench, &condition, "a"));
  bench.run_for(1_us);
  bench.start(wait, &bench, &condition, std::string("b"));
  bench.run_for(1_us);
  condition.notify_one();
  doomed.cancel();
  bench.kernel.settle();
  bench.run();
  CHECK(bench.log == Log{"b"});
}

TEST_CASE("a queue serves items and receivers in order", "[sync]") {
  Bench bench;
  Queue<int> queue;
  queue.push(1);
  queue.push(2);
  CHECK(queue.size() == 2);
  for (const char* name : {"a", "b", "c", "d"}) bench.start(receive, &bench, &queue, std::string(name));
  bench.run_for(1_us);
  CHECK(bench.log == Log{"a1", "b2"});
  CHECK(queue.has_receivers());
  queue.push(3);
  CHECK(queue.empty());
  CHECK_FALSE(queue.try_receive().has_value());
  queue.push(4);
  bench.run();
  CHECK(bench.log == Log{"a1", "b2", "c3", "d4"});
  queue.push(5);
  CHECK(queue.try_receive() == 5);
  queue.push(6);
  queue.clear();
  CHECK(queue.empty());
}

TEST_CASE("items come back in order when their receivers die together", "[sync][coroutines:4]") {
  Bench bench;
  Queue<int> queue;
  Scope doomed(bench.executor);
  for (const char* name : {"a", "b", "c"}) doomed.spawn(name, receive(&bench, &queue, name));
  bench.run_for(1_us);
  for (int i = 1; i <= 3; ++i) queue.push(i);
  CHECK(queue.empty());
  SECTION("to the queue") {
    doomed.cancel();
    bench.kernel.settle();
    queue.push(4);
    CHECK(queue.size() == 4);
    for (int i = 1; i <= 4; ++i) CHECK(queue.try_receive() == i);
  }
  SECTION("to the next receiver") {
    bench.start(receive, &bench, &queue, std::string("d"));
    bench.kernel.step(bench.kernel.now());  // a, with 1
    bench.kernel.step(bench.kernel.now());  // b, with 2
    bench.kernel.step(bench.kernel.now());  // c, with 3
    bench.run();
    CHECK(bench.log == Log{"a1", "b2", "c3"});
    queue.push(4);
    bench.run();
    CHECK(bench.log == Log{"a1", "b2", "c3", "d4"});
  }
}

TEST_CASE("a single receiver with a timeout loses no item and no order", "[sync][coroutines:4]") {
  Bench bench;
  Queue<int> queue;
  std::vector<int> got;
  bench.start(
      [](Bench* b, Queue<int>* q, std::vector<int>* out) -> Task<> {
        while (out->size() < 50) {
          auto r = co_await race(q->receive(), b->sleep(10_us));
          if (r.index() == 0) out->push_back(std::get<0>(r));
        }
      },
      &bench, &queue, &got);
  bench.start(
      [](Bench* b, Queue<int>* q) -> Task<> {
        for (int i = 0; i < 50; ++i) {
          q->push(i);
          if (i % 3 == 0) co_await b->sleep(10_us);
        }
      },
      &bench, &queue);
  bench.run();
  REQUIRE(got.size() == 50);
  for (int i = 0; i < 50; ++i) CHECK(got[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("waiting in everything at once, ended after every step", "[sync][coroutines:8]") {
  struct Shared {
    Mutex mutex;
    Semaphore semaphore{1};
    Latch latch{3};
    Condition condition;
    Queue<Watched> queue;
  };
  const std::uint64_t steps = end_after_every_step([](Bench& bench) {
    auto shared = std::make_unique<Shared>();
    for (int i = 0; i < 3; ++i) {
      bench.start(
          [](Bench* b, Shared* s, int n) -> Task<> {
            Watched watched("local of a worker");
            co_await s->semaphore.acquire();
            auto guard = co_await s->mutex.lock();
            co_await b->sleep(Duration::us(n + 1));
            s->semaphore.release();
            guard.unlock();
            s->latch.count_down();
            co_await s->latch.wait();
            s->queue.push(Watched("an item of the queue, number " + std::to_string(n)));
            auto item = co_await race(s->queue.receive(), b->sleep(3_us));
            s->condition.notify_one();
            auto again = co_await race(b->sleep(1_us), s->condition.wait());
            CHECK(item.index() + again.index() < 3);
          },
          &bench, shared.get(), i);
    }
    return shared;
  });
  CHECK(steps > 10);
}
