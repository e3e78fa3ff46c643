// A Java object's monitor: `synchronized`, wait() and notifyAll(). Re-entrant for the fiber that holds it, which is why
// the recipes need it beside ports/task's Mutex: a listener that is told inside of a synchronized method may call back
// into it.
#pragma once

#include <utility>

#include <ports/clock.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::curator {

class Monitor {
 public:
  class [[nodiscard]] Guard {
   public:
    Guard(Monitor* monitor, const Fiber* holder) noexcept : monitor_(monitor), holder_(holder) {}
    Guard(Guard&& other) noexcept : monitor_(std::exchange(other.monitor_, nullptr)), holder_(other.holder_) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() { leave(); }
    void leave() noexcept {
      if (monitor_ != nullptr) std::exchange(monitor_, nullptr)->leave(holder_);
    }

   private:
    Monitor* monitor_;
    const Fiber* holder_;
  };

  /// An interrupt does not end the wait.
  Task<Guard> enter();
  /// Object.wait(): leaves the monitor whole, and has it again on return; interruptible. The caller holds it.
  Task<> wait();
  /// At most `d`; zero or less: returns at once.
  Task<> wait_for(Clock* clock, Duration d);
  void notify_all() noexcept { changed_.notify_all(); }

 private:
  int release();
  Task<> enter_again(int depth);
  // A holder that dies while it waits has left already.
  void leave(const Fiber* holder) noexcept;

  Mutex mutex_;
  Condition changed_;
  Mutex::Guard lock_;
  const Fiber* holder_ = nullptr;  // compared for equality while that fiber holds the monitor, never kept longer
  int depth_ = 0;
};

}  // namespace chronofault::curator
