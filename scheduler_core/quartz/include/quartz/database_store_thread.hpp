// What the two threads of a database store have in common (quartz 3): a pass, a sleep that is computed from the wall
// clock and counted by the monotonic one, a counter of failures in a row, and an end that an interrupt brings about.
#pragma once

#include <string>

#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>
#include <ports/time.hpp>

namespace chronofault::quartz {

class DatabaseStore;

class DatabaseStoreThread {
 public:
  DatabaseStoreThread(const DatabaseStoreThread&) = delete;
  DatabaseStoreThread& operator=(const DatabaseStoreThread&) = delete;

  void start(Scope& threads);
  /// Ends when the thread has ended; at once if it was never started.
  Task<> stop();

 protected:
  DatabaseStoreThread(DatabaseStore& store, std::string name, Duration period)
      : store_(store), name_(std::move(name)), period_(period) {}
  ~DatabaseStoreThread() = default;

  virtual Task<> run() = 0;
  void begin_pass();
  /// A pass has ended so; upstream logs failures 0, 4, 8 ...
  void passed(bool succeeded) { failures_ = succeeded ? 0 : failures_ + 1; }
  /// `wanted`, or this if it is not positive; after a failure at least dbRetryInterval.
  Task<> sleep(Duration wanted, Duration otherwise);
  bool stopping() const noexcept { return stopping_; }

  DatabaseStore& store_;

 private:
  Task<> main();

  std::string name_;
  Duration period_;
  int failures_ = 0;
  bool stopping_ = false;
  bool started_ = false;
  FiberHandle fiber_;
  Latch ended_{1};
};

}  // namespace chronofault::quartz
