// The TaskTrackers of one worker by instance (powerjob 4.3, 2.3), and who gets their messages.
#pragma once

#include <map>
#include <memory>

#include <ports/task/pool.hpp>
#include <powerjob/worker/task_tracker.hpp>

namespace chronofault::powerjob {

class TaskTrackers {
 public:
  explicit TaskTrackers(WorkerContext& worker);

  void on_run_request(const ServerScheduleJobReq& request);                 // M10
  void on_stop(std::int64_t instance_id);                                   // M11
  void on_task_report(const Delivery& message);                             // M15
  void on_processor_report(const ProcessorTrackerStatusReportReq& report);  // M17

  /// 7.3 step 4: the trackers of second-level jobs; there are none in this room yet (System::check refuses such jobs).
  void destroy_frequent() {}
  void forget(std::int64_t instance_id);
  std::size_t light_count() const { return light_.size(); }
  std::size_t heavy_count() const { return heavy_.size(); }
  ThreadPool& light_pool() { return light_pool_; }

 private:
  using Map = std::map<std::int64_t, std::shared_ptr<TaskTracker>>;
  TaskTracker* find(std::int64_t instance_id);

  WorkerContext& worker_;
  Map light_;  // [V511]
  Map heavy_;
  ThreadPool light_pool_;
};

}  // namespace chronofault::powerjob
