// A fiber is what upstream calls a thread: a spawned task and everything that it awaits. It carries the interrupt flag
// and the records that its present unit of work rests on.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <ports/executor.hpp>

namespace chronofault {

/// Number of a record of the trace; 0: none.
using RecordId = std::uint64_t;

/// Thrown in a blocking call of a fiber that was interrupted; the flag is clear again, as Java has it.
struct Interrupted {};

/// The records on which the present unit of work rests: what started it and what it has read since.
/// A unit begins at a spawn, a message, a loop pass or a timer callback.
struct Unit {
  RecordId trigger = 0;
  std::vector<RecordId> reads;
};

/// A blocking call that an interrupt may end. Lives in an awaiter.
class Interruptible {
 public:
  Interruptible() = default;
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  /// Stops waiting and posts its wake; await_resume then throws Interrupted. False: too late, what it waited for has
  /// been handed over already, and the flag stays up.
  virtual bool interrupt() noexcept = 0;
  Hook hook{this};

 protected:
  ~Interruptible() = default;
};

class Fiber {
 public:
  explicit Fiber(Executor& executor) : executor_(&executor) {}
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  Executor& executor() const noexcept { return *executor_; }

  /// Thread.interrupt(): ends the blocking calls that the fiber is in, which throw Interrupted; if it is in none, or
  /// they have been served already, sets the flag. One that comes before an earlier one was thrown adds nothing.
  void interrupt() noexcept;
  /// Thread.isInterrupted().
  bool interrupted() const noexcept { return interrupted_ || delivering_; }
  /// Thread.interrupted(): reads and clears the flag.
  bool take_interrupt() noexcept;

  /// For awaiters: a suspended call that an interrupt may end.
  void blocked(Interruptible& call) noexcept { calls_.push_back(call.hook); }
  /// For awaiters: the interrupt has been thrown.
  void delivered() noexcept { delivering_ = false; }
  /// For awaiters: an interrupted call dies without having thrown. Unless another one threw, the flag goes up.
  void undelivered() noexcept {
    if (std::exchange(delivering_, false)) interrupted_ = true;
  }

  Unit unit;

 private:
  Executor* executor_;
  List<Interruptible> calls_;
  bool interrupted_ = false;
  bool delivering_ = false;  // a call was ended by an interrupt and has not thrown yet
};

}  // namespace chronofault
