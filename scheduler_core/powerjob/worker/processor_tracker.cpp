#include <powerjob/worker/processor_tracker.hpp>
#include <powerjob/worker/reporters.hpp>

namespace chronofault::powerjob {

namespace {

int threads_for(const ServerScheduleJobReq& instance, const Profile& profile) {
  const bool second_level = is_second_level(instance.time_expression_type);
  return processor_pool_size(instance.execute_type, second_level, false, instance.thread_concurrency, profile);
}

}  // namespace

ProcessorTracker::ProcessorTracker(WorkerContext& worker, const TaskTrackerStartTaskReq& first)
    : worker_(worker),
      task_tracker_(first.task_tracker_address),
      instance_(first.instance),
      started_(worker.now()),
      pool_(worker.ports.executor, ThreadPool::Settings("processor", threads_for(first.instance, worker.profile),
                                                        threads_for(first.instance, worker.profile),
                                                        static_cast<std::size_t>(worker.profile.processor_queue))),
      loops_(worker.ports.executor) {}

void ProcessorTracker::start() {
  auto pass = [this] { return check_and_report(); };
  loops_.spawn("processor report",
               repeat(&worker_, Repeat::fixed_rate, Duration(), worker_.profile.processor_report_period, pass));
}

ProcessorReportTaskStatusReq ProcessorTracker::status(const TaskTrackerStartTaskReq& task, TaskStatus status,
                                                      std::string result) const {
  ProcessorReportTaskStatusReq report;
  report.instance_id = task.instance.instance_id;
  report.sub_instance_id = task.sub_instance_id;
  report.task_id = task.task_id;
  report.status = status;
  report.result = std::move(result);
  report.report_time = worker_.now().ms();
  return report;
}

void ProcessorTracker::submit(const TaskTrackerStartTaskReq& request) {
  try {
    pool_.execute([this, request] { return execute(request); });
  } catch (const RejectedExecution&) {
    return;
  }
  worker_.tell(task_tracker_, body_of(status(request, TaskStatus::worker_received, "")));
}

Task<> ProcessorTracker::execute(TaskTrackerStartTaskReq request) {
  worker_.tell(task_tracker_, body_of(status(request, TaskStatus::worker_processing, "")));
  WorkContext context;
  context.job = request.instance.processor_info;
  context.run = request.instance.instance_id;
  context.parent_run = request.instance.wf_instance_id.value_or(0);
  context.attempt = request.current_retry_nums;
  context.params = request.instance.job_params;
  worker_.logs->add("start task " + request.task_id);

  auto result = co_await attempt(worker_.ports.work.run(std::move(context)));
  completed_ = true;
  const bool ok = result && result->ok;
  std::string text = result ? result->text : result.error();
  worker_.logs->add("end task " + request.task_id);

  ProcessorReportTaskStatusReq report = status(request, ok ? TaskStatus::success : TaskStatus::failed, std::move(text));
  const bool answered = co_await worker_.asked(task_tracker_, body_of(report));
  if (!answered && !destroyed_) unanswered_.push_back(std::move(report));
}

Task<> ProcessorTracker::check_and_report() {
  ProcessorFacts facts;
  facts.started = started_;
  facts.instance_time_limit = effective_time_limit(Duration::ms(instance_.instance_timeout_ms));
  facts.second_level = is_second_level(instance_.time_expression_type);
  facts.active_threads = pool_.active();
  facts.completed_since_last_pass = completed_;
  facts.idle_since = idle_since_;
  facts.beside_tracker = task_tracker_ == worker_.address;
  completed_ = false;
  const ProcessorStep step = processor_step(facts, worker_.now(), worker_.profile);
  idle_since_ = step.idle_since;
  if (step.kind != ProcessorStep::Kind::report_load) {
    if (step.kind == ProcessorStep::Kind::idle_and_destroy) tell_state(true);
    destroy();
    co_return;
  }
  while (!unanswered_.empty()) {
    ProcessorReportTaskStatusReq report = unanswered_.front();
    unanswered_.pop_front();
    report.report_time = worker_.now().ms();
    const bool answered = co_await worker_.asked(task_tracker_, body_of(report));
    if (answered) continue;
    // Without a heartbeat: the TaskTracker will take this processor for lost.
    unanswered_.push_back(std::move(report));
    co_return;
  }
  tell_state(false);
}

void ProcessorTracker::tell_state(bool idle) {
  ProcessorTrackerStatusReportReq state;
  state.idle = idle;
  state.instance_id = instance_.instance_id;
  state.time = worker_.now();
  state.remain_task_num = static_cast<std::int64_t>(pool_.queued());
  state.address = worker_.address;
  worker_.tell(task_tracker_, body_of(std::move(state)));
}

void ProcessorTracker::destroy() {
  if (destroyed_) return;
  destroyed_ = true;
  pool_.shutdown_now();
  loops_.cancel();
  worker_.threads.spawn("processor end", outlive_threads(shared_from_this()));
  worker_.processor_trackers->forget(instance_.instance_id, task_tracker_);
}

// Interrupted work may go on for a while, in threads of this object's own.
Task<> ProcessorTracker::outlive_threads(std::shared_ptr<ProcessorTracker> self) {
  co_await self->pool_.terminated().wait();
}

void ProcessorTrackers::on_start_task(const TaskTrackerStartTaskReq& request) {
  std::shared_ptr<ProcessorTracker>& tracker = trackers_[{request.instance.instance_id, request.task_tracker_address}];
  if (!tracker) {
    tracker = std::make_shared<ProcessorTracker>(worker_, request);
    tracker->start();
  }
  tracker->submit(request);
}

void ProcessorTrackers::on_stop(std::int64_t instance_id) {
  std::vector<std::shared_ptr<ProcessorTracker>> of_instance;
  for (const auto& [key, tracker] : trackers_) {
    if (key.first == instance_id) of_instance.push_back(tracker);
  }
  for (const auto& tracker : of_instance) tracker->destroy();
}

void ProcessorTrackers::forget(std::int64_t instance_id, const std::string& task_tracker) {
  trackers_.erase({instance_id, task_tracker});
}

}  // namespace chronofault::powerjob
