#include "catalogue.hpp"

#include <algorithm>
#include <set>

#include <powerjob/rules/workflow_graph.hpp>
#include <powerjob/tables.hpp>
#include <powerjob/workflow_dag.hpp>

namespace chronofault::powerjob {

namespace {

template <class T>
void put(const Value& value, T& member) {
  if constexpr (db::detail::IsOptional<T>::value) {
    if (std::holds_alternative<Null>(value)) {
      member.reset();
    } else {
      put(value, member.emplace());
    }
  } else if constexpr (std::is_same_v<T, double>) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) member = static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) member = *real;
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string> || std::is_same_v<T, WallTime>) {
    if (const T* same = std::get_if<T>(&value)) member = *same;
  } else {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) member = static_cast<T>(*whole);
  }
}

/// The scenario's values of a row over what it would be without them.
template <class R>
void override_row(R& row, const std::map<std::string, Value>& values) {
  R::columns([&](std::string_view name, auto member, db::ColumnTraits = {}) {
    const auto given = values.find(std::string(name));
    if (given != values.end()) put(given->second, row.*member);
  });
}

/// Puts the scenario's rows into `rows`: over the row with the same text in column `key`, else as new ones.
template <class R>
void merge(std::vector<R>& rows, const ClusterSpec& cluster, std::string R::*key, WallTime start) {
  const auto given = cluster.rows.find(std::string(R::table));
  if (given == cluster.rows.end()) return;
  const std::string column(db::column(key));
  for (const auto& values : given->second) {
    const auto name = values.find(column);
    const std::string* text = name == values.end() ? nullptr : std::get_if<std::string>(&name->second);
    auto row = std::find_if(rows.begin(), rows.end(), [&](const R& r) { return text != nullptr && r.*key == *text; });
    if (row == rows.end()) {
      R fresh;
      fresh.gmt_create = fresh.gmt_modified = start;
      rows.push_back(std::move(fresh));
      row = rows.end() - 1;
    }
    override_row(*row, values);
  }
}

/// Rows without an id get the smallest free ones, in order.
template <class R>
void number(std::vector<R>& rows) {
  std::set<std::int64_t> taken;
  for (const R& row : rows) taken.insert(row.id);
  std::int64_t next = 1;
  for (R& row : rows) {
    if (row.id != 0) continue;
    while (taken.contains(next)) ++next;
    row.id = next++;
  }
}

template <class R>
void append(std::vector<InitialRow>& all, const std::vector<R>& rows) {
  for (const R& row : rows) {
    const db::Insert insert = db::to_row(row);
    std::map<std::string, Value> values;
    for (std::size_t i = 0; i < insert.columns.size(); ++i) {
      values.emplace(std::string(insert.columns[i]), insert.values[i]);
    }
    all.emplace_back(std::string(R::table), std::move(values));
  }
}

template <class R>
void append_given(std::vector<InitialRow>& all, const ClusterSpec& cluster, WallTime start) {
  const auto given = cluster.rows.find(std::string(R::table));
  if (given == cluster.rows.end()) return;
  std::vector<R> rows;
  for (const auto& values : given->second) {
    R row;
    row.gmt_create = row.gmt_modified = start;
    override_row(row, values);
    rows.push_back(std::move(row));
  }
  append(all, rows);
}

template <class R>
const R* find_by(const std::vector<R>& rows, std::string R::*key, std::string_view text) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const R& row) { return row.*key == text; });
  return found == rows.end() ? nullptr : &*found;
}

std::string text_of(const std::map<std::string, Value>& native, const std::string& key, std::string standard = "") {
  const auto found = native.find(key);
  const std::string* text = found == native.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? standard : *text;
}

template <class T>
void take(const std::map<std::string, Value>& native, const std::string& key, T& member) {
  const auto found = native.find(key);
  if (found != native.end()) put(found->second, member);
}

void set_schedule(const Schedule& schedule, TimeExpressionType& type, std::string& expression) {
  if (schedule.kind == ScheduleKind::cron) {
    type = TimeExpressionType::cron;
    expression = schedule.cron;
  } else if (schedule.kind == ScheduleKind::every) {
    type = schedule.fixed_delay ? TimeExpressionType::fixed_delay : TimeExpressionType::fixed_rate;
    expression = std::to_string(schedule.every.count_ms());
  }
}

}  // namespace

bool is_workflow_node(std::string_view job, const ClusterSpec& cluster) {
  return std::any_of(cluster.workflows.begin(), cluster.workflows.end(), [job](const WorkflowSpec& workflow) {
    return std::find(workflow.nodes.begin(), workflow.nodes.end(), job) != workflow.nodes.end();
  });
}

Catalogue::Catalogue(const ClusterSpec& cluster) : start_(cluster.start) {
  auto named = Profile::named(cluster.profile.version, cluster.profile.policies);
  if (named) {
    profile = *named;
  } else {
    problems.emplace_back(named.error());
  }
  add_apps(cluster);
  for (const JobSpec& spec : cluster.jobs) add_job(spec, cluster);
  for (const WorkflowSpec& spec : cluster.workflows) {
    WorkflowInfo row;
    row.wf_name = spec.name;
    workflows.push_back(std::move(row));
  }
  merge_rows(cluster);
  number_rows();
  for (const WorkflowSpec& spec : cluster.workflows) add_workflow(spec, cluster);
  append_given<InstanceInfo>(others, cluster, start_);
  append_given<WorkflowInstanceInfo>(others, cluster, start_);
  append_given<OmsLock>(others, cluster, start_);
}

void Catalogue::add_apps(const ClusterSpec& cluster) {
  for (const ProcessEntry& process : cluster.processes) {
    const std::string name = text_of(process.keys, "app");
    if (process.role != "worker" || name.empty() || app(name) != nullptr) continue;
    AppInfo row;
    row.app_name = name;
    row.gmt_create = row.gmt_modified = start_;
    apps.push_back(std::move(row));
  }
  merge(apps, cluster, &AppInfo::app_name, start_);
  number(apps);
  if (apps.empty()) problems.emplace_back("no app: give the workers an `app`");
}

std::int64_t Catalogue::app_id_for(bool workflow, const std::string& of, const std::map<std::string, Value>& native) {
  const std::string name = text_of(native, "app");
  if (name.empty() && apps.size() == 1) return apps.front().id;
  const AppInfo* found = app(name);
  if (found != nullptr) return found->id;
  if (name.empty() && apps.empty()) return 0;
  const std::string list = workflow ? "workflows" : "jobs";
  const std::string whose = (workflow ? "workflow " : "job ") + of;
  if (!name.empty()) {
    problems.emplace_back(list, of, "native/app",
                          whose + ": no app '" + name + "'; an app is a worker's `app` or a row of app_info");
  } else if (!several_apps_said_) {
    several_apps_said_ = true;  // of the first that names none: the others have the same cause
    problems.emplace_back(list, of, "native", whose + ": several apps; name one in native: {app: ...}");
  }
  return 0;
}

void Catalogue::add_job(const JobSpec& spec, const ClusterSpec& cluster) {
  JobInfo row;
  row.app_id = app_id_for(false, spec.name, spec.native);
  row.job_name = spec.name;
  row.status = spec.enabled ? SwitchStatus::enable : SwitchStatus::disable;
  row.instance_retry_num = spec.retries;
  if (is_workflow_node(spec.name, cluster)) row.time_expression_type = TimeExpressionType::workflow;
  set_schedule(spec.schedule, row.time_expression_type, row.time_expression);
  if (spec.overlap == Overlap::discard_new) row.max_instance_num = 1;
  const auto& native = spec.native;
  take(native, "jobParams", row.job_params);
  take(native, "maxInstanceNum", row.max_instance_num);
  take(native, "concurrency", row.concurrency);
  take(native, "instanceRetryNum", row.instance_retry_num);
  take(native, "taskRetryNum", row.task_retry_num);
  take(native, "minCpuCores", row.min_cpu_cores);
  take(native, "minMemorySpace", row.min_memory_space);
  take(native, "minDiskSpace", row.min_disk_space);
  take(native, "designatedWorkers", row.designated_workers);
  take(native, "maxWorkerCount", row.max_worker_count);
  take(native, "dispatchStrategyConfig", row.dispatch_strategy_config);
  take(native, "lifecycle", row.lifecycle);
  std::int64_t limit_us = 0;
  take(native, "instanceTimeLimit", limit_us);
  row.instance_time_limit = Duration::us(limit_us).count_ms();
  const std::string execute = text_of(native, "executeType", "STANDALONE");
  if (execute == "BROADCAST") row.execute_type = ExecuteType::broadcast;
  if (execute == "MAP") row.execute_type = ExecuteType::map;
  if (execute == "MAP_REDUCE") row.execute_type = ExecuteType::map_reduce;
  const std::string strategy = text_of(native, "dispatchStrategy", "HEALTH_FIRST");
  if (strategy == "RANDOM") row.dispatch_strategy = DispatchStrategy::random;
  if (strategy == "SPECIFY") row.dispatch_strategy = DispatchStrategy::specify;
  row.gmt_create = row.gmt_modified = start_;
  jobs.push_back(std::move(row));
}

void Catalogue::merge_rows(const ClusterSpec& cluster) {
  merge(jobs, cluster, &JobInfo::job_name, start_);
  merge(workflows, cluster, &WorkflowInfo::wf_name, start_);
  merge(servers, cluster, &ServerInfo::ip, start_);
}

void Catalogue::number_rows() {
  number(jobs);
  number(workflows);
  number(servers);
  for (const ServerInfo& server : servers) {
    if (server.id <= 0 || server.id > 16'383) {
      problems.emplace_back("server_info " + server.ip + ": id " + std::to_string(server.id) +
                            " is no machine id; it must be in 1..16383");
    }
  }
}

void Catalogue::add_workflow(const WorkflowSpec& spec, const ClusterSpec& cluster) {
  const auto row = std::find_if(workflows.begin(), workflows.end(),
                                [&](const WorkflowInfo& workflow) { return workflow.wf_name == spec.name; });
  const auto given = cluster.rows.find(std::string(WorkflowInfo::table));
  const auto is_given = [&](const std::string& column) {
    if (given == cluster.rows.end()) return false;
    return std::any_of(given->second.begin(), given->second.end(), [&](const auto& values) {
      const auto name = values.find("wf_name");
      return name != values.end() && name->second == Value(spec.name) && values.count(column) != 0;
    });
  };
  if (!is_given("app_id")) row->app_id = app_id_for(true, spec.name, spec.native);
  set_schedule(spec.schedule, row->time_expression_type, row->time_expression);
  if (!is_given("max_wf_instance_num")) {
    row->max_wf_instance_num = 1;
    take(spec.native, "maxWfInstanceNum", row->max_wf_instance_num);
  }
  take(spec.native, "lifecycle", row->lifecycle);
  if (row->gmt_create == WallTime()) row->gmt_create = row->gmt_modified = start_;
  if (!is_given("pe_dag")) row->pe_dag = dag_of(spec, *row);
}

std::string Catalogue::dag_of(const WorkflowSpec& spec, const WorkflowInfo& workflow) {
  WorkflowDag dag;
  std::map<std::string, std::int64_t> node_ids;
  for (const std::string& name : spec.nodes) {
    const JobInfo* of = job(name);
    if (of == nullptr) continue;
    if (of->app_id != workflow.app_id) {
      problems.emplace_back("workflows", spec.name, "nodes",
                            "workflow " + spec.name + ": its node " + name + " belongs to another app");
    }
    std::int64_t node_id = of->id;  // [V340] nodes are jobs
    if (!profile.plain_workflows) {
      WorkflowNodeInfo node;
      node.id = node_id = static_cast<std::int64_t>(nodes.size()) + 1;
      node.app_id = workflow.app_id;
      node.workflow_id = workflow.id;
      node.job_id = of->id;
      node.node_name = name;
      node.gmt_create = node.gmt_modified = start_;
      nodes.push_back(std::move(node));
    }
    DagNode node(node_id, of->id);
    node.name = name;
    dag.nodes.push_back(std::move(node));
    node_ids[name] = node_id;
  }
  for (const auto& [before, after] : spec.edges) {
    if (node_ids.contains(before) && node_ids.contains(after)) {
      dag.edges.emplace_back(node_ids[before], node_ids[after]);
    }
  }
  const auto valid = check_dag(dag, profile);
  if (!valid) problems.emplace_back("workflows", spec.name, "edges", "workflow " + spec.name + ": " + valid.error());
  return to_json(dag);
}

std::vector<InitialRow> Catalogue::initial_rows() const {
  std::vector<InitialRow> all;
  append(all, apps);
  append(all, jobs);
  append(all, workflows);
  append(all, nodes);
  append(all, servers);
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

Names Catalogue::names() const {
  Names names;
  for (const AppInfo& row : apps) names.apps[row.id] = row.app_name;
  for (const JobInfo& row : jobs) names.jobs[row.id] = row.job_name;
  for (const WorkflowInfo& row : workflows) names.workflows[row.id] = row.wf_name;
  return names;
}

const AppInfo* Catalogue::app(std::string_view name) const { return find_by(apps, &AppInfo::app_name, name); }
const JobInfo* Catalogue::job(std::string_view name) const { return find_by(jobs, &JobInfo::job_name, name); }
const WorkflowInfo* Catalogue::workflow(std::string_view name) const {
  return find_by(workflows, &WorkflowInfo::wf_name, name);
}

}  // namespace chronofault::powerjob
