// What executes the tasks of one instance for one TaskTracker on one worker (powerjob 7.12).
//
// There is no check for duplicates: the same task sent twice is executed twice. A tracker of a dead TaskTracker ends by
// idleness or by the instance's time limit only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ports/task/pool.hpp>
#include <powerjob/rules/task_tracker.hpp>
#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

class ProcessorTracker : public std::enable_shared_from_this<ProcessorTracker> {
 public:
  ProcessorTracker(WorkerContext& worker, const TaskTrackerStartTaskReq& first);
  void start();
  /// M14. A full queue refuses in silence.
  void submit(const TaskTrackerStartTaskReq& request);
  /// Interrupts what runs; the queue is dropped.
  void destroy();

 private:
  Task<> execute(TaskTrackerStartTaskReq request);
  static Task<> outlive_threads(std::shared_ptr<ProcessorTracker> self);
  Task<> check_and_report();  // P1
  ProcessorReportTaskStatusReq status(const TaskTrackerStartTaskReq& task, TaskStatus status, std::string result) const;
  void tell_state(bool idle);

  WorkerContext& worker_;
  std::string task_tracker_;
  ServerScheduleJobReq instance_;
  WallTime started_;
  ThreadPool pool_;
  Scope loops_;
  bool destroyed_ = false;
  bool completed_ = false;  // since the last pass of P1
  std::optional<WallTime> idle_since_;
  std::deque<ProcessorReportTaskStatusReq> unanswered_;
};

class ProcessorTrackers {
 public:
  explicit ProcessorTrackers(WorkerContext& worker) : worker_(worker) {}
  void on_start_task(const TaskTrackerStartTaskReq& request);  // M14
  void on_stop(std::int64_t instance_id);                      // M18
  void forget(std::int64_t instance_id, const std::string& task_tracker);

 private:
  WorkerContext& worker_;
  std::map<std::pair<std::int64_t, std::string>, std::shared_ptr<ProcessorTracker>> trackers_;
};

}  // namespace chronofault::powerjob
