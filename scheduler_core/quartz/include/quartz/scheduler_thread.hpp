// org.quartz.core.QuartzSchedulerThread (quartz 3.1): waits for a free worker, acquires what is due next, waits until
// it is due, fires it, and begins again at once.
//
// What it waits in is a monitor of its own. A change of the schedule that is signalled meanwhile makes it give back
// what it has acquired if the change is earlier by enough to be worth that. Only the newest signal is remembered.
//
// The results of a fired batch are matched to the batch by their position, as upstream does. The memory store leaves
// out what it skipped, so that a position may name another trigger of the batch: a release or an error completion then
// goes to the wrong one.
//
// Left out because it can have no effect: the slices of 1 s in which a paused thread waits.
//
// A thread that waits for a free worker comes round as well, in upstream every 500 ms: how long jobs take is no fault
// of the loop's. A thread that gives back what it could not fire, for ever while the database is away, does not.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <ports/system.hpp>
#include <quartz/job_store.hpp>
#include <quartz/worker_pool.hpp>

namespace chronofault::quartz {

struct SchedulerThreadSettings {
  SchedulerThreadSettings() = default;

  std::string name;
  Duration idle_wait_time = Duration::seconds(30);
  Duration idle_wait_variability = Duration::seconds(7);
  int max_batch_size = 1;
  Duration batch_time_window;
  std::optional<Duration> loop_bound;  // declares its loop to the world: it passes at least this often
};

class SchedulerThread {
 public:
  /// Hands the bundle to a worker. False: the job cannot be instantiated.
  using Run = std::function<Task<bool>(FiredBundle bundle)>;
  /// notifySchedulerListenersError.
  using Report = std::function<Task<>(std::string message)>;

  /// All of it outlives the thread. Paused, and not started.
  SchedulerThread(Ports& ports, JobStore& store, WorkerPool& workers, SchedulerThreadSettings settings, Run run,
                  Report report);
  SchedulerThread(const SchedulerThread&) = delete;
  SchedulerThread& operator=(const SchedulerThread&) = delete;

  void start();
  /// togglePause.
  void pause(bool paused);
  bool paused() const noexcept { return paused_; }
  /// For good: the thread ends when it looks next. What it has acquired stays acquired.
  void halt();
  /// At once if it never started.
  Task<> ended();
  /// signalSchedulingChange. None: no matter when.
  void signal(std::optional<WallTime> next_fire_time);

 private:
  Task<> loop();
  Task<> pass();
  void tell_pass();
  Task<int> wait_for_worker();
  Task<> wait_for(Duration d);
  Task<> wait_idle();
  /// False: acquisition failed.
  Task<bool> acquire(std::vector<JobTrigger>* held, int available);
  /// False: all were released, since something earlier came up.
  Task<bool> wait_until_due(const std::vector<JobTrigger>* held);
  Task<> fire(std::vector<JobTrigger> held);
  Task<> release(const std::vector<JobTrigger>* held);
  bool worth_it(WallTime due) const;
  WallTime now() const;

  Ports& ports_;
  JobStore& store_;
  WorkerPool& workers_;
  SchedulerThreadSettings settings_;
  Run run_;
  Report report_;
  RandomStream& draws_;
  bool paused_ = true;
  bool halted_ = false;
  bool running_ = false;
  bool changed_ = false;                // a signal came since it was last cleared
  std::optional<WallTime> changed_to_;  // its time
  int acquires_failed_ = 0;
  Condition signalled_;  // sigLock
  Condition ended_;
  Scope scope_;  // last: its task uses all of the above
};

}  // namespace chronofault::quartz
