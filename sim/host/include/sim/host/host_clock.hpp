// The two clocks of a machine. The wall clock may be off, drift, slew, step, and stand still; the monotonic clock only
// drifts. Freezing the machine stops both. Whoever changes a clock re-keys the timers that count by it.
//
// A step of the wall clock moves no sleep. It does move loops that tick by the wall clock (Clock::tick_until): such a
// loop finishes the sleep it is in, which ends its tick whatever the wall clock shows then, and sleeps from there for
// the difference to the next boundary, or not at all if that is past. So a waiter is two numbers: which tick sleeps,
// and until when; a change of the clocks first brings them up to it, then carries them on under the new clocks. As long
// as wall and monotonic clock run alike, every later sleep is known from one of them (they differ by a constant,
// exactly, because all pieces of both begin together). While they do not (a slew, a wall clock that stands still), the
// ticks are computed one by one, except that those far ahead of the one waited for cannot matter when the rates differ
// by little. Not modelled: that a paused process, or an overloaded host, ends intermediate ticks late.
#pragma once

#include <ports/clock.hpp>
#include <ports/list.hpp>
#include <sim/host/clock_line.hpp>
#include <sim/kernel/kernel.hpp>

namespace chronofault::sim {

enum class Thaw { step, behind };  // the wall clock jumps to true time's pace again, or stays behind by the freeze

class HostClock final : public MonoMap {
 public:
  HostClock(Kernel& kernel, TrueTime boot, Duration offset, const TimeZone& zone);

  WallTime wall() const noexcept { return WallTime::from_us(wall_.at(kernel_.now())); }
  MonoTime mono() const noexcept { return MonoTime::from_us(mono_.at(kernel_.now())); }
  const TimeZone& zone() const noexcept { return *zone_; }
  WallTime wall_at(TrueTime t) const noexcept { return WallTime::from_us(wall_.at(t)); }
  /// The true instant at which the wall clock will show `w`, as far as is known now.
  TrueTime when_wall(WallTime w) const noexcept { return wall_.when(w.us()); }

  // MonoMap
  MonoTime at(TrueTime t) const noexcept override { return MonoTime::from_us(mono_.at(t)); }
  TrueTime when(MonoTime t) const noexcept override { return mono_.when(t.us()); }

  void step_wall(Duration by);
  /// Both clocks run faster by `ppm` millionths from now on.
  void set_drift(std::int64_t ppm);
  /// The wall clock alone runs faster by `ppm` (a slew), or stands still (ClockLine::ppm_of_standstill).
  void set_wall_rate(std::int64_t ppm);
  void set_zone(const TimeZone& zone) noexcept { zone_ = &zone; }
  void freeze();
  void thaw(Thaw how);
  bool frozen() const noexcept { return frozen_; }

  /// For the Clock port: enqueues on the wake's fiber's executor.
  void wait(TickWaiter& waiter) noexcept;

 private:
  template <class Change>
  void change(Change&& apply);
  struct Sleep {
    std::int64_t next = 0;  // it ends the tick before this boundary
    MonoTime ends;
  };
  /// The sleep under way just before `limit`, or the one that ends at boundary `last`, under the present clocks.
  Sleep tick_on(Sleep sleep, const TickLoop& loop, std::int64_t last, TrueTime limit) const noexcept;
  void advance(TickWaiter& waiter) noexcept;
  MonoTime wake_time(const TickWaiter& waiter) const noexcept;

  Kernel& kernel_;
  ClockLine wall_;
  ClockLine mono_;
  const TimeZone* zone_;
  List<TickWaiter> waiters_;
  TrueTime changed_;  // the present pieces of both clocks begin here
  bool frozen_ = false;
  TrueTime frozen_at_;
  std::int64_t wall_ppm_before_ = 0;
  std::int64_t mono_ppm_before_ = 0;
};

}  // namespace chronofault::sim
