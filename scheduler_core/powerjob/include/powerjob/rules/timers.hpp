// A server's timers (powerjob 7.6): the fast wheel, the slow one for delays above 60 s that hands over to the fast one,
// the inaccurate one, and CARGO, where cancel finds a waiting timer by the id of its instance.
//
// A timer is memory only: nothing here knows of ownership. What to run is the caller's `Token`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rules/timer_wheel.hpp>

namespace chronofault::powerjob {

class Timers {
 public:
  using Token = std::uint64_t;
  enum class Wheel { none, fast, slow, inaccurate };
  struct Fired {
    Token token = 0;
    Wheel wheel = Wheel::none;  // slow: the rest was used up, so it ran in the slow wheel's thread; none: never queued
    std::int64_t tick = -1;
  };
  /// What the loop of a wheel waits for.
  struct Wait {
    WallTime until;
    WallTime origin;
    Duration tick;
  };

  Timers(WallTime started, MonoTime mono, const Profile& profile);

  /// Call first, with both clocks, at every use and at a step of the wall clock. All instants are whole ms.
  void observe(WallTime wall, MonoTime mono);
  /// The loop of `wheel` waited with Clock::tick_until for this instant and was woken.
  void passed(Wheel wheel, WallTime until);

  /// schedule(id, delay, f). The token comes back if it runs at once, in the caller's thread of control.
  std::optional<Fired> schedule(std::int64_t cargo_id, Duration delay, Token token);
  /// The inaccurate wheel: no CARGO.
  std::optional<Fired> schedule_inaccurate(Duration delay, Token token);
  /// The timer of this instance; false: none is waiting (or it is not cancellable: delay <= 1000).
  bool cancel(std::int64_t cargo_id);
  /// True: CARGO has a handle for the id (powerjob 7.5 cancel asks that first).
  bool has_handle(std::int64_t cargo_id) const { return cargo_.contains(cargo_id); }

  std::optional<Wait> next(Wheel wheel) const;
  /// What the wheel's thread ran up to the last observation, in order. The slow wheel's callbacks requeue in the fast
  /// wheel by themselves, and appear here only if they ran at once.
  std::vector<Fired> take_due(Wheel wheel);

  std::size_t size() const { return jobs_.size(); }

 private:
  struct Job {
    Token token = 0;
    std::int64_t cargo_id = 0;
    bool has_cargo = false;
    WallTime expected;  // slow: now + delay at schedule
  };
  using Key = std::pair<Wheel, TimerWheel::Entry>;

  const TimerWheel& wheel_of(Wheel wheel) const;
  TimerWheel& wheel_of(Wheel wheel);
  std::optional<Fired> put_fast(std::int64_t cargo_id, Duration delay, Token token, Fired at_once);
  void queue(Wheel wheel, Duration delay, Job job);

  WallTime now_;
  TimerWheel fast_;
  TimerWheel slow_;
  TimerWheel inaccurate_;
  Duration long_delay_;
  Duration cancellable_from_;
  std::map<Key, Job> jobs_;
  std::map<std::int64_t, Key> cargo_;
};

}  // namespace chronofault::powerjob
