#include <powerjob/rules/instance_check.hpp>

namespace chronofault::powerjob {

namespace {

using Kind = CheckStep::Kind;

CheckStep step(Kind kind) {
  CheckStep s;
  s.kind = kind;
  return s;
}

CheckStep fail(const char* result) {
  CheckStep s = step(Kind::fail);
  s.result = result;
  return s;
}

CheckStep redispatch(const InstanceInfo& row, bool resets_count, const Profile& profile) {
  CheckStep s = step(Kind::redispatch);
  if (profile.dispatch_writes_run_count) s.run_count = resets_count ? 0 : row.running_times;
  return s;
}

CheckStep check_waiting_dispatch(const InstanceInfo& row, bool job_exists, WallTime now, const Profile& profile) {
  if (!(row.expected_trigger_time < waiting_dispatch_before(now, profile))) return step(Kind::none);
  const bool fresh = now - row.gmt_modified < profile.waiting_dispatch_timeout;
  if (profile.waiting_dispatch_check_spares_fresh_rows && fresh) return step(Kind::none);
  if (!job_exists) return profile.missing_job_throws_in_dispatch ? step(Kind::raise) : fail(result_job_info_missing);
  if (profile.check_returns_rows_to_waiting) return step(Kind::dispatch);
  return redispatch(row, profile.redispatch_resets_run_count, profile);
}

CheckStep check_waiting_receive(const InstanceInfo& row, bool job_exists, WallTime now, const Profile& profile) {
  if (!row.actual_trigger_time || !(*row.actual_trigger_time < waiting_receive_before(now, profile))) {
    return step(Kind::none);
  }
  if (profile.check_returns_rows_to_waiting) return step(Kind::to_waiting);
  // Without a job row the later profiles hand an empty job on, which dispatch_gate answers.
  if (!job_exists && profile.missing_job_throws_in_dispatch) return step(Kind::raise);
  return redispatch(row, profile.redispatch_resets_run_count, profile);
}

CheckStep check_running(const InstanceInfo& row, const std::optional<JobInfo>& job, WallTime now,
                        const Profile& profile) {
  if (!(row.gmt_modified < running_before(now, profile))) return step(Kind::none);
  if (!job) return profile.check_returns_rows_to_waiting ? fail(result_report_timeout) : step(Kind::raise);
  const bool once = job->status != SwitchStatus::enable || is_second_level(job->time_expression_type);
  // One retry fewer than the report path grants (powerjob 3.1.2).
  if (once || row.running_times >= job->instance_retry_num) return fail(result_report_timeout);
  if (profile.check_returns_rows_to_waiting) return step(Kind::to_waiting);
  return redispatch(row, false, profile);
}

bool older_than_retention(WallTime gmt_modified, WallTime now, const Profile& profile) {
  if (profile.instance_retention_days < 0) return false;
  return gmt_modified < now - Duration::hours(24) * profile.instance_retention_days;
}

}  // namespace

WallTime waiting_dispatch_before(WallTime now, const Profile& profile) {
  return now - profile.waiting_dispatch_timeout;
}
WallTime waiting_receive_before(WallTime now, const Profile& profile) { return now - profile.waiting_receive_timeout; }
WallTime running_before(WallTime now, const Profile& profile) { return now - profile.running_timeout; }
WallTime workflow_waiting_before(WallTime now, const Profile& profile) {
  return now - profile.workflow_waiting_timeout;
}

CheckStep check_instance(const InstanceInfo& row, const std::optional<JobInfo>& job, WallTime now,
                         const Profile& profile) {
  switch (row.status) {
    case InstanceStatus::waiting_dispatch:
      return check_waiting_dispatch(row, job.has_value(), now, profile);
    case InstanceStatus::waiting_worker_receive:
      return check_waiting_receive(row, job.has_value(), now, profile);
    case InstanceStatus::running:
      return check_running(row, job, now, profile);
    default:
      return step(Kind::none);
  }
}

CheckStep check_workflow_instance(const WorkflowInstanceInfo& row, bool workflow_exists, WallTime now,
                                  const Profile& profile) {
  const bool late = row.expected_trigger_time < workflow_waiting_before(now, profile);
  return step(row.status == WorkflowStatus::waiting && late && workflow_exists ? Kind::start : Kind::none);
}

InstanceInfo failed_row(InstanceInfo row, const std::string& result, WallTime now) {
  row.status = InstanceStatus::failed;
  row.finished_time = now;
  row.gmt_modified = now;
  row.result = result;
  return row;
}

InstanceInfo redispatched_row(InstanceInfo row, WallTime now) {
  row.status = InstanceStatus::waiting_dispatch;
  row.gmt_modified = now;
  return row;
}

bool is_expired(const InstanceInfo& row, WallTime now, const Profile& profile) {
  return is_finished(row.status) && older_than_retention(row.gmt_modified, now, profile);
}

bool is_expired(const WorkflowInstanceInfo& row, WallTime now, const Profile& profile) {
  return !is_generalised_running(row.status) && older_than_retention(row.gmt_modified, now, profile);
}

}  // namespace chronofault::powerjob
