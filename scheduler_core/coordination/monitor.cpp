#include <coordination/monitor.hpp>
#include <ports/task/race.hpp>

namespace chronofault::curator {

Task<Monitor::Guard> Monitor::enter() {
  Fiber& self = co_await this_fiber;
  if (holder_ != &self) {
    lock_ = co_await mutex_.lock();
    holder_ = &self;
  }
  ++depth_;
  co_return Guard(this, &self);
}

Task<> Monitor::wait() {
  const int depth = release();
  bool interrupted = false;
  try {
    co_await changed_.wait();
  } catch (const Interrupted&) {
    interrupted = true;
  }
  co_await enter_again(depth);
  if (interrupted) throw Interrupted{};
}

Task<> Monitor::wait_for(Clock* clock, Duration d) {
  if (d <= Duration()) co_return;
  const int depth = release();
  bool interrupted = false;
  try {
    co_await race(changed_.wait(), clock->sleep_for(d));
  } catch (const Interrupted&) {
    interrupted = true;
  }
  co_await enter_again(depth);
  if (interrupted) throw Interrupted{};
}

int Monitor::release() {
  CF_ASSERT(depth_ > 0);
  holder_ = nullptr;
  const int depth = std::exchange(depth_, 0);
  lock_.unlock();
  return depth;
}

Task<> Monitor::enter_again(int depth) {
  Fiber& self = co_await this_fiber;
  lock_ = co_await mutex_.lock();
  holder_ = &self;
  depth_ = depth;
}

void Monitor::leave(const Fiber* holder) noexcept {
  if (holder_ != holder || --depth_ > 0) return;
  holder_ = nullptr;
  lock_.unlock();
}

}  // namespace chronofault::curator
