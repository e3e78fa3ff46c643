#include <ports/assert.hpp>
#include <powerjob/millis.hpp>
#include <powerjob/rules/timers.hpp>

namespace chronofault::powerjob {

Timers::Timers(WallTime started, MonoTime mono, const Profile& profile)
    : now_(millis(started)),
      fast_(now_, mono, profile.fast_tick, profile.fast_slots),
      slow_(now_, mono, profile.slow_tick, profile.slow_slots),
      inaccurate_(now_, mono, profile.inaccurate_tick, profile.inaccurate_slots),
      long_delay_(profile.long_delay_threshold),
      cancellable_from_(profile.cancellable_from) {}

TimerWheel& Timers::wheel_of(Wheel wheel) {
  CF_ASSERT(wheel != Wheel::none);
  if (wheel == Wheel::fast) return fast_;
  return wheel == Wheel::slow ? slow_ : inaccurate_;
}
const TimerWheel& Timers::wheel_of(Wheel wheel) const { return const_cast<Timers*>(this)->wheel_of(wheel); }

void Timers::observe(WallTime wall, MonoTime mono) {
  now_ = millis(wall);
  fast_.observe(wall, mono);
  slow_.observe(wall, mono);
  inaccurate_.observe(wall, mono);
}

void Timers::passed(Wheel wheel, WallTime until) { wheel_of(wheel).passed(until); }

void Timers::queue(Wheel wheel, Duration delay, Job job) {
  const Key key{wheel, wheel_of(wheel).add(now_, delay)};
  if (job.has_cargo) cargo_[job.cargo_id] = key;
  jobs_.emplace(key, job);
}

std::optional<Timers::Fired> Timers::schedule(std::int64_t cargo_id, Duration delay, Token token) {
  if (delay <= long_delay_) return put_fast(cargo_id, delay, token, Fired{token, Wheel::none});
  queue(Wheel::slow, delay - long_delay_, Job{token, cargo_id, true, now_ + delay});
  return std::nullopt;
}

std::optional<Timers::Fired> Timers::put_fast(std::int64_t cargo_id, Duration delay, Token token, Fired at_once) {
  if (delay <= Duration{}) return at_once;
  queue(Wheel::fast, delay, Job{token, cargo_id, delay > cancellable_from_, WallTime{}});
  return std::nullopt;
}

std::optional<Timers::Fired> Timers::schedule_inaccurate(Duration delay, Token token) {
  if (delay <= Duration{}) return Fired{token, Wheel::none};
  queue(Wheel::inaccurate, delay, Job{token, 0, false, WallTime{}});
  return std::nullopt;
}

bool Timers::cancel(std::int64_t cargo_id) {
  const auto found = cargo_.find(cargo_id);
  if (found == cargo_.end()) return false;
  const Key key = found->second;
  cargo_.erase(found);
  jobs_.erase(key);
  return wheel_of(key.first).cancel(key.second);
}

std::optional<Timers::Wait> Timers::next(Wheel wheel) const {
  const TimerWheel& w = wheel_of(wheel);
  const std::optional<WallTime> due = w.next_due();
  if (!due) return std::nullopt;
  return Wait{*due, w.ticks().started(), w.ticks().tick()};
}

std::vector<Timers::Fired> Timers::take_due(Wheel wheel) {
  std::vector<Fired> fired;
  for (const TimerWheel::Due& due : wheel_of(wheel).take_due()) {
    const auto found = jobs_.find(Key{wheel, due.entry});
    CF_ASSERT(found != jobs_.end());
    const Job job = found->second;
    jobs_.erase(found);
    if (wheel != Wheel::inaccurate) cargo_.erase(job.cargo_id);
    const Fired now_or_later{job.token, wheel, due.tick};
    if (wheel != Wheel::slow) {
      fired.push_back(now_or_later);
      continue;
    }
    const auto at_once = put_fast(job.cargo_id, job.expected - now_, job.token, now_or_later);
    if (at_once) fired.push_back(*at_once);
  }
  return fired;
}

}  // namespace chronofault::powerjob
