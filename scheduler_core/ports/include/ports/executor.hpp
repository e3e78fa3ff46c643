// What tasks need from whoever runs them, and nothing more. The simulation's kernel is one Executor; a thread with a
// timer heap would be another. See ports/task/task.hpp for the coroutines on top.
//
// Invariants:
//   - A Wake is in at most one place (a queue, a held list, none), and its destructor leaves that place.
//   - Nothing resumes a coroutine but the executor, one at a time, from its own loop: post, unlock, send, cancel only
//     enqueue. So every other coroutine is suspended and may be destroyed at any moment between two steps.
//   - Frames, scopes and processes end between two steps, never during one.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string_view>

#include <ports/list.hpp>
#include <ports/time.hpp>

namespace chronofault {

class Executor;
class Fiber;
class Scope;

/// Why a wake-up was asked for. Part of the digest: numbers are never reused.
enum class StepKind : std::uint32_t {
  start = 1,        // a task's first step
  sleep = 2,        // a timer ran out
  acquire = 3,      // a mutex, semaphore or pool slot was handed over
  notify = 4,       // a condition or latch was signalled
  receive = 5,      // a queue handed over an item
  interrupt = 6,    // a blocking call was interrupted
  tick = 7,         // Clock::tick_until
  interleave = 8,   // a named choice point
  deliver = 9,      // a message or reply reached its process
  connection = 10,  // a connection opened, failed or ended
  lock = 11,        // a row lock was granted or timed out
  world = 12,       // anything else that the simulated world schedules
};

/// One future wake-up: an intrusive hook that lives in an awaiter. Exactly one executor fills the private words.
class Wake {
 public:
  Wake() = default;
  explicit Wake(StepKind kind) : kind(kind) {}
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  ~Wake() { cancel(); }

  bool pending() const noexcept { return position != nowhere; }
  void cancel() noexcept;

  static constexpr std::uint32_t nowhere = 0xffff'ffff;

  std::coroutine_handle<> handle;  // resumed when the wake fires; empty only for an executor's own events
  Fiber* fiber = nullptr;          // the task on whose behalf it fires
  Executor* owner = nullptr;       // set while pending
  std::uint64_t cause = 0;         // the record that asked for it; 0: none
  MonoTime due;                    // timers: on the owner's clock, so that a drift change can re-key them
  std::uint32_t position = nowhere;
  StepKind kind = StepKind::world;
  bool timer = false;      // due is meant
  bool postponed = false;  // an overloaded host made it late once
};

/// Something to be done after the present step, when no coroutine runs.
class Deferred {
 public:
  Deferred() = default;
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;
  virtual void run() noexcept = 0;  // may destroy *this
  Hook hook{this};

 protected:
  ~Deferred() = default;
};

/// Runs the tasks of one process (or of one thread pool of it). Not thread-safe: one world, one thread.
class Executor {
 public:
  /// Makes the wake fire at the present instant, after everything already due. Dropped when dying().
  /// The wake must not be pending.
  virtual void post(Wake& wake) noexcept = 0;
  /// Makes it fire when this executor's monotonic clock shows `due` (at once if that is past). Dropped when dying().
  virtual void at(Wake& wake, MonoTime due) noexcept = 0;
  /// Takes a pending wake back. Called by ~Wake, so it must not throw.
  virtual void cancel(Wake& wake) noexcept = 0;

  virtual MonoTime now() const noexcept = 0;
  /// True from the instant at which the process is dead: port calls of destructors then do nothing.
  virtual bool dying() const noexcept = 0;
  /// Asks for the end of this process. Carried out after the present step; nothing of it runs again.
  virtual void request_kill() noexcept = 0;
  /// Runs `what` after the present step. A Deferred that dies earlier leaves the list.
  virtual void after_step(Deferred& what) noexcept = 0;
  /// True when a named choice point shall take a step of its own (exploration, crash sweeps).
  virtual bool interleaves() const noexcept = 0;
  /// The executor of a thread pool of this process: the same clock and life, but it can hang on its own.
  virtual Executor& pool(std::string_view name) = 0;
  /// The scopes of this process, oldest first; the process destroys their tasks, newest scope first.
  virtual List<Scope>& scopes() noexcept = 0;

 protected:
  ~Executor() = default;
};

inline void Wake::cancel() noexcept {
  if (pending()) owner->cancel(*this);
}

}  // namespace chronofault
