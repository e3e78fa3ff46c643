#include <algorithm>

#include <sim/host/host_clock.hpp>

namespace chronofault::sim {

namespace {

constexpr std::int64_t exact_ticks = 64;     // computed one by one before the one waited for
constexpr std::int64_t small_slew = 10'000;  // ppm: an error of one tick then shrinks a hundredfold per tick

// The number of the first boundary after `wall`.
std::int64_t next_boundary(const TickLoop& loop, WallTime wall) noexcept {
  const Duration since = wall - loop.origin;
  std::int64_t number = since / loop.tick;
  if (since < Duration{} && since % loop.tick != Duration{}) --number;
  return number + 1;
}

WallTime boundary(const TickLoop& loop, std::int64_t number) noexcept { return loop.origin + loop.tick * number; }

std::int64_t number_of(const TickLoop& loop, WallTime boundary) noexcept {
  return (boundary - loop.origin) / loop.tick;
}

}  // namespace

HostClock::HostClock(Kernel& kernel, TrueTime boot, Duration offset, const TimeZone& zone)
    : kernel_(kernel), wall_(boot, boot.us() + offset.count_us()), mono_(boot, 0), zone_(&zone), changed_(boot) {}

template <class Change>
void HostClock::change(Change&& apply) {
  if (!frozen_) {
    waiters_.for_each([this](TickWaiter& waiter) { advance(waiter); });
  }
  changed_ = kernel_.now();
  wall_.rebase(changed_);
  mono_.rebase(changed_);
  apply();
  kernel_.rekey(*this);
  waiters_.for_each([this](TickWaiter& waiter) {
    if (!waiter.wake.pending()) return;
    waiter.wake.due = wake_time(waiter);
    auto& executor = *static_cast<TaskExecutor*>(waiter.wake.owner);
    executor.move(waiter.wake);
  });
}

void HostClock::step_wall(Duration by) {
  change([&] { wall_.step(kernel_.now(), by); });
}

void HostClock::set_drift(std::int64_t ppm) {
  if (frozen_) {  // takes effect at the thaw
    wall_ppm_before_ = mono_ppm_before_ = ppm;
    return;
  }
  change([&] {
    wall_.set_rate(kernel_.now(), ppm);
    mono_.set_rate(kernel_.now(), ppm);
  });
}

void HostClock::set_wall_rate(std::int64_t ppm) {
  if (frozen_) {
    wall_ppm_before_ = ppm;
    return;
  }
  change([&] { wall_.set_rate(kernel_.now(), ppm); });
}

void HostClock::freeze() {
  if (frozen_) return;
  change([&] {
    frozen_ = true;
    frozen_at_ = kernel_.now();
    wall_ppm_before_ = wall_.ppm();
    mono_ppm_before_ = mono_.ppm();
    wall_.set_rate(kernel_.now(), ClockLine::ppm_of_standstill);
    mono_.set_rate(kernel_.now(), ClockLine::ppm_of_standstill);
  });
}

void HostClock::thaw(Thaw how) {
  if (!frozen_) return;
  change([&] {
    frozen_ = false;
    wall_.set_rate(kernel_.now(), wall_ppm_before_);
    mono_.set_rate(kernel_.now(), mono_ppm_before_);
    if (how == Thaw::step) wall_.step(kernel_.now(), kernel_.now() - frozen_at_);
  });
}

void HostClock::wait(TickWaiter& waiter) noexcept {
  CF_ASSERT(waiter.loop.tick > Duration{});
  Executor& executor = waiter.wake.fiber->executor();
  const WallTime now = wall();
  if (waiter.until <= now) {
    executor.at(waiter.wake, mono());
    return;
  }
  waiter.until = boundary(waiter.loop, next_boundary(waiter.loop, waiter.until - Duration::us(1)));
  waiter.next = next_boundary(waiter.loop, now);
  waiter.sleeping = mono() + (boundary(waiter.loop, waiter.next) - now);
  executor.at(waiter.wake, wake_time(waiter));
  if (waiter.wake.pending()) waiters_.push_back(waiter.hook);
}

HostClock::Sleep HostClock::tick_on(Sleep sleep, const TickLoop& loop, std::int64_t last,
                                    TrueTime limit) const noexcept {
  const bool alike = wall_.ppm() == mono_.ppm();
  bool skipped = false;
  while (sleep.next < last) {
    const TrueTime woken = std::max(mono_.when(sleep.ends.us()), changed_);
    if (woken >= limit) break;
    const WallTime seen = wall_at(woken);
    std::int64_t next = std::max(sleep.next + 1, next_boundary(loop, seen));
    if (next > last) return Sleep{last, sleep.ends};  // all of them past: no sleep in between
    const std::int64_t target =
        limit == TrueTime::max() ? last : std::clamp(next_boundary(loop, wall_at(limit - Duration::us(1))), next, last);
    if (alike) return Sleep{target, at(woken) + (boundary(loop, target) - seen)};
    sleep = Sleep{next, at(woken) + (boundary(loop, next) - seen)};
    if (!skipped && wall_.ppm() - mono_.ppm() <= small_slew && mono_.ppm() - wall_.ppm() <= small_slew &&
        target - next > exact_ticks) {
      next = target - exact_ticks;
      sleep = Sleep{next, at(wall_.when(boundary(loop, next).us()))};
    }
    skipped = true;
  }
  return sleep;
}

void HostClock::advance(TickWaiter& waiter) noexcept {
  const Sleep now =
      tick_on(Sleep{waiter.next, waiter.sleeping}, waiter.loop, number_of(waiter.loop, waiter.until), kernel_.now());
  waiter.next = now.next;
  waiter.sleeping = now.ends;
}

MonoTime HostClock::wake_time(const TickWaiter& waiter) const noexcept {
  if (frozen_) return MonoTime::max();
  return tick_on(Sleep{waiter.next, waiter.sleeping}, waiter.loop, number_of(waiter.loop, waiter.until),
                 TrueTime::max())
      .ends;
}

}  // namespace chronofault::sim
