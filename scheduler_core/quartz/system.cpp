#include <algorithm>
#include <memory>

#include <quartz/system.hpp>
#include <quartz/tables.hpp>

#include "system_info.hpp"
#include "system_jobs.hpp"
#include "system_node.hpp"
#include "system_operate.hpp"

namespace chronofault::quartz {

namespace {

NodeConfig node_config(const ProcessEntry& entry, const ClusterSpec& cluster) {
  NodeConfig config;
  const auto& settings = entry.settings;
  config.store = store_options(entry, cluster.profile);
  config.id_is_host_name = given<std::string>(settings, key_instance_id) == "HOSTNAME";
  config.wait_for_jobs = given<bool>(settings, key_wait_for_jobs).value_or(false);
  config.jobs = cluster.jobs;
  const auto whole = [&settings](const char* key, int& member) {
    if (const auto value = given<std::int64_t>(settings, key)) member = static_cast<int>(*value);
  };
  whole(key_connections, config.connections);
  whole(key_thread_count, config.scheduler.thread_count);
  whole(key_batch_size, config.scheduler.max_batch_size);
  if (const auto window = given<std::int64_t>(settings, key_batch_window)) {
    config.scheduler.batch_time_window = Duration::us(*window);
  }
  // A configured idle wait has another variability than the standard one of the same length (quartz 3.1).
  const auto idle = given<std::int64_t>(settings, key_idle_wait);
  if (idle && Duration::us(*idle) != Duration::seconds(30)) config.scheduler.idle_wait_time = Duration::us(*idle);
  return config;
}

class Quartz final : public System {
 public:
  const SystemInfo& info() const override { return system_info(); }
  std::vector<Objection> check(const ClusterSpec& cluster) const override;
  std::vector<TableSpec> tables(const Profile&) const override { return table_specs(); }
  std::vector<InitialRow> initial_rows(const ClusterSpec& cluster) const override;
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override;
  JobContract contract(const JobSpec& job, const ClusterSpec& cluster) const override {
    return contract_of(job, cluster);
  }
  JobContract contract(const WorkflowSpec& workflow, const ClusterSpec&) const override {
    JobContract contract;
    contract.job = workflow.name;
    contract.workflow = true;
    return contract;
  }
  Duration longest_loop(const Profile&) const override { return DatabaseStoreOptions().misfire_threshold; }
  Task<OperatorResult> operate(OperatorAction action, const ClusterSpec& cluster, Ports& ports) const override {
    return operate_tables(std::move(action), &cluster, &ports);
  }
  std::vector<std::string> resolve(const Selector&, const StateView&) const override { return {}; }
  /// Nobody owns a job: whoever's update finds its trigger WAITING fires it.
  std::string owner(std::string_view, const StateView&) const override { return ""; }
  std::string scope_of(std::string_view, const ClusterSpec&) const override { return ""; }
};

std::vector<Objection> Quartz::check(const ClusterSpec& cluster) const {
  std::vector<Objection> problems;
  if (!cluster.has_database) problems.emplace_back("quartz needs a database: give the cluster one");
  const auto is_node = [](const ProcessEntry& entry) { return entry.role == "node"; };
  if (std::none_of(cluster.processes.begin(), cluster.processes.end(), is_node)) {
    problems.emplace_back("no node under `nodes`");
  }
  const int year_max = utc().to_civil(cluster.start).year + 100;
  for (const JobSpec& job : cluster.jobs) {
    const auto why = refused(job, year_max);
    if (why) problems.emplace_back("jobs", job.name, why->key, "job " + job.name + ": " + why->message);
  }
  for (const WorkflowSpec& workflow : cluster.workflows) {
    problems.emplace_back("workflows", workflow.name, "",
                          "workflow " + workflow.name + ": Quartz has no workflows; use jobs");
  }
  for (const auto& [table, rows] : cluster.rows) {
    const std::vector<TableSpec> specs = table_specs();
    const auto same = [&table](const TableSpec& spec) { return spec.name == table; };
    if (std::none_of(specs.begin(), specs.end(), same)) problems.emplace_back("rows: no table " + table);
  }
  return problems;
}

/// Jobs and triggers are stored by the first node that starts, since first fire times depend on its clock and zone.
std::vector<InitialRow> Quartz::initial_rows(const ClusterSpec& cluster) const {
  std::vector<InitialRow> all;
  for (const auto& [table, rows] : cluster.rows) {
    for (const auto& values : rows) all.emplace_back(table, values);
  }
  return all;
}

std::vector<ProcessSpec> Quartz::deploy(const ClusterSpec& cluster) const {
  const auto declared = std::make_shared<bool>(false);
  std::vector<ProcessSpec> specs;
  for (const ProcessEntry& entry : cluster.processes) {
    NodeConfig config = node_config(entry, cluster);
    config.declared = declared;
    ProcessSpec spec;
    spec.role = entry.role;
    spec.name = entry.name;
    spec.make = [config](Ports& ports) -> std::unique_ptr<Program> { return std::make_unique<Node>(ports, config); };
    specs.push_back(std::move(spec));
  }
  return specs;
}

}  // namespace

const System& system() {
  static const Quartz instance;
  return instance;
}

}  // namespace chronofault::quartz
