#include <algorithm>
#include <array>
#include <charconv>

#include <powerjob/rules/trigger_time.hpp>
#include <powerjob/server/operator_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

bool OperatorService::is_forwarded(const std::string& method) const {
  static constexpr std::array<std::string_view, 2> runs{"runJob", "runWorkflow"};
  static constexpr std::array<std::string_view, 6> later{"stopInstance",          "cancelInstance",
                                                         "retryInstance",         "stopWorkflowInstance",
                                                         "retryWorkflowInstance", "markNodeAsSuccess"};
  if (std::find(runs.begin(), runs.end(), method) != runs.end()) return true;
  if (server_.profile.release == Release::v340) return method == "cancelInstance";
  return std::find(later.begin(), later.end(), method) != later.end();
}

Task<Performed> OperatorService::perform(ConsoleAction action) {
  if (is_forwarded(action.method)) {
    std::optional<AppInfo> app = co_await server_.tables.apps.find(action.app_id);
    if (!app) throw Failure("can't find app " + std::to_string(action.app_id));
    const std::string owner = app->current_server.value_or("");
    if (!owner.empty() && owner != server_.address) {
      const std::optional<Address> to = parse_address(owner);
      if (!to) throw Failure("not an address: " + owner);
      Body request = server_.profile.release == Release::v340 && action.method != "cancelInstance"
                         ? body_of(RunJobOrWorkflowReq(action))
                         : body_of(RemoteProcessReq(action));
      Body reply = co_await server_.ports.network.ask(*to, std::move(request), server_.profile.ask_timeout);
      const AskResponse* answer = reply.as<AskResponse>();
      if (answer == nullptr) throw Failure("unknown answer of " + owner);
      if (!answer->success) throw Failure(answer->message);
      co_return parse_performed(answer->data).value_or(Performed());
    }
  }
  Performed performed = co_await perform_here(std::move(action));
  co_return performed;
}

Task<Performed> OperatorService::perform_here(ConsoleAction action) {
  const std::string& method = action.method;
  const std::int64_t id = action.target;
  Performed performed(id);
  if (method == "runJob") {
    performed = co_await server_.instances->run_job(id, action.params, action.delay);
  } else if (method == "runWorkflow") {
    performed = co_await server_.workflows->run_workflow(id, action.params, action.delay);
  } else if (method == "cancelInstance") {
    co_await server_.instances->cancel(id);
  } else if (method == "stopInstance") {
    co_await server_.instances->stop(id);
  } else if (method == "retryInstance") {
    co_await server_.instances->retry(id);
  } else if (method == "stopWorkflowInstance") {
    co_await server_.workflows->stop(id);
  } else if (method == "retryWorkflowInstance") {
    co_await server_.workflows->retry(id);
  } else if (method == "markNodeAsSuccess") {
    co_await server_.workflows->mark_node_as_success(id, action.node);
  } else if (method == "latestInstance") {
    performed.id = co_await server_.instances->latest(id);
  } else if (method == "latestWorkflowInstance") {
    performed.id = co_await server_.workflows->latest(id);
  } else if (method == "enableJob") {
    co_await switch_job(id, SwitchStatus::enable);
  } else if (method == "disableJob") {
    co_await switch_job(id, SwitchStatus::disable);
  } else if (method == "enableWorkflow") {
    co_await switch_workflow(id, SwitchStatus::enable);
  } else if (method == "disableWorkflow") {
    co_await switch_workflow(id, SwitchStatus::disable);
  } else if (method == "saveJob") {
    performed = co_await save_job(std::move(action));
  } else if (method == "saveWorkflow") {
    performed = co_await save_workflow(std::move(action));
  } else {
    throw Failure("unknown method: " + method);
  }
  co_return performed;
}

namespace {

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

void edit(JobInfo& job, const std::string& key, const std::string& value) {
  if (key == "timeExpression") {
    job.time_expression = value;
    return;
  }
  if (key == "designatedWorkers") {
    job.designated_workers = value;
    return;
  }
  const std::optional<std::int64_t> number = whole(value);
  if (!number) throw Failure(key + " must be a whole number: " + value);
  if (key == "maxInstanceNum") {
    job.max_instance_num = static_cast<std::int32_t>(*number);
  } else if (key == "concurrency") {
    job.concurrency = static_cast<std::int32_t>(*number);
  } else if (key == "instanceRetryNum") {
    job.instance_retry_num = static_cast<std::int32_t>(*number);
  } else if (key == "taskRetryNum") {
    job.task_retry_num = static_cast<std::int32_t>(*number);
  } else if (key == "maxWorkerCount") {
    job.max_worker_count = static_cast<std::int32_t>(*number);
  } else if (key == "instanceTimeLimit") {
    job.instance_time_limit = *number;
  } else {
    throw Failure("unknown column of a job: " + key);
  }
}

template <class Row>
std::optional<WallTime> saved_next(const Row& row, const ServerContext& server) {
  auto next = saved_trigger_time(Timing(row), server.now(), server.ports.clock.zone(), server.profile);
  if (!next) throw Failure(next.error().message);
  return *next;
}

}  // namespace

Task<Performed> OperatorService::save_job(ConsoleAction action) {
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(action.target);
  if (!job) throw Failure("can't find job " + std::to_string(action.target));
  for (const auto& [key, value] : action.edits) edit(*job, key, value);
  auto valid = validate_timing(Timing(*job), server_.now(), server_.ports.clock.zone(), server_.profile);
  if (!valid) throw Failure(valid.error().message);
  job->next_trigger_time = saved_next(*job, server_);
  job->gmt_modified = server_.now();
  co_await server_.tables.jobs.save(*job);
  co_return Performed(action.target);
}

Task<Performed> OperatorService::save_workflow(ConsoleAction action) {
  std::optional<WorkflowInfo> workflow = co_await server_.tables.workflows.find(action.target);
  if (!workflow) throw Failure("can't find workflow " + std::to_string(action.target));
  for (const auto& [key, value] : action.edits) {
    if (key == "timeExpression") {
      workflow->time_expression = value;
      continue;
    }
    const std::optional<std::int64_t> number = whole(value);
    if (key != "maxWfInstanceNum" || !number) throw Failure("unknown column of a workflow: " + key);
    workflow->max_wf_instance_num = static_cast<std::int32_t>(*number);
  }
  workflow->next_trigger_time = saved_next(*workflow, server_);
  workflow->gmt_modified = server_.now();
  co_await server_.tables.workflows.save(*workflow);
  co_return Performed(action.target);
}

Task<> OperatorService::switch_job(std::int64_t job_id, SwitchStatus status) {
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(job_id);
  if (!job) throw Failure("can't find job " + std::to_string(job_id));
  job->status = status;
  if (status == SwitchStatus::enable) job->next_trigger_time = saved_next(*job, server_);
  job->gmt_modified = server_.now();
  co_await server_.tables.jobs.save(*job);
  if (status != SwitchStatus::enable && is_second_level(job->time_expression_type)) co_await stop_second_level(*job);
}

Task<> OperatorService::stop_second_level(JobInfo job) {
  static constexpr std::array running{InstanceStatus::waiting_dispatch, InstanceStatus::waiting_worker_receive,
                                      InstanceStatus::running};
  std::vector<InstanceInfo> rows =
      co_await server_.tables.instances.select(by_job_id(job.id, db::in(&InstanceInfo::status, running)));
  for (const InstanceInfo& row : rows) co_await server_.instances->stop(row.instance_id);
}

Task<> OperatorService::switch_workflow(std::int64_t workflow_id, SwitchStatus status) {
  std::optional<WorkflowInfo> workflow = co_await server_.tables.workflows.find(workflow_id);
  if (!workflow) throw Failure("can't find workflow " + std::to_string(workflow_id));
  workflow->status = status;
  if (status == SwitchStatus::enable) workflow->next_trigger_time = saved_next(*workflow, server_);
  workflow->gmt_modified = server_.now();
  co_await server_.tables.workflows.save(*workflow);
}

}  // namespace chronofault::powerjob
