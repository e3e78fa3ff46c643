// Upstream's HashedWheelTimer without its thread (powerjob 7.6).
//
// The thread that started at wall instant S runs loops k = 0, 1, 2, ...: (1) move waiting entries into slot
// (totalTicks mod slots), totalTicks = floor((target - S) / tick); (2) drop cancelled ones; (3) sleep until the wall
// clock shows S + (k + 1) x tick, not at all if that is past; (4) run every entry of slot (k mod slots) whose
// totalTicks <= k. So an entry that was queued while the thread slept in tick k runs at the end of
//
//   totalTicks                                        if totalTicks > k
//   the first tick > k congruent to it modulo slots   else: it missed its slot, the full-revolution delay.
//
// The thread is not simulated tick by tick: TickCounter says in which tick it sleeps, from the wall and the monotonic
// clock (the difference computed before a sleep is slept by the monotonic clock, so that a wall step moves the sleep
// after the current one), and the wheel keeps its entries by the tick that runs them. The property tests hold both
// against a thread that ticks.
//
// Not modelled: the time that callbacks take in the wheel thread (the caller runs them).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <ports/time.hpp>

namespace chronofault::powerjob {

/// In which tick a loop sleeps. While the wall clock only drifts against the monotonic one (by at most 1 %), any calls
/// of observe give the exact tick. A larger difference since the last call is a step of the wall clock, taken to have
/// happened at this call: for an exact count, call observe just before and just after each step.
class TickCounter {
 public:
  TickCounter(WallTime started, MonoTime mono, Duration tick);
  void observe(WallTime wall, MonoTime mono);
  /// Somebody who waited with Clock::tick_until saw the loop pass this instant: it is the authority.
  void passed(WallTime boundary);
  /// The tick in which the thread sleeps; all before it have run.
  std::int64_t current() const { return current_; }
  WallTime started() const { return started_; }
  Duration tick() const { return tick_; }
  /// When the wall clock shows this, tick `index` has run: the instant for Clock::tick_until.
  WallTime end_of(std::int64_t index) const { return started_ + tick_ * (index + 1); }
  /// The tick at whose begin or in which the wall clock shows t.
  std::int64_t index_at(WallTime t) const;

 private:
  WallTime started_;
  Duration tick_;
  Duration wall_minus_mono_;
  MonoTime observed_;
  std::int64_t current_ = 0;
  std::optional<MonoTime> old_sleep_ends_;  // the sleep that was under way at a step
};

class TimerWheel {
 public:
  using Entry = std::uint64_t;  // handle, never reused
  struct Due {
    Entry entry;
    std::int64_t tick;  // the one that ran it
  };

  /// slots are rounded up to a power of two.
  TimerWheel(WallTime started, MonoTime mono, Duration tick, int slots);

  void observe(WallTime wall, MonoTime mono) { ticks_.observe(wall, mono); }
  void passed(WallTime boundary) { ticks_.passed(boundary); }
  /// Queues an entry for target = now + delay, now as last observed by the caller; delay > 0 (else run it at once).
  Entry add(WallTime now, Duration delay);
  /// False: it is no longer waiting.
  bool cancel(Entry entry);
  bool waiting(Entry entry) const { return tick_of_.contains(entry); }

  /// When the wall clock, seen tick by tick, reaches this, the next entry runs: argument of Clock::tick_until.
  std::optional<WallTime> next_due() const;
  /// Removes and returns what has run by the last observation, in running order.
  std::vector<Due> take_due();

  const TickCounter& ticks() const { return ticks_; }
  std::size_t size() const { return tick_of_.size(); }

 private:
  TickCounter ticks_;
  std::int64_t slots_;
  Entry last_entry_ = 0;
  std::map<std::int64_t, std::vector<Entry>> by_tick_;  // in the order of queueing
  std::map<Entry, std::int64_t> tick_of_;
};

}  // namespace chronofault::powerjob
