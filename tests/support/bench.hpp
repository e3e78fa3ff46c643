// The smallest world that can run tasks: a kernel, one process with an executor and a scope, and a clock that shows
// true time. Also objects that notice when they were copied bit by bit, destroyed twice or forgotten, and the sweep
// that kills a program after each of its steps.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/clock.hpp>
#include <ports/task/frame.hpp>
#include <ports/task/scope.hpp>
#include <sim/kernel/kernel.hpp>

namespace support {

using namespace chronofault;
using namespace chronofault::literals;
using sim::Kernel;
using sim::TaskExecutor;
using sim::TrueTime;

inline TrueTime at(Duration since_start) { return TrueTime::from_us(0) + since_start; }

/// Knows its own address and owns heap memory: a bitwise copy, a second destruction or a leak is counted.
class Watched : Counted {
 public:
  explicit Watched(std::string text = "watched object with a text on the heap") : text_(std::move(text)) { ++live; }
  Watched(const Watched& other) : Counted(other), text_(other.checked()) { ++live; }
  Watched(Watched&& other) noexcept : text_((other.check(), std::move(other.text_))) { ++live; }
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): a string sees to it
  Watched& operator=(const Watched& other) {
    check();
    text_ = other.checked();
    return *this;
  }
  Watched& operator=(Watched&& other) noexcept {
    check();
    other.check();
    text_ = std::move(other.text_);
    return *this;
  }
  ~Watched() {
    check();
    self_ = nullptr;
    --live;
  }
  const std::string& text() const {
    check();
    return text_;
  }

  static inline int live = 0;
  static inline int broken = 0;

 private:
  void check() const noexcept {
    if (self_ != this) ++broken;
  }
  const std::string& checked() const {
    check();
    return text_;
  }
  const Watched* self_ = this;
  std::string text_;
};

class TrueClock final : public Clock {
 public:
  explicit TrueClock(Executor& executor) : executor_(executor) {}
  WallTime wall() const noexcept override { return WallTime::from_us(executor_.now().us()); }
  MonoTime mono() const noexcept override { return executor_.now(); }
  const TimeZone& zone() const noexcept override { return utc(); }
  void wait(TickWaiter&) noexcept override { CF_ASSERT(false); }

 private:
  Executor& executor_;
};

class Bench final : public sim::Mortal {
 public:
  explicit Bench(std::uint64_t seed = 1)
      : kernel(seed, TrueTime::from_us(0)),
        executor(kernel, 1, nullptr, this),
        clock(executor),
        scope_(std::in_place, executor) {}
  ~Bench() {
    if (!dead) kill();
    kernel.settle();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Starts `make(args...)` as a task; its frames are charged to the process.
  template <class Make, class... A>
  FiberHandle start(Make make, A... args) {
    FrameLedger* const before = set_current_ledger(&executor.ledger());
    FiberHandle handle = scope_->start("task", make(std::move(args)...));
    set_current_ledger(before);
    return handle;
  }

  Scope& scope() { return *scope_; }
  void run() { kernel.run_until(kernel.now() + 1_h); }
  void run_for(Duration d) { kernel.run_until(kernel.now() + d); }
  bool step() { return kernel.step(TrueTime::from_us(0) + 1_h); }
  Clock::Sleep sleep(Duration d) const { return clock.sleep_for(d); }
  Duration now() const { return kernel.now() - TrueTime::from_us(0); }

  void kill() noexcept override {
    executor.mark_dead();
    executor.destroy_tasks();
    scope_.reset();
    dead = true;
  }
  std::int64_t frames() { return executor.ledger().frames; }
  std::int64_t objects() { return executor.ledger().objects; }

  Kernel kernel;
  TaskExecutor executor;
  TrueClock clock;
  std::vector<std::string> log;
  void note(std::string text) { log.push_back(std::move(text)); }
  bool dead = false;

 private:
  std::optional<Scope> scope_;
};

enum class Ending { by_itself, killed, cancelled };

/// Builds a world with `prepare` and lets it run; then builds it anew for each of its steps and ends it after that
/// step. What `prepare` returns is kept until the tasks are gone: the things on which they wait. Each world must leave
/// no frame, no tracked object and no broken one.
template <class Prepare>
std::uint64_t end_after_every_step(Prepare prepare, Duration horizon = 1_h) {
  const auto run = [&](Ending ending, std::uint64_t after) {
    const int live_before = Watched::live;
    std::uint64_t steps = 0;
    {
      Bench bench;
      auto kept = prepare(bench);
      bench.kernel.run_to_step(after, at(horizon));
      if (ending == Ending::killed) bench.executor.request_kill();
      if (ending == Ending::cancelled) bench.scope().cancel();
      bench.kernel.settle();
      if (ending == Ending::killed) CHECK(bench.frames() == 0);
      if (ending == Ending::cancelled) CHECK(bench.scope().idle());
      bench.kernel.run_until(at(horizon));
      steps = bench.kernel.steps();
      kept.reset();  // with the scopes that it owns
      CHECK(bench.frames() == 0);
      CHECK(bench.objects() == 0);
    }
    CHECK(Watched::live == live_before);
    CHECK(Watched::broken == 0);
    return steps;
  };
  const std::uint64_t total = run(Ending::by_itself, ~std::uint64_t{0});
  for (std::uint64_t after = 0; after <= total; ++after) {
    CAPTURE(after);
    run(Ending::killed, after);
    run(Ending::cancelled, after);
  }
  return total;
}

/// For programs that need nothing but their own frames: one task.
template <class Make>
std::uint64_t end_task_after_every_step(Make make) {
  return end_after_every_step([make](Bench& bench) {
    bench.start(make, &bench);
    return std::make_unique<int>(0);
  });
}

}  // namespace support
