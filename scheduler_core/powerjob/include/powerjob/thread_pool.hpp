// java.util.concurrent.ThreadPoolExecutor: core threads, then the queue, then more threads up to max, then refusal.
// A thread is counted, not kept: one that has nothing left to do ends, which nobody can tell from one that idles.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <ports/task/scope.hpp>

namespace chronofault::powerjob {

class ThreadPool {
 public:
  /// The tasks run in `scope`, which outlives them. A pool may go before its tasks end.
  ThreadPool(Scope& scope, std::string name, int core, int max, std::size_t queue);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// False: refused, and `task` is still the caller's. An exception that leaves a task ends that task alone.
  bool submit(Task<>& task);
  int active() const noexcept { return state_->active; }
  std::size_t queued() const noexcept { return state_->queue.size(); }
  /// shutdownNow: what has not begun never will.
  void drop_queue() noexcept { state_->queue.clear(); }

 private:
  struct State {
    int active = 0;
    std::deque<Task<>> queue;
  };
  static Task<> thread(std::shared_ptr<State> state, Task<> first);

  Scope* scope_;
  std::string name_;
  int core_;
  int max_;
  std::size_t capacity_;
  std::shared_ptr<State> state_;
};

}  // namespace chronofault::powerjob
