#include <algorithm>

#include <ports/assert.hpp>
#include <powerjob/rules/timer_wheel.hpp>

namespace chronofault::powerjob {

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
std::int64_t floor_mod(std::int64_t a, std::int64_t b) { return a - floor_div(a, b) * b; }

std::int64_t power_of_two_above(std::int64_t n) {
  std::int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

Duration absolute(Duration d) { return d < Duration{} ? -d : d; }

}  // namespace

TickCounter::TickCounter(WallTime started, MonoTime mono, Duration tick)
    : started_(started), tick_(tick), wall_minus_mono_(Duration::us(started.us() - mono.us())), observed_(mono) {
  CF_ASSERT(tick > Duration{});
}

std::int64_t TickCounter::index_at(WallTime t) const { return floor_div((t - started_).count_us(), tick_.count_us()); }

void TickCounter::observe(WallTime wall, MonoTime mono) {
  const Duration difference = Duration::us(wall.us() - mono.us());
  const Duration elapsed = mono - observed_;
  const Duration change = absolute(difference - wall_minus_mono_);
  const bool stepped = change > elapsed / 100 + Duration::us(2);
  if (stepped && !old_sleep_ends_) {
    const WallTime wall_without_step = WallTime::from_us(mono.us()) + wall_minus_mono_;
    current_ = std::max(current_, index_at(wall_without_step));
    old_sleep_ends_ = MonoTime::from_us((end_of(current_) - wall_minus_mono_).us());
  }
  wall_minus_mono_ = difference;
  observed_ = mono;
  if (old_sleep_ends_) {
    if (mono < *old_sleep_ends_) return;
    old_sleep_ends_.reset();
    ++current_;
  }
  current_ = std::max(current_, index_at(wall));
}

void TickCounter::passed(WallTime boundary) {
  const std::int64_t index = index_at(boundary);
  if (index <= current_) return;
  current_ = index;
  old_sleep_ends_.reset();
}

TimerWheel::TimerWheel(WallTime started, MonoTime mono, Duration tick, int slots)
    : ticks_(started, mono, tick), slots_(power_of_two_above(slots)) {
  CF_ASSERT(slots > 0);
}

TimerWheel::Entry TimerWheel::add(WallTime now, Duration delay) {
  CF_ASSERT(delay > Duration{});
  const std::int64_t total_ticks = ticks_.index_at(now + delay);
  const std::int64_t first_tick = ticks_.current() + 1;  // of the loop that will move it into its slot
  const std::int64_t runs_at =
      total_ticks >= first_tick ? total_ticks : first_tick + floor_mod(total_ticks - first_tick, slots_);
  const Entry entry = ++last_entry_;
  by_tick_[runs_at].push_back(entry);
  tick_of_.emplace(entry, runs_at);
  return entry;
}

bool TimerWheel::cancel(Entry entry) {
  const auto found = tick_of_.find(entry);
  if (found == tick_of_.end()) return false;
  const auto slot = by_tick_.find(found->second);
  CF_ASSERT(slot != by_tick_.end());
  std::erase(slot->second, entry);
  if (slot->second.empty()) by_tick_.erase(slot);
  tick_of_.erase(found);
  return true;
}

std::optional<WallTime> TimerWheel::next_due() const {
  if (by_tick_.empty()) return std::nullopt;
  return ticks_.end_of(by_tick_.begin()->first);
}

std::vector<TimerWheel::Due> TimerWheel::take_due() {
  std::vector<Due> due;
  while (!by_tick_.empty() && by_tick_.begin()->first < ticks_.current()) {
    const auto slot = by_tick_.begin();
    for (const Entry entry : slot->second) {
      due.push_back(Due{entry, slot->first});
      tick_of_.erase(entry);
    }
    by_tick_.erase(slot);
  }
  return due;
}

}  // namespace chronofault::powerjob
