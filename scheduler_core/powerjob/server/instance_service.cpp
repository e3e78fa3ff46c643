#include <algorithm>
#include <charconv>

#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/id_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/instance_service.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/timer_service.hpp>

namespace chronofault::powerjob {

std::string to_text(const Performed& performed) {
  std::string text = std::to_string(performed.id);
  if (performed.fire) text += "@" + std::to_string(performed.fire->ms());
  return text;
}

std::optional<Performed> parse_performed(const std::string& text) {
  Performed performed;
  const char* end = text.data() + text.size();
  const auto id = std::from_chars(text.data(), end, performed.id);
  if (id.ec != std::errc()) return std::nullopt;
  if (id.ptr != end && *id.ptr == '@') {
    std::int64_t ms = 0;
    if (std::from_chars(id.ptr + 1, end, ms).ec != std::errc()) return std::nullopt;
    performed.fire = WallTime::from_ms(ms);
  }
  return performed;
}

Task<InstanceInfo> InstanceService::create(JobInfo job, std::string job_params, std::string instance_params,
                                           WallTime expected, std::optional<std::int64_t> wf_instance_id) {
  InstanceInfo row;
  row.instance_id = co_await server_.ids->next();
  row.job_id = job.id;
  row.app_id = job.app_id;
  row.job_params = std::move(job_params);
  row.instance_params = std::move(instance_params);
  row.type = wf_instance_id ? InstanceType::workflow : InstanceType::normal;
  row.wf_instance_id = wf_instance_id;
  row.expected_trigger_time = expected;
  row.gmt_create = row.gmt_modified = server_.now();
  row.id = co_await server_.tables.instances.insert(row);
  if (!wf_instance_id) server_.journal->job_fire_taken(job, expected, row.instance_id);
  server_.journal->run_created(row);
  co_return row;
}

Task<Performed> InstanceService::run_job(std::int64_t job_id, std::string params, Duration delay) {
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(job_id);
  if (!job) throw Failure("can't find job " + std::to_string(job_id));
  const WallTime expected = server_.now() + std::max(delay, Duration());
  InstanceInfo row = co_await create(*job, job->job_params, std::move(params), expected, std::nullopt);
  const std::int64_t id = row.instance_id;
  if (delay <= Duration()) {
    co_await server_.dispatch->dispatch(*job, id, 0);
  } else {
    TimerService::Callback fire = [this, job = *job, id] { return server_.dispatch->dispatch_by_timer(job, id); };
    co_await server_.timers->schedule(id, delay, std::move(fire));
  }
  co_return Performed(id, expected);
}

Task<InstanceInfo> InstanceService::find(std::int64_t instance_id) {
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(by_instance_id(instance_id));
  if (rows.empty()) throw Failure("can't find instance " + std::to_string(instance_id));
  co_return rows.front();
}

Task<> InstanceService::cancel(std::int64_t instance_id) {
  InstanceInfo row = co_await find(instance_id);
  bool success = row.status == InstanceStatus::waiting_dispatch;
  if (server_.timers->has_handle(instance_id)) success = server_.timers->cancel(instance_id);
  if (!success) throw Failure("instance can't be cancelled: it has left its timer");
  row.status = InstanceStatus::canceled;
  row.result = "canceled by user";
  co_await server_.tables.instances.save(row);
  server_.journal->outcome(row, row.status, *row.result);
}

Task<> InstanceService::stop(std::int64_t instance_id) {
  InstanceInfo row = co_await find(instance_id);
  if (!is_generalised_running(row.status)) throw Failure("instance can't be stopped: it is finished");
  row.status = InstanceStatus::stopped;
  row.result = "stopped by user";
  row.finished_time = row.gmt_modified = server_.now();
  co_await server_.tables.instances.save(row);
  server_.journal->outcome(row, row.status, *row.result);
  co_await server_.instance_manager->finished(row, row.status, *row.result);
  server_.instance_manager->stop_tracker(row);
}

Task<> InstanceService::retry(std::int64_t instance_id) {
  InstanceInfo row = co_await find(instance_id);
  if (!is_finished(row.status)) throw Failure("only finished instances can be retried");
  if (row.wf_instance_id) throw Failure("instances of a workflow can't be retried");
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(row.job_id);
  if (!job) throw Failure("can't find job " + std::to_string(row.job_id));
  row.status = InstanceStatus::waiting_dispatch;
  row.expected_trigger_time = row.gmt_modified = server_.now();
  row.finished_time.reset();
  row.actual_trigger_time.reset();
  row.task_tracker_address.reset();
  row.result.reset();
  co_await server_.tables.instances.save(row);
  co_await server_.dispatch->dispatch(std::move(*job), instance_id, row.running_times);
}

Task<std::int64_t> InstanceService::latest(std::int64_t job_id) {
  db::Select newest(InstanceInfo::table, by_job_id(job_id, db::Test()));
  newest.order_by.emplace_back("id", true);
  newest.limit = 1;
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(std::move(newest));
  if (rows.empty()) throw Failure("job " + std::to_string(job_id) + " has no instance");
  co_return rows.front().instance_id;
}

}  // namespace chronofault::powerjob
