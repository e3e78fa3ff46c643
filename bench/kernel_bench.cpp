// The kernel and the tasks on it, against the least that could do the work: bare coroutines on a binary heap of the
// standard library, without digest, cancellation, processes or ledger.
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include <fmt/format.h>

#include <ports/clock.hpp>
#include <ports/task/race.hpp>
#include <ports/task/scope.hpp>
#include <sim/kernel/kernel.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;
using sim::Kernel;
using sim::TaskExecutor;
using sim::TrueTime;

/// Lengths of sleeps: the same everywhere, and cheap to draw.
class Lengths {
 public:
  explicit Lengths(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::int64_t next() {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::int64_t>(state_ >> 44) + 1;  // up to about a second
  }

 private:
  std::uint64_t state_;
};

// The limit.

struct BareEntry {
  std::int64_t time;
  std::uint64_t sequence;
  std::coroutine_handle<> handle;
  friend bool operator>(const BareEntry& a, const BareEntry& b) {
    return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
  }
};
struct BareLoop {
  std::priority_queue<BareEntry, std::vector<BareEntry>, std::greater<>> queue;
  std::int64_t now = 0;
  std::uint64_t sequence = 0;
};
struct BareTask {
  struct promise_type {
    BareTask get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
struct BareSleep {
  BareLoop* loop;
  std::int64_t length;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    loop->queue.push(BareEntry{loop->now + length, ++loop->sequence, h});
  }
  void await_resume() const noexcept {}
};
BareTask bare_sleeper(BareLoop* loop, std::uint64_t seed) {
  Lengths lengths(seed);
  while (true) co_await BareSleep{loop, lengths.next()};
}

double bare_events_per_second(std::size_t sleepers, std::int64_t events) {
  const double seconds = bench::best_of(3, [&] {
    BareLoop loop;
    std::vector<BareTask> tasks;
    for (std::size_t i = 0; i < sleepers; ++i) {
      tasks.push_back(bare_sleeper(&loop, i));
      tasks.back().handle.resume();
    }
    const double before = bench::cpu_seconds();
    for (std::int64_t i = 0; i < events; ++i) {
      const BareEntry next = loop.queue.top();
      loop.queue.pop();
      loop.now = next.time;
      next.handle.resume();
    }
    const double spent = bench::cpu_seconds() - before;
    for (const BareTask& task : tasks) task.handle.destroy();
    return spent;
  });
  return static_cast<double>(events) / seconds;
}

// The kernel.

class PlainClock final : public Clock {
 public:
  explicit PlainClock(Executor& executor) : executor_(executor) {}
  WallTime wall() const noexcept override { return WallTime::from_us(executor_.now().us()); }
  MonoTime mono() const noexcept override { return executor_.now(); }
  const TimeZone& zone() const noexcept override { return utc(); }
  void wait(TickWaiter&) noexcept override { std::terminate(); }

 private:
  Executor& executor_;
};

Task<> sleeper(Clock* clock, std::uint64_t seed) {
  Lengths lengths(seed);
  while (true) co_await clock->sleep_for(Duration::us(lengths.next()));
}
Task<> nap(Clock* clock, std::int64_t length) { co_await clock->sleep_for(Duration::us(length)); }
Task<> child_sleeper(Clock* clock, std::uint64_t seed) {
  Lengths lengths(seed);
  while (true) co_await nap(clock, lengths.next());
}
Task<> racer(Clock* clock, std::uint64_t seed) {
  Lengths lengths(seed);
  while (true) {
    auto r = co_await race(clock->sleep_for(Duration::us(lengths.next())), clock->sleep_for(Duration::seconds(5)));
    if (r.index() != 0) std::terminate();
  }
}

using Program = Task<> (*)(Clock*, std::uint64_t);

double kernel_events_per_second(Program program, std::size_t tasks, std::int64_t events) {
  const double seconds = bench::best_of(3, [&] {
    Kernel kernel(1, TrueTime::from_us(0));
    TaskExecutor executor(kernel, 1, nullptr, nullptr);
    PlainClock clock(executor);
    Scope scope(executor);
    for (std::size_t i = 0; i < tasks; ++i) scope.spawn("task", program(&clock, i));
    kernel.run_to_step(tasks, TrueTime::max());
    const double before = bench::cpu_seconds();
    kernel.run_to_step(tasks + static_cast<std::uint64_t>(events), TrueTime::max());
    return bench::cpu_seconds() - before;
  });
  return static_cast<double>(events) / seconds;
}

Task<int> same(int n) { co_return n; }

double synchronous_child_ns() {
  constexpr int calls = 20'000'000;
  const double seconds = bench::best_of(3, [] {
    Kernel kernel(1, TrueTime::from_us(0));
    TaskExecutor executor(kernel, 1, nullptr, nullptr);
    Scope scope(executor);
    scope.spawn("caller", []() -> Task<> {
      std::int64_t sum = 0;
      for (int i = 0; i < calls; ++i) sum += co_await same(i);
      if (sum != std::int64_t{calls} * (calls - 1) / 2) std::terminate();
    }());
    kernel.run_until(TrueTime::from_us(1));
  });
  return seconds / calls * 1e9;
}

void measure(bench::Report& report) {
  constexpr std::int64_t many = 5'000'000;
  constexpr std::int64_t fewer = 2'000'000;
  for (const std::size_t sleepers : {std::size_t{1'000}, std::size_t{100'000}}) {
    const std::string label = std::to_string(sleepers / 1'000) + ",000 sleepers";
    const std::int64_t events = sleepers == 1'000 ? many : fewer;
    const double bare = bare_events_per_second(sleepers, events);
    report.add("bare coroutines on std::priority_queue, " + label, bare / 1e6, "M/s", "the limit");
    const auto row = [&](const std::string& name, Program program) {
      const double rate = kernel_events_per_second(program, sleepers, events);
      report.add(fmt::format("{}, {}", name, label), rate / 1e6, "M/s", fmt::format("x{:.2f} of bare", rate / bare));
    };
    row("timer events", sleeper);
    row("sleep in a child task", child_sleeper);
    row("race(sleep, timeout)", racer);
  }
  report.add("synchronous child task", synchronous_child_ns(), "ns");
}

const bench::Suite suite("kernel", measure);

}  // namespace
