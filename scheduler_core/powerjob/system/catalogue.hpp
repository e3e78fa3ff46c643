// The rows that a cluster begins with: what the scenario declares, completed by its own rows, with ids for all of it.
#pragma once

#include <string>
#include <vector>

#include <ports/system.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class Catalogue {
 public:
  /// Never fails: what is wrong is in `problems`, and left out of the rows.
  explicit Catalogue(const ClusterSpec& cluster);

  Profile profile;
  std::vector<AppInfo> apps;
  std::vector<JobInfo> jobs;
  std::vector<WorkflowInfo> workflows;
  std::vector<WorkflowNodeInfo> nodes;
  std::vector<ServerInfo> servers;
  std::vector<InitialRow> others;  // of tables that nothing above makes rows of
  std::vector<Objection> problems;

  std::vector<InitialRow> initial_rows() const;
  Names names() const;
  const AppInfo* app(std::string_view name) const;
  const JobInfo* job(std::string_view name) const;
  const WorkflowInfo* workflow(std::string_view name) const;

 private:
  void add_apps(const ClusterSpec& cluster);
  void add_job(const JobSpec& spec, const ClusterSpec& cluster);
  void add_workflow(const WorkflowSpec& spec, const ClusterSpec& cluster);
  void merge_rows(const ClusterSpec& cluster);
  void number_rows();
  std::int64_t app_id_for(bool workflow, const std::string& of, const std::map<std::string, Value>& native);
  std::string dag_of(const WorkflowSpec& spec, const WorkflowInfo& workflow);

  WallTime start_;
  bool several_apps_said_ = false;
};

/// Whether a workflow of the cluster has the job as a node: its time type is WORKFLOW then.
bool is_workflow_node(std::string_view job, const ClusterSpec& cluster);

}  // namespace chronofault::powerjob
