// java.util.concurrent.ThreadPoolExecutor. Its threads are fibers of a scope of its own, and run on the executor
// `executor.pool(name)`, so that a fault can hang this pool alone.
//
// A job that is submitted
//   1. gets a thread of its own while there are fewer than `core` threads, idle ones or not;
//   2. else goes to an idle thread or, if none waits, into the queue while that has room;
//   3. else gets a thread of its own while there are fewer than `max`;
//   4. else is rejected, as the policy says.
// So with an unlimited queue there are never more than `core` threads. With capacity 0 (SynchronousQueue) the thread
// that became idle last is served first, otherwise the one that waits longest. A thread that begins to wait while there
// are more than `core` of them leaves after `keep_alive`. A thread whose job throws dies, is replaced at once, and the
// exception goes to on_error() (uncaughtException); jobs that stand for a Future catch for themselves.
//
// Not modelled: thread factories, prestarting threads, changes of the sizes while it runs.
#pragma once

#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <optional>
#include <string>

#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>

namespace chronofault {

/// RejectedExecutionException: pool and queue are full, or the pool was shut down.
struct RejectedExecution {
  explicit RejectedExecution(std::string pool) : pool(std::move(pool)) {}
  std::string pool;
};

class ThreadPool : Counted {
 public:
  using Job = std::function<Task<>()>;

  enum class Rejection {
    abort,           // submit() throws RejectedExecution: Java's default
    caller_runs,     // the job runs in the fiber that submits it, which waits for its end; dropped after shutdown
    discard,         // the job is dropped
    discard_oldest,  // the head of the queue is dropped, and the job submitted again; dropped after shutdown
    new_thread,      // a thread outside of the pool and its bounds runs it; dropped after shutdown
  };

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  struct Settings {
    Settings(std::string name, int core, int max, std::size_t queue_capacity, Rejection rejection = Rejection::abort)
        : name(std::move(name)), core(core), max(max), queue_capacity(queue_capacity), rejection(rejection) {}
    std::string name;
    int core;
    int max;
    std::size_t queue_capacity;  // 0: SynchronousQueue; unlimited: LinkedBlockingQueue without bound
    Rejection rejection;
    Duration keep_alive = Duration::seconds(60);
    bool core_timeout = false;  // allowCoreThreadTimeOut
  };

  /// 0 <= core <= max, max >= 1; discard_oldest needs a queue to discard from.
  ThreadPool(Executor& executor, Settings settings);
  ~ThreadPool();

  /// execute(). Returns when the job is taken over (caller_runs: when it has ended); throws RejectedExecution under
  /// Rejection::abort, and what the job throws if it runs in the caller.
  [[nodiscard]] Task<> submit(Job job);
  /// The same for code that cannot wait; not under Rejection::caller_runs.
  void execute(Job job);

  /// Takes no more jobs, finishes those that it has; then terminated() opens.
  void shutdown();
  /// The same, but interrupts the running jobs and returns those that had not begun.
  std::deque<Job> shutdown_now();
  bool is_shutdown() const noexcept { return state_ != State::running; }
  /// awaitTermination: opens when the last thread of a pool that was shut down has left.
  Latch& terminated() noexcept { return terminated_; }

  /// Threads that have a job.
  int active() const noexcept { return active_; }
  std::size_t queued() const noexcept { return queue_.size(); }
  int workers() const noexcept { return workers_; }
  /// The largest number of threads so far.
  int workers_max() const noexcept { return workers_max_; }
  std::int64_t completed() const noexcept { return completed_; }
  const Settings& settings() const noexcept { return settings_; }
  void on_error(Scope::OnError handler) { scope_.on_error(std::move(handler)); }

 private:
  enum class State { running, shutdown, stop };
  class Idle;
  struct Thread {
    Fiber* fiber = nullptr;  // known once it runs
  };
  using Threads = std::list<Thread>;

  /// What is left of the job: nothing if it was taken over or dropped. Only caller_runs leaves it.
  Job place(Job job);
  bool offer(Job& job);
  Job reject(Job job);
  void add_thread(Job first);
  Task<> work(Threads::iterator self, Job first);
  void run_ended() noexcept;
  bool may_leave(bool timed, bool timed_out) const noexcept;
  void leave(Threads::iterator self, bool abruptly);
  void wake_idle() noexcept;

  Executor& executor_;
  Settings settings_;
  State state_ = State::running;
  int workers_ = 0;
  int workers_max_ = 0;
  int active_ = 0;
  int named_ = 0;
  std::int64_t completed_ = 0;
  std::deque<Job> queue_;
  Threads threads_;
  List<Idle> idle_;
  Latch terminated_{1};
  Scope scope_;  // last: its tasks use all of the above
};

}  // namespace chronofault
