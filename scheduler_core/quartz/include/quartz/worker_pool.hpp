// org.quartz.simpl.SimpleThreadPool: a fixed number of workers. Who has a job to run waits for one that is free.
//
// Upstream waits in slices of 500 ms and is notified besides; the slices can have no effect and are left out.
#pragma once

#include <functional>
#include <string>

#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::quartz {

class WorkerPool {
 public:
  using Job = std::function<Task<>()>;

  /// The workers run on the pool `name` of the executor, so that a fault can hang them alone. threads >= 0.
  WorkerPool(Executor& executor, std::string name, int threads);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// blockForAvailableThreads: waits until a worker is free and no job is being handed over; how many are free. None
  /// after shutdown().
  Task<int> wait_available();
  /// runInThread: waits for a free worker and hands the job over. After shutdown() the job gets a thread of its own.
  /// What it throws is dropped, as upstream logs it.
  Task<> run(Job job);
  /// Frees no worker any more. What runs goes on; wait: returns when it has ended.
  Task<> shutdown(bool wait);

 private:
  Task<> work(Job job);

  Executor& executor_;
  std::string name_;
  int available_;
  int busy_ = 0;
  bool handing_over_ = false;
  bool shut_down_ = false;
  Condition changed_;
  Scope scope_;  // last: its tasks use all of the above
};

}  // namespace chronofault::quartz
