#include <ports/assert.hpp>
#include <powerjob/rules/dispatch.hpp>

namespace chronofault::powerjob {

namespace {

InstanceUpdate failed_update(std::string result, WallTime now_at_entry) {
  InstanceUpdate update;
  update.status = InstanceStatus::failed;
  update.result = std::move(result);
  update.actual_trigger_time = now_at_entry;
  update.finished_time = now_at_entry;
  update.gmt_modified = now_at_entry;
  update.task_tracker_address = std::string(empty_address);
  return update;
}

}  // namespace

std::string result_too_many(std::int64_t count, std::int64_t limit) {
  return "too many instances(" + std::to_string(count) + ">" + std::to_string(limit) + ")";
}

std::string result_job_missing(std::int64_t job_id) { return "can't find job by id " + std::to_string(job_id); }

InstanceInfo InstanceUpdate::applied_to(InstanceInfo row) const {
  if (only_if_status && row.status != *only_if_status) return row;
  if (status) row.status = *status;
  if (result) row.result = *result;
  if (actual_trigger_time) row.actual_trigger_time = *actual_trigger_time;
  if (finished_time) row.finished_time = *finished_time;
  if (gmt_modified) row.gmt_modified = *gmt_modified;
  if (task_tracker_address) row.task_tracker_address = *task_tracker_address;
  if (last_report_time) row.last_report_time = *last_report_time;
  if (running_times) row.running_times = *running_times;
  if (instance_params) row.instance_params = *instance_params;
  return row;
}

DispatchGate dispatch_gate(const InstanceInfo& row, bool job_has_id, const Profile& profile) {
  if (row.status == InstanceStatus::canceled) return DispatchGate::ignore;
  if (profile.dispatch_only_waiting && row.status != InstanceStatus::waiting_dispatch) return DispatchGate::ignore;
  return job_has_id ? DispatchGate::proceed : DispatchGate::finish_missing;
}

std::optional<std::int64_t> running_limit(const JobInfo& job, const Profile& profile) {
  if (profile.second_level_runs_once && is_second_level(job.time_expression_type)) return 1;
  if (job.max_instance_num <= 0) return std::nullopt;
  return job.max_instance_num;
}

std::optional<InstanceUpdate> too_many(std::int64_t limit, std::int64_t count, WallTime now_at_entry,
                                       const Profile& profile) {
  const bool full = profile.dispatch_limit_is_strict ? count >= limit : count > limit;
  if (!full) return std::nullopt;
  return failed_update(result_too_many(count, limit), now_at_entry);
}

WorkerVerdict worker_verdict(const Selection& selection) {
  if (!selection.workers.empty()) return WorkerVerdict::go;
  return selection.all_overloaded ? WorkerVerdict::leave_waiting : WorkerVerdict::fail_now;
}

InstanceUpdate no_worker_update(WallTime now_at_entry) { return failed_update(result_no_worker, now_at_entry); }

InstanceUpdate dispatched_update(const InstanceInfo& row, const std::string& tracker_address, std::int64_t given_count,
                                 WallTime now_at_entry, WallTime now, const Profile& profile) {
  InstanceUpdate update;
  update.status = InstanceStatus::waiting_worker_receive;
  update.actual_trigger_time = now_at_entry;
  update.task_tracker_address = tracker_address;
  update.gmt_modified = now;
  if (profile.dispatch_writes_run_count) {
    update.running_times = given_count + 1;
    update.instance_params = row.instance_params;
  }
  if (profile.dispatch_update_is_conditional) update.only_if_status = row.status;
  return update;
}

bool may_act(std::string_view recorded_owner, std::string_view my_address, const Profile& profile) {
  return !profile.owner_check || recorded_owner.empty() || recorded_owner == my_address;
}

std::optional<std::int64_t> dispatch_lock_key(const JobInfo& job, std::int64_t instance_id, const Profile& profile) {
  if (!profile.dispatch_is_locked) return std::nullopt;
  const bool per_job = job.max_instance_num > 0 || is_second_level(job.time_expression_type);
  return per_job ? job.id : instance_id;
}

}  // namespace chronofault::powerjob
