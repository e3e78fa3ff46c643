// The two clocks of this host, and sleeping by them.
//
//   - wall() may jump, stand still or run at another rate; mono() only drifts (and stands still while the host is
//     frozen). Sleeps and timeouts count mono(): upstream computes a wall-clock difference and sleeps for it, and so do
//     we, so a wall step moves no pending sleep.
//   - A crash of the process ends every sleep without a word.
#pragma once

#include <ports/task/task.hpp>
#include <ports/time.hpp>
#include <ports/time_zone.hpp>

namespace chronofault {

/// A loop that ticks by the wall clock: tick k ends when the wall clock shows origin + (k + 1) x tick; in between the
/// thread sleeps for the wall-clock difference that it computed when it went to sleep, and not at all if that is past.
struct TickLoop {
  WallTime origin;
  Duration tick;
};

/// Implemented by the owner of the host's clocks; lives in the awaiter of tick_until.
class TickWaiter {
 public:
  TickWaiter(const TickLoop& loop, WallTime until) : loop(loop), until(until) {}
  TickWaiter(const TickWaiter&) = delete;
  TickWaiter& operator=(const TickWaiter&) = delete;

  TickLoop loop;
  WallTime until;         // the first tick boundary at or after what was asked for
  MonoTime sleeping;      // the sleep that the loop is in ends here, whatever the wall clock does
  std::int64_t next = 0;  // and it ends tick number next - 1: the boundary origin + next x tick
  Wake wake{StepKind::tick};
  Hook hook{this};
};

class Clock {
 public:
  virtual WallTime wall() const noexcept = 0;
  virtual MonoTime mono() const noexcept = 0;
  /// The zone of this host: TimeZone.getDefault().
  virtual const TimeZone& zone() const noexcept = 0;

  /// Enqueues the waiter so that it fires at the instant at which the loop, ticking one by one, would have seen
  /// wall() >= until; the owner recomputes it at a step, a drift change or a thaw.
  virtual void wait(TickWaiter& waiter) noexcept = 0;

  struct Sleep {
    Duration duration;
    MonoTime until;
    bool relative = false;
    class Awaiter : public InterruptibleSuspension {
     public:
      explicit Awaiter(const Sleep& sleep)
          : InterruptibleSuspension(StepKind::sleep),
            duration_(sleep.duration),
            until_(sleep.until),
            relative_(sleep.relative) {}
      bool await_ready() const noexcept { return false; }
      template <class P>
      bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (!suspend(self)) return false;
        Executor& on = executor();
        on.at(wake_, relative_ ? on.now() + duration_ : until_);
        return true;
      }
      void await_resume() { check_interrupt(); }

     private:
      bool leave() noexcept override { return true; }
      Duration duration_;
      MonoTime until_;
      bool relative_;
    };
    Awaiter operator co_await() const noexcept { return Awaiter(*this); }
  };
  /// Thread.sleep: at least `d` of mono(), interruptible. Zero or less: one step.
  [[nodiscard]] Sleep sleep_for(Duration d) const noexcept { return Sleep{d, MonoTime{}, true}; }
  [[nodiscard]] Sleep sleep_until(MonoTime t) const noexcept { return Sleep{Duration{}, t, false}; }

  struct TickUntil {
    Clock* clock = nullptr;
    TickLoop loop;
    WallTime until;
    class Awaiter : public Suspension {
     public:
      explicit Awaiter(const TickUntil& op)
          : Suspension(StepKind::tick), clock_(op.clock), waiter_(op.loop, op.until) {}
      bool await_ready() const noexcept { return false; }
      template <class P>
      void await_suspend(std::coroutine_handle<P> self) noexcept {
        waiter_.wake.handle = self;
        waiter_.wake.fiber = self.promise().fiber;
        clock_->wait(waiter_);
      }
      void await_resume() const noexcept {}

     private:
      Clock* clock_;
      TickWaiter waiter_;
    };
    Awaiter operator co_await() const noexcept { return Awaiter(*this); }
  };
  /// Wakes when a loop that sleeps tick by tick would have seen the wall clock reach `until`, without ticking.
  [[nodiscard]] TickUntil tick_until(TickLoop loop, WallTime until) noexcept { return TickUntil{this, loop, until}; }

 protected:
  ~Clock() = default;
};

}  // namespace chronofault
