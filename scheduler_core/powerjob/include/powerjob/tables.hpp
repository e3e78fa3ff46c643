// PowerJob's tables as the servers use them, and the access paths of their statements (powerjob 2.1, database 7.1).
#pragma once

#include <vector>

#include <ports/database/typed.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/rules/dispatch.hpp>

namespace chronofault::powerjob {

class Tables {
 public:
  explicit Tables(Database& database)
      : apps(database),
        jobs(database),
        instances(database),
        workflows(database),
        workflow_nodes(database),
        workflow_instances(database),
        locks(database),
        servers(database) {}

  db::Table<AppInfo> apps;
  db::Table<JobInfo> jobs;
  db::Table<InstanceInfo> instances;
  db::Table<WorkflowInfo> workflows;
  db::Table<WorkflowNodeInfo> workflow_nodes;
  db::Table<WorkflowInstanceInfo> workflow_instances;
  db::Table<OmsLock> locks;
  db::Table<ServerInfo> servers;
};

/// The declared tables of a profile: V511's indexes of instance_info carry the status behind their first column, and
/// its wf_instance_id is unique; the names of the indexes are the same.
std::vector<TableSpec> table_specs(const Profile& profile);

db::Where by_instance_id(std::int64_t instance_id, db::Test residual = db::Test());
db::Where by_job_id(std::int64_t job_id, db::Test residual);
db::Where by_workflow_instance_id(std::int64_t wf_instance_id);
/// Rows of these apps by the index on app_id of instance_info, job_info, workflow_info, workflow_instance_info.
db::Where instances_of_apps(const std::vector<std::int64_t>& apps, db::Test residual);
db::Where jobs_of_apps(const std::vector<std::int64_t>& apps, db::Test residual);
db::Where workflows_of_apps(const std::vector<std::int64_t>& apps, db::Test residual);
db::Where workflow_instances_of_apps(const std::vector<std::int64_t>& apps, db::Test residual);

/// The set clause of a targeted update.
db::Assignments assignments(const InstanceUpdate& update);
/// Its where clause.
db::Where target(std::int64_t instance_id, const InstanceUpdate& update);

/// Groups of at most n, in order (powerjob 6: apps per group).
std::vector<std::vector<std::int64_t>> groups_of(const std::vector<std::int64_t>& ids, int n);

}  // namespace chronofault::powerjob
