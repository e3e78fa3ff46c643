// What the two threads of a database store have in common (quartz 3): a pass, a sleep that is computed from the wall
// clock and counted by the monotonic one, a counter of failures in a row, and an end that an interrupt brings about.
#pragma once

#include <ports/loop.hpp>
#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>

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
  DatabaseStoreThread(DatabaseStore& store, LoopSpec loop) : store_(store), loop_(std::move(loop)) {}
  ~DatabaseStoreThread() = default;

  virtual Task<> run() = 0;
  void declare();
  void begin_pass();
  /// A pass has ended so; upstream logs failures 0, 4, 8 ...
  void passed(bool succeeded) { failures_ = succeeded ? 0 : failures_ + 1; }
  /// `wanted`, or this if it is not positive; after a failure at least dbRetryInterval.
  Task<> sleep(Duration wanted, Duration otherwise);
  bool stopping() const noexcept { return stopping_; }

  DatabaseStore& store_;

 private:
  Task<> main();

  LoopSpec loop_;
  int failures_ = 0;
  bool stopping_ = false;
  bool started_ = false;
  FiberHandle fiber_;
  Latch ended_{1};
};

}  // namespace chronofault::quartz
