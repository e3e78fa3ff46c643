#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/metadata_cache.hpp>
#include <powerjob/server/timer_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

Task<> InstanceManager::on_report(StatusReport report) {
  const Profile& profile = server_.profile;
  // Before, and independent of, all checks below (4.2 step 1). [V340] contexts do not travel.
  if (!profile.plain_workflows && report.wf_instance_id && !report.appended_wf_context.empty()) {
    co_await server_.workflows->update_context(*report.wf_instance_id, report.appended_wf_context);
  }
  JobInfo job = co_await server_.metadata->load(report.instance_id);
  std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(by_instance_id(report.instance_id));
  if (rows.empty()) co_return;
  if (needs_reread(rows.front(), profile)) {
    co_await server_.ports.clock.sleep_for(profile.empty_address_reread_wait);
    rows = co_await server_.tables.instances.select(by_instance_id(report.instance_id));
    if (rows.empty()) co_return;
  }
  const ReportStep step = report_step(rows.front(), job, report, server_.now(), profile);
  if (step.send_stop) stop_tracker(step.row);
  if (step.kind == ReportStep::Kind::update) {
    const std::int64_t matched =
        co_await server_.tables.instances.update(target(report.instance_id, step.update), assignments(step.update));
    if (matched == 0) co_return;
  } else if (step.kind == ReportStep::Kind::save) {
    co_await server_.tables.instances.save(step.row);
  } else {
    co_return;
  }
  if (step.alarm) server_.journal->alarm(step.row, report.alert_content);
  if (step.retry_after) {
    const InstanceInfo row = step.row;
    server_.timers->schedule_inaccurate(*step.retry_after, [this, job, row] { return retry_by_timer(job, row); });
  }
  const bool second_level_end = is_second_level(job.time_expression_type) && is_finished(step.row.status);
  if (step.finished || second_level_end) {
    server_.journal->outcome(step.row, step.row.status, step.row.result.value_or(""));
  }
  if (step.finished) co_await finished(step.row, step.row.status, step.row.result.value_or(""));
}

Task<> InstanceManager::retry_by_timer(JobInfo job, InstanceInfo row) {
  const bool mine = co_await server_.dispatch->may_act_for(row.app_id);
  if (!mine) co_return;
  const std::int64_t run_count = row.running_times;
  co_await server_.dispatch->redispatch(std::move(job), std::move(row), run_count);
}

Task<> InstanceManager::finished(InstanceInfo row, InstanceStatus status, std::string result) {
  if (row.wf_instance_id) {
    co_await server_.workflows->move(*row.wf_instance_id, row.instance_id, status, result);
  }
  if (status == InstanceStatus::failed) server_.journal->alarm(row, result);
  server_.metadata->drop(row.instance_id);
}

void InstanceManager::stop_tracker(const InstanceInfo& row) {
  if (!row.task_tracker_address || !server_.cluster->knows(row.app_id, *row.task_tracker_address)) return;
  const std::optional<Address> to = parse_address(*row.task_tracker_address);
  if (to) server_.ports.network.send(*to, body_of(ServerStopInstanceReq(row.instance_id)));
}

}  // namespace chronofault::powerjob
