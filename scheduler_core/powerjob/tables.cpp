#include <powerjob/tables.hpp>

namespace chronofault::powerjob {

namespace {

db::Values keys(const std::vector<std::int64_t>& ids) {
  db::Values values;
  for (const std::int64_t id : ids) values.emplace_back(id);
  return values;
}

db::Values key(std::int64_t id) { return db::Values(1, Value(id)); }

}  // namespace

std::vector<TableSpec> table_specs(const Profile& profile) {
  std::vector<TableSpec> all{db::table_spec<AppInfo>(),          db::table_spec<JobInfo>(),
                             db::table_spec<InstanceInfo>(),     db::table_spec<WorkflowInfo>(),
                             db::table_spec<WorkflowNodeInfo>(), db::table_spec<WorkflowInstanceInfo>(),
                             db::table_spec<OmsLock>(),          db::table_spec<ServerInfo>()};
  if (profile.release == Release::v511) {
    for (IndexSpec& index : all[2].indexes) index.columns.emplace_back("status");
    all[1].indexes = {{"idx01_job_info", {"app_id", "status", "time_expression_type", "next_trigger_time"}, false}};
    for (IndexSpec& index : all[5].indexes) {
      if (index.columns == std::vector<std::string>{"wf_instance_id"}) index.unique = true;
    }
  }
  return all;
}

db::Where by_instance_id(std::int64_t instance_id, db::Test residual) {
  return db::Where("idx03_instance_info", key(instance_id), std::move(residual));
}
db::Where by_job_id(std::int64_t job_id, db::Test residual) {
  return db::Where("idx01_instance_info", key(job_id), std::move(residual));
}
db::Where by_workflow_instance_id(std::int64_t wf_instance_id) {
  return db::Where("idx03_wf_instance", key(wf_instance_id));
}
db::Where instances_of_apps(const std::vector<std::int64_t>& apps, db::Test residual) {
  return db::Where::any_of("idx02_instance_info", keys(apps), std::move(residual));
}
db::Where jobs_of_apps(const std::vector<std::int64_t>& apps, db::Test residual) {
  return db::Where::any_of("idx01_job_info", keys(apps), std::move(residual));
}
db::Where workflows_of_apps(const std::vector<std::int64_t>& apps, db::Test residual) {
  return db::Where::any_of("idx01_workflow_info", keys(apps), std::move(residual));
}
db::Where workflow_instances_of_apps(const std::vector<std::int64_t>& apps, db::Test residual) {
  return db::Where::any_of("idx02_wf_instance", keys(apps), std::move(residual));
}

db::Assignments assignments(const InstanceUpdate& update) {
  db::Assignments set;
  const auto put = [&set](auto member, const auto& value) {
    if (value) set.emplace_back(db::column(member), chronofault::detail::to_value(*value));
  };
  put(&InstanceInfo::status, update.status);
  put(&InstanceInfo::result, update.result);
  put(&InstanceInfo::actual_trigger_time, update.actual_trigger_time);
  put(&InstanceInfo::finished_time, update.finished_time);
  put(&InstanceInfo::gmt_modified, update.gmt_modified);
  put(&InstanceInfo::task_tracker_address, update.task_tracker_address);
  put(&InstanceInfo::last_report_time, update.last_report_time);
  put(&InstanceInfo::running_times, update.running_times);
  put(&InstanceInfo::instance_params, update.instance_params);
  return set;
}

db::Where target(std::int64_t instance_id, const InstanceUpdate& update) {
  db::Test residual;
  if (update.only_if_status) residual = db::eq(&InstanceInfo::status, *update.only_if_status);
  return by_instance_id(instance_id, std::move(residual));
}

std::vector<std::vector<std::int64_t>> groups_of(const std::vector<std::int64_t>& ids, int n) {
  std::vector<std::vector<std::int64_t>> groups;
  for (const std::int64_t id : ids) {
    if (groups.empty() || groups.back().size() >= static_cast<std::size_t>(n)) groups.emplace_back();
    groups.back().push_back(id);
  }
  return groups;
}

}  // namespace chronofault::powerjob
