// What coordinates one instance on the worker that the server chose (powerjob 7.9, 7.10).
//
// CommonTaskTracker is the one with a task table, a dispatcher and a status pass: STANDALONE here, one root task that
// goes to a ProcessorTracker. LightTaskTracker is V511's for STANDALONE: the task runs in a shared pool, without table
// and ProcessorTracker. A tracker owns the threads of its loops; destroy() ends them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <powerjob/rules/status_report.hpp>
#include <powerjob/rules/task_tracker.hpp>
#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

class TaskTracker : public std::enable_shared_from_this<TaskTracker> {
 public:
  TaskTracker(WorkerContext& worker, ServerScheduleJobReq request);
  virtual ~TaskTracker() = default;

  /// Starts the loops. Throws Failure: the tracker cannot be made, the server is told so.
  virtual void start() = 0;
  /// M15 and M17.
  virtual void on_task_report(const ProcessorReportTaskStatusReq& report) = 0;
  virtual void on_processor_report(const ProcessorTrackerStatusReportReq& report) = 0;
  /// Ends it and takes it out of the worker's map; nothing is reported to the server (7.10.6).
  virtual void destroy() = 0;

  std::int64_t instance_id() const { return request_.instance_id; }

 protected:
  StatusReport report(InstanceStatus status, const std::string& result) const;
  /// 7.10.4: ask; true when the server took it.
  Task<bool> final_report(StatusReport report);
  /// Of destroy(): the loops end and the object goes after the present step.
  void dispose_of_this();

  WorkerContext& worker_;
  ServerScheduleJobReq request_;
  WallTime created_;
  bool finished_ = false;
  FinalReport attempts_;
  Scope loops_;
};

class CommonTaskTracker final : public TaskTracker {
 public:
  using TaskTracker::TaskTracker;
  void start() override;
  void on_task_report(const ProcessorReportTaskStatusReq& report) override;
  void on_processor_report(const ProcessorTrackerStatusReportReq& report) override;
  void destroy() override;

 private:
  void dispatch_tasks();  // T3
  void send_task(TaskRow& task, const std::string& processor);
  Task<> check_status();  // T1
  void reset_unconfirmed();
  void forget_lost_processors();
  TaskCounts counts() const;

  std::map<std::string, TaskRow> tasks_;  // this instance's rows of task_info
  std::map<std::string, ProcessorState> processors_;
};

class LightTaskTracker final : public TaskTracker {
 public:
  using TaskTracker::TaskTracker;
  void start() override;
  void on_task_report(const ProcessorReportTaskStatusReq&) override {}
  void on_processor_report(const ProcessorTrackerStatusReportReq&) override {}
  void destroy() override;

 private:
  static Task<> execute(std::shared_ptr<LightTaskTracker> self);
  Task<> report_status();  // L1
  Task<> check_timeout();  // L2
  Task<> report_end();

  Fiber* running_ = nullptr;
  bool began_ = false;
  bool stopped_ = false;
  std::optional<FinishedTask> outcome_;
  WallTime ended_;
};

}  // namespace chronofault::powerjob
