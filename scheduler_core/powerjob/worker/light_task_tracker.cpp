// [V511] powerjob 7.9, light tasks.
#include <powerjob/worker/reporters.hpp>
#include <powerjob/worker/task_tracker.hpp>
#include <powerjob/worker/task_trackers.hpp>

namespace chronofault::powerjob {

void LightTaskTracker::start() {
  auto self = std::static_pointer_cast<LightTaskTracker>(shared_from_this());
  try {
    worker_.task_trackers->light_pool().execute([self] { return execute(self); });
  } catch (const RejectedExecution&) {
    throw Failure("task queue is full");
  }
  const Duration initial = worker_.ports.random.stream("light report").between(Duration::ms(5000), Duration::ms(9999));
  auto l1 = [this] { return report_status(); };
  loops_.spawn("light report", repeat(&worker_, Repeat::fixed_delay, initial, Duration::seconds(15), l1));
  if (request_.instance_timeout_ms > 0) {
    const Duration limit = Duration::ms(request_.instance_timeout_ms);
    auto l2 = [this] { return check_timeout(); };
    loops_.spawn("light timeout",
                 repeat(&worker_, Repeat::fixed_rate, limit, std::min(limit, Duration::seconds(1)), l2));
  }
}

Task<> LightTaskTracker::execute(std::shared_ptr<LightTaskTracker> self) {
  WorkerContext& worker = self->worker_;
  if (self->stopped_) co_return;
  Fiber& fiber = co_await this_fiber;
  self->running_ = &fiber;
  self->began_ = true;
  FinishedTask outcome(false, "");
  // Retries run inside, immediately.
  for (int tries = 0; tries <= self->request_.task_retry_num && !outcome.success; ++tries) {
    WorkContext context;
    context.job = self->request_.processor_info;
    context.run = self->request_.instance_id;
    context.parent_run = self->request_.wf_instance_id.value_or(0);
    context.attempt = tries;
    context.params = self->request_.job_params;
    worker.logs->add("start instance " + std::to_string(context.run));
    auto result = co_await attempt(worker.ports.work.run(std::move(context)));
    if (self->stopped_) break;
    if (result) {
      outcome = FinishedTask(result->ok, result->text);
    } else {
      outcome = FinishedTask(false, result.error());
      break;
    }
  }
  self->running_ = nullptr;
  if (self->stopped_) co_return;
  self->outcome_ = outcome;
  self->ended_ = worker.now();
  self->loops_.spawn("light final report", self->report_end());
}

Task<> LightTaskTracker::report_status() {
  if (outcome_) {
    co_await report_end();
    co_return;
  }
  StatusReport status = report(InstanceStatus::running, "");
  status.total_task_num = 1;
  worker_.tell_server(body_of(TaskTrackerReportInstanceStatusReq(std::move(status))));
}

Task<> LightTaskTracker::report_end() {
  StatusReport status = report(outcome_->success ? InstanceStatus::succeed : InstanceStatus::failed, outcome_->result);
  status.report_time += 1;
  status.end_time = ended_.ms();
  status.total_task_num = 1;
  status.succeed_task_num = outcome_->success ? 1 : 0;
  status.failed_task_num = outcome_->success ? 0 : 1;
  finished_ = true;
  const bool known = worker_.current_server.get().has_value();
  bool accepted = false;
  if (known) accepted = co_await final_report(std::move(status));
  if (attempts_.attempted(known, accepted) == FinalReport::Next::destroy) destroy();
}

Task<> LightTaskTracker::check_timeout() {
  if (running_ != nullptr) running_->interrupt();
  co_return;
}

void LightTaskTracker::destroy() {
  // Not started: it never will; running: interrupted, and never reported.
  if (!outcome_) stopped_ = true;
  if (running_ != nullptr) running_->interrupt();
  dispose_of_this();
}

}  // namespace chronofault::powerjob
