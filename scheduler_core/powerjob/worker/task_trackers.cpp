#include <powerjob/worker/task_trackers.hpp>

namespace chronofault::powerjob {

TaskTrackers::TaskTrackers(WorkerContext& worker)
    : worker_(worker),
      light_pool_(worker.ports.executor,
                  ThreadPool::Settings("light task", 10 * worker.cores(), 10 * worker.cores(),
                                       2 * static_cast<std::size_t>(worker.profile.light_tracker_max))) {}

TaskTracker* TaskTrackers::find(std::int64_t instance_id) {
  for (Map* map : {&light_, &heavy_}) {
    const auto found = map->find(instance_id);
    if (found != map->end()) return found->second.get();
  }
  return nullptr;
}

void TaskTrackers::forget(std::int64_t instance_id) {
  light_.erase(instance_id);
  heavy_.erase(instance_id);
}

void TaskTrackers::on_run_request(const ServerScheduleJobReq& request) {
  if (find(request.instance_id) != nullptr) return;
  const TrackerKind kind =
      tracker_kind(request.execute_type, request.time_expression_type, light_.size(), heavy_.size(), worker_.profile);
  if (kind == TrackerKind::refused) return;
  std::shared_ptr<TaskTracker> tracker;
  if (kind == TrackerKind::light) {
    tracker = std::make_shared<LightTaskTracker>(worker_, request);
  } else {
    tracker = std::make_shared<CommonTaskTracker>(worker_, request);
  }
  try {
    tracker->start();
  } catch (const Failure& failure) {
    StatusReport report;
    report.app_id = worker_.app_id;
    report.job_id = request.job_id;
    report.instance_id = request.instance_id;
    report.wf_instance_id = request.wf_instance_id;
    report.status = InstanceStatus::failed;
    report.result = "init TaskTracker failed, reason: " + failure.what;
    report.report_time = worker_.now().ms();
    report.source_address = worker_.address;
    worker_.tell_server(body_of(TaskTrackerReportInstanceStatusReq(std::move(report))));
    return;
  }
  (kind == TrackerKind::light ? light_ : heavy_).emplace(request.instance_id, std::move(tracker));
}

void TaskTrackers::on_stop(std::int64_t instance_id) {
  if (TaskTracker* tracker = find(instance_id)) tracker->destroy();
}

void TaskTrackers::on_task_report(const Delivery& message) {
  const auto& report = *message.body.as<ProcessorReportTaskStatusReq>();
  const bool answers_first = worker_.profile.task_report_answered_first;
  if (is_final(report.status) && answers_first) message.reply(body_of(AskResponse::succeed("")));
  TaskTracker* tracker = find(report.instance_id);
  if (tracker == nullptr) return;
  tracker->on_task_report(report);
  if (is_final(report.status) && !answers_first) message.reply(body_of(AskResponse::succeed("")));
}

void TaskTrackers::on_processor_report(const ProcessorTrackerStatusReportReq& report) {
  if (TaskTracker* tracker = find(report.instance_id)) tracker->on_processor_report(report);
}

}  // namespace chronofault::powerjob
