#include <powerjob/rules/instance_check.hpp>
#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/local_locks.hpp>
#include <powerjob/server/metadata_cache.hpp>

namespace chronofault::powerjob {

namespace {
constexpr const char* lock_type = "processJobInstance";
}

Task<bool> DispatchService::may_act_for(std::int64_t app_id) {
  if (!server_.profile.owner_check) co_return true;
  std::optional<AppInfo> app = co_await server_.tables.apps.find(app_id);
  const std::string owner = app ? app->current_server.value_or("") : "";
  co_return may_act(owner, server_.address, server_.profile);
}

Task<> DispatchService::dispatch_by_timer(JobInfo job, std::int64_t instance_id) {
  const bool mine = co_await may_act_for(job.app_id);
  if (!mine) co_return;
  co_await dispatch(std::move(job), instance_id, 0);
}

Task<DispatchService::Outcome> DispatchService::dispatch(JobInfo job, std::int64_t instance_id, std::int64_t run_count,
                                                         std::optional<InstanceInfo> row) {
  const std::optional<std::int64_t> key = dispatch_lock_key(job, instance_id, server_.profile);
  if (key) {
    LocalLocks::Guard held = co_await server_.local_locks->lock(lock_type, *key);
    Outcome locked = co_await dispatch_locked(std::move(job), instance_id, run_count, std::move(row));
    co_return locked;
  }
  Outcome outcome = co_await dispatch_locked(std::move(job), instance_id, run_count, std::move(row));
  co_return outcome;
}

Task<> DispatchService::redispatch(JobInfo job, InstanceInfo row, std::int64_t run_count) {
  const std::int64_t instance_id = row.instance_id;
  const std::optional<std::int64_t> key = dispatch_lock_key(job, instance_id, server_.profile);
  if (!key) {
    co_await dispatch(std::move(job), instance_id, run_count);
    co_return;
  }
  LocalLocks::Guard guard = co_await server_.local_locks->lock(lock_type, *key);
  if (server_.profile.redispatch_writes_waiting_row) {
    const InstanceInfo waiting = redispatched_row(std::move(row), server_.now());
    co_await server_.tables.instances.save(waiting);
  }
  co_await dispatch(std::move(job), instance_id, run_count);
}

Task<DispatchService::Outcome> DispatchService::dispatch_locked(JobInfo job, std::int64_t instance_id,
                                                                std::int64_t run_count,
                                                                std::optional<InstanceInfo> row) {
  const Profile& profile = server_.profile;
  const WallTime entered = server_.now();
  if (!row) {
    std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(by_instance_id(instance_id));
    if (rows.empty()) throw Failure("can't find instance " + std::to_string(instance_id));
    row = rows.front();
  }
  switch (dispatch_gate(*row, job.id != 0, profile)) {
    case DispatchGate::ignore:
      co_return Outcome::done;
    case DispatchGate::finish_missing: {
      const std::string result = result_job_missing(job.id);
      co_await server_.instance_manager->finished(*row, InstanceStatus::failed, result);
      co_return Outcome::done;
    }
    case DispatchGate::proceed:
      break;
  }
  // [V340] an empty job object is dispatched and throws where its fields are read.
  if (job.id == 0) throw Failure("null pointer: job of instance " + std::to_string(instance_id));

  const std::optional<std::int64_t> limit = running_limit(job, profile);
  if (limit) {
    db::Where running = by_job_id(job.id, db::in(&InstanceInfo::status, running_counted));
    const std::int64_t count = co_await server_.tables.instances.count(std::move(running));
    std::optional<InstanceUpdate> refused = too_many(*limit, count, entered, profile);
    if (refused) {
      server_.journal->run_rejected(*row, *refused->result);
      co_await fail(*row, std::move(*refused));
      co_return Outcome::done;
    }
  }

  const std::vector<WorkerInfo> table = server_.cluster->workers(job.app_id);
  RandomStream& draws = server_.draws("dispatch");
  const Selection chosen = suitable_workers(table, job, server_.now(), profile, draws);
  if (worker_verdict(chosen) != WorkerVerdict::go) {
    Outcome outcome = co_await without_worker(std::move(job), *row, entered, chosen.all_overloaded);
    co_return outcome;
  }
  const WorkerInfo tracker = choose_tracker(chosen.workers, job, profile, draws);
  send_run_request(job, *row, chosen.workers, tracker);

  // The request is on its way before the row says so: a fast worker's report may find no address yet.
  const InstanceUpdate update = dispatched_update(*row, tracker.address, run_count, entered, server_.now(), profile);
  co_await server_.tables.instances.update(target(instance_id, update), assignments(update));
  server_.metadata->put(instance_id, job);
  co_return Outcome::done;
}

Task<DispatchService::Outcome> DispatchService::without_worker(JobInfo job, InstanceInfo row, WallTime entered,
                                                               bool all_overloaded) {
  server_.cluster->cite_absence(job.app_id);
  server_.journal->run_unplaced(row, all_overloaded ? "all workers are overloaded" : result_no_worker);
  if (all_overloaded) co_return Outcome::left_waiting;
  const bool mine = co_await may_act_for(job.app_id);
  if (!mine) co_return Outcome::left_waiting;
  co_await fail(std::move(row), no_worker_update(entered));
  co_return Outcome::done;
}

Task<> DispatchService::fail(InstanceInfo row, InstanceUpdate update) {
  const std::string result = update.result.value_or("");
  co_await server_.tables.instances.update(target(row.instance_id, update), assignments(update));
  server_.journal->outcome(row, InstanceStatus::failed, result);
  co_await server_.instance_manager->finished(std::move(row), InstanceStatus::failed, result);
}

void DispatchService::send_run_request(const JobInfo& job, const InstanceInfo& row,
                                       const std::vector<WorkerInfo>& workers, const WorkerInfo& tracker) {
  ServerScheduleJobReq request;
  for (const WorkerInfo& worker : workers) request.all_worker_address.push_back(worker.address);
  request.max_worker_count = job.max_worker_count;
  request.job_id = job.id;
  request.instance_id = row.instance_id;
  request.wf_instance_id = row.wf_instance_id;
  request.execute_type = job.execute_type;
  request.processor_info = server_.config.names.job(job.id);
  request.instance_timeout_ms = job.instance_time_limit;
  request.job_params = job.job_params;
  request.instance_params = row.instance_params;
  request.thread_concurrency = job.concurrency;
  request.task_retry_num = job.task_retry_num;
  request.time_expression_type = job.time_expression_type;
  request.time_expression = job.time_expression;
  request.max_instance_num = job.max_instance_num;
  server_.journal->run_dispatched(row, tracker.address);
  const std::optional<Address> to = parse_address(tracker.address);
  if (to) server_.ports.network.send(*to, body_of(std::move(request)));
}

}  // namespace chronofault::powerjob
