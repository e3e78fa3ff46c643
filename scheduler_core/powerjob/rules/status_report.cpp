#include <powerjob/lifecycle.hpp>
#include <powerjob/rules/status_report.hpp>

namespace chronofault::powerjob {

namespace {

using Step = ReportStep::Kind;

bool is_past_lifecycle(const JobInfo& job, WallTime now, const Profile& profile) {
  if (!profile.lifecycle) return false;
  const auto lifecycle = parse_lifecycle(job.lifecycle);
  return lifecycle && lifecycle->end && *lifecycle->end <= now;
}

// 4.2g
ReportStep second_level(ReportStep step, const JobInfo& job, const StatusReport& report, WallTime now,
                        const Profile& profile) {
  if (profile.failed_second_level_is_stopped && step.row.status == InstanceStatus::failed) {
    step.kind = Step::stop_only;
    step.send_stop = true;
    return step;
  }
  step.kind = Step::save;
  if (is_past_lifecycle(job, now, profile)) {
    step.send_stop = true;
    step.row.status = InstanceStatus::succeed;
  } else {
    step.row.status = report.status;
  }
  step.row.result = report.result;
  step.row.running_times = report.total_task_num;
  step.alarm = profile.second_level_alarm && report.need_alert;
  return step;
}

void finish(ReportStep& step, const StatusReport& report, WallTime now, const Profile& profile) {
  step.row.result = report.result;
  const bool told = profile.report_end_time_is_used && report.end_time.has_value();
  step.row.finished_time = told ? WallTime::from_ms(*report.end_time) : now;
  step.finished = true;
}

// 4.2h
ReportStep one_shot(ReportStep step, const JobInfo& job, const StatusReport& report, WallTime now,
                    const Profile& profile) {
  const InstanceStatus status_as_read = step.row.status;
  if (profile.report_counts_runs && status_as_read == InstanceStatus::waiting_worker_receive) ++step.row.running_times;
  step.row.status = report.status;
  step.kind = Step::save;
  if (report.status == InstanceStatus::succeed) {
    finish(step, report, now, profile);
  } else if (report.status == InstanceStatus::failed) {
    if (step.row.running_times > job.instance_retry_num) {
      finish(step, report, now, profile);
    } else {
      step.row.status = InstanceStatus::waiting_dispatch;
      if (profile.retry_by_memory_timer) step.retry_after = profile.retry_delay;
      if (profile.retry_writes_expected_time) step.row.expected_trigger_time = now + profile.retry_delay;
    }
  }
  if (!step.finished && profile.unfinished_report_is_conditional) {
    step.kind = Step::update;
    step.update.last_report_time = step.row.last_report_time;
    step.update.gmt_modified = step.row.gmt_modified;
    step.update.running_times = step.row.running_times;
    step.update.status = step.row.status;
    step.update.only_if_status = status_as_read;
  }
  return step;
}

}  // namespace

ReportStep report_step(InstanceInfo row, const JobInfo& job, const StatusReport& report, WallTime now,
                       const Profile& profile) {
  ReportStep step;
  const bool stale = report.report_time <= row.last_report_time;
  const bool foreign = !row.task_tracker_address || *row.task_tracker_address != report.source_address;
  if (stale || foreign) {
    step.kind = stale ? Step::stale : Step::foreign;
    step.row = std::move(row);
    return step;
  }
  const bool is_frequent = is_second_level(job.time_expression_type);
  const bool row_goes_unsaved =
      is_frequent && profile.failed_second_level_is_stopped && row.status == InstanceStatus::failed;
  step.row = std::move(row);
  if (!row_goes_unsaved) {
    step.row.last_report_time = report.report_time;
    step.row.gmt_modified = now;
  }
  if (is_frequent) return second_level(std::move(step), job, report, now, profile);
  return one_shot(std::move(step), job, report, now, profile);
}

bool needs_reread(const InstanceInfo& row, const Profile& profile) {
  const bool empty = !row.task_tracker_address || row.task_tracker_address->empty();
  return empty && profile.empty_address_reread_wait > Duration{};
}

ReportReply report_reply(InstanceStatus reported, bool failed, const Profile& profile) {
  if (failed) {
    switch (profile.report_error_reply) {
      case Profile::ReportError::no_reply:
        return ReportReply::none;
      case Profile::ReportError::success:
        return ReportReply::success;
      case Profile::ReportError::failure:
        return ReportReply::failure;
    }
  }
  return is_finished(reported) ? ReportReply::success : ReportReply::none;
}

}  // namespace chronofault::powerjob
