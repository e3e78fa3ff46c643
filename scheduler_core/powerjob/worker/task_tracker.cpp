#include <powerjob/worker/task_tracker.hpp>
#include <powerjob/worker/task_trackers.hpp>

namespace chronofault::powerjob {

TaskTracker::TaskTracker(WorkerContext& worker, ServerScheduleJobReq request)
    : worker_(worker),
      request_(std::move(request)),
      created_(worker.now()),
      attempts_(worker.profile),
      loops_(worker.ports.executor) {}

StatusReport TaskTracker::report(InstanceStatus status, const std::string& result) const {
  StatusReport report;
  report.app_id = worker_.app_id;
  report.job_id = request_.job_id;
  report.instance_id = request_.instance_id;
  report.wf_instance_id = request_.wf_instance_id;
  report.status = status;
  report.result = result;
  report.start_time = created_.ms();
  report.report_time = worker_.now().ms();
  report.source_address = worker_.address;
  return report;
}

Task<bool> TaskTracker::final_report(StatusReport report) {
  const std::optional<std::string>& server = worker_.current_server.get();
  std::string to = server.value_or("");
  Body body = body_of(TaskTrackerReportInstanceStatusReq(std::move(report)));
  const bool accepted = co_await worker_.asked(std::move(to), std::move(body));
  co_return accepted;
}

void TaskTracker::dispose_of_this() {
  finished_ = true;
  loops_.cancel();
  std::shared_ptr<TaskTracker> self = shared_from_this();
  worker_.task_trackers->forget(request_.instance_id);
  dispose(worker_.ports.executor, std::move(self));
}

// --- CommonTaskTracker ---

void CommonTaskTracker::start() {
  for (const std::string& address : request_.all_worker_address) processors_[address] = ProcessorState();
  TaskRow root;
  root.task_id = root_task_id;
  root.task_name = root_task_name;
  root.address = worker_.address;
  root.last_modified = worker_.now();
  tasks_[root.task_id] = root;

  const Profile& profile = worker_.profile;
  auto check = [this] { return check_status(); };
  auto dispatcher = [this]() -> Task<> {
    dispatch_tasks();
    co_return;
  };
  Task<> t1 =
      repeat(&worker_, Repeat::fixed_delay, profile.tracker_report_initial, profile.tracker_report_period, check);
  Task<> t3 = repeat(&worker_, Repeat::fixed_delay, profile.dispatcher_initial, profile.dispatcher_period, dispatcher);
  // [V340] the dispatcher was made first (powerjob 3.2).
  const bool dispatcher_first = profile.release == Release::v340;
  if (dispatcher_first) loops_.spawn("task dispatcher", std::move(t3));
  loops_.spawn("status check", std::move(t1));
  // NOLINTNEXTLINE(bugprone-use-after-move): moved above in the other case only
  if (!dispatcher_first) loops_.spawn("task dispatcher", std::move(t3));
}

TaskCounts CommonTaskTracker::counts() const {
  TaskCounts counts;
  for (const auto& [id, task] : tasks_) {
    switch (task.status) {
      case TaskStatus::waiting_dispatch:
        ++counts.waiting;
        break;
      case TaskStatus::dispatched_unchecked:
        ++counts.unchecked;
        break;
      case TaskStatus::worker_received:
        ++counts.received;
        break;
      case TaskStatus::worker_processing:
        ++counts.processing;
        break;
      case TaskStatus::failed:
        ++counts.failed;
        break;
      case TaskStatus::success:
        ++counts.succeed;
        break;
    }
  }
  return counts;
}

void CommonTaskTracker::dispatch_tasks() {
  if (finished_) return;
  const WallTime now = worker_.now();
  std::vector<std::string> available;
  for (const auto& [address, state] : processors_) {
    if (is_available(state, now, worker_.profile)) available.push_back(address);
  }
  if (available.empty()) return;
  std::int64_t budget = dispatch_budget(available.size(), request_.thread_concurrency);
  std::size_t index = 0;
  for (auto& [id, task] : tasks_) {
    if (budget <= 0) return;
    if (task.status != TaskStatus::waiting_dispatch) continue;
    const bool fixed = !task.address.empty() && task.address != empty_address;
    const std::string processor = fixed ? task.address : available[index++ % available.size()];
    send_task(task, processor);
    --budget;
  }
}

void CommonTaskTracker::send_task(TaskRow& task, const std::string& processor) {
  task.status = TaskStatus::dispatched_unchecked;
  task.address = processor;
  task.last_modified = worker_.now();
  task.last_report_time = -1;
  processors_[processor].dispatched = true;
  TaskTrackerStartTaskReq start;
  start.task_tracker_address = worker_.address;
  start.instance = request_;
  start.task_id = task.task_id;
  start.task_name = task.task_name;
  start.current_retry_nums = task.failed_count;
  start.sub_instance_id = request_.instance_id;
  worker_.tell(processor, body_of(std::move(start)));
}

void CommonTaskTracker::on_task_report(const ProcessorReportTaskStatusReq& report) {
  const auto found = tasks_.find(report.task_id);
  if (found == tasks_.end()) return;
  TaskReportStep step = task_report_step(found->second, report.status, report.result, report.report_time,
                                         request_.execute_type, request_.task_retry_num, finished_, worker_.profile);
  if (step.kind != TaskReportStep::Kind::drop) found->second = std::move(step.row);
}

void CommonTaskTracker::on_processor_report(const ProcessorTrackerStatusReportReq& report) {
  const bool newer = processor_report(processors_[report.address], report.idle, report.time, report.remain_task_num);
  if (!newer || !report.idle) return;
  for (auto& [id, task] : tasks_) {
    if (task.address != report.address || is_final(task.status)) continue;
    TaskReportStep step =
        task_report_step(task, TaskStatus::failed, "SYSTEM: unreceived process result", report.time.ms(),
                         request_.execute_type, request_.task_retry_num, finished_, worker_.profile);
    if (step.kind != TaskReportStep::Kind::drop) task = std::move(step.row);
  }
}

Task<> CommonTaskTracker::check_status() {
  const TaskCounts now_counts = counts();
  std::optional<FinishedTask> only;
  const auto root = tasks_.find(root_task_id);
  if (root != tasks_.end() && is_final(root->second.status)) {
    only = FinishedTask(root->second.status == TaskStatus::success, root->second.result);
  }
  const std::optional<std::optional<FinishedTask>> last;
  const Duration limit = effective_time_limit(Duration::ms(request_.instance_timeout_ms));
  const TrackerStep step = tracker_step(now_counts, request_.execute_type, only, last, created_, limit, worker_.now());

  StatusReport status = report(InstanceStatus::running, step.result);
  status.total_task_num = now_counts.unfinished() + now_counts.finished();
  status.succeed_task_num = now_counts.succeed;
  status.failed_task_num = now_counts.failed;
  if (step.kind == TrackerStep::Kind::done) {
    finished_ = true;
    status.status = step.success ? InstanceStatus::succeed : InstanceStatus::failed;
    const bool known = worker_.current_server.get().has_value();
    // V340, V411: the pass throws before anything is counted, and is repeated for ever.
    if (!known && !worker_.profile.unknown_server_counts_as_failed_report) co_return;
    bool accepted = false;
    if (known) accepted = co_await final_report(std::move(status));
    if (attempts_.attempted(known, accepted) == FinalReport::Next::destroy) destroy();
    co_return;
  }
  worker_.tell_server(body_of(TaskTrackerReportInstanceStatusReq(std::move(status))));
  reset_unconfirmed();
  forget_lost_processors();
}

void CommonTaskTracker::reset_unconfirmed() {
  const WallTime now = worker_.now();
  int looked_at = 0;
  for (auto& [id, task] : tasks_) {
    if (task.status != TaskStatus::dispatched_unchecked || ++looked_at > worker_.profile.dispatcher_batch) continue;
    std::optional<TaskRow> reset = unconfirmed_reset(task, now, worker_.profile);
    if (reset) task = std::move(*reset);
  }
}

void CommonTaskTracker::forget_lost_processors() {
  const WallTime now = worker_.now();
  for (auto it = processors_.begin(); it != processors_.end();) {
    if (!is_lost(it->second, now, worker_.profile)) {
      ++it;
      continue;
    }
    for (auto& [id, task] : tasks_) {
      if (task.address != it->first || is_final(task.status)) continue;
      task = lost_task(task, request_.execute_type, now, worker_.profile);
    }
    it = processors_.erase(it);
  }
}

void CommonTaskTracker::destroy() {
  for (const auto& [address, state] : processors_) {
    worker_.tell(address, body_of(TaskTrackerStopInstanceReq(request_.instance_id)));
  }
  tasks_.clear();
  dispose_of_this();
}

}  // namespace chronofault::powerjob
