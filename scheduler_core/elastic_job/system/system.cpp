#include <algorithm>
#include <map>

#include <elastic_job/rules/job_paths.hpp>
#include <elastic_job/rules/task_context.hpp>
#include <elastic_job/services/reconcile_service.hpp>
#include <elastic_job/system.hpp>

#include "application.hpp"
#include "contract.hpp"
#include "info.hpp"
#include "keys.hpp"
#include "operate.hpp"

namespace chronofault::elastic_job {

namespace {

ApplicationConfig config_of(const ProcessEntry& entry, const ClusterSpec& cluster,
                            const std::shared_ptr<const JobDefinitions>& definitions,
                            const std::shared_ptr<RoundBook>& rounds) {
  ApplicationConfig config;
  config.definitions = definitions;
  config.rounds = rounds;
  config.host.registry = registry_settings(entry.settings, cluster.zookeeper);
  if (const auto lag = whole(entry.settings, key_listener_lag)) config.host.listener_lag_max = Duration::us(*lag);
  const auto jobs = text(entry.keys, key_jobs);
  config.jobs = jobs ? listed(*jobs) : definitions->names();
  config.port = port_of(entry);
  config.restart_wait = Duration::us(whole(entry.settings, key_restart_wait).value_or(10'000'000));
  return config;
}

class ElasticJob final : public System {
 public:
  const SystemInfo& info() const override { return system_info(); }
  std::vector<Objection> check(const ClusterSpec& cluster) const override;
  std::vector<TableSpec> tables(const chronofault::Profile&) const override { return {}; }
  std::vector<InitialRow> initial_rows(const ClusterSpec&) const override { return {}; }
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override;
  JobContract contract(const JobSpec& job, const ClusterSpec&) const override { return contract_of(job); }
  JobContract contract(const WorkflowSpec&, const ClusterSpec&) const override { return {}; }
  Duration longest_loop(const chronofault::Profile&) const override { return ReconcileService::period; }
  Task<OperatorResult> operate(OperatorAction action, const ClusterSpec& cluster, Ports& ports) const override {
    return operate_on(std::move(action), &cluster, &ports);
  }
  std::vector<std::string> resolve(const Selector& selector, const StateView& view) const override;
  std::string owner(std::string_view scope, const StateView& view) const override;
  /// Any application may build any job: all of them serve all jobs.
  std::string scope_of(std::string_view, const ClusterSpec&) const override { return ""; }
  std::optional<std::vector<std::string>> arguments(std::string_view, const ClusterSpec& cluster) const override {
    return JobDefinitions(cluster).names();
  }
};

std::vector<Objection> ElasticJob::check(const ClusterSpec& cluster) const {
  const JobDefinitions definitions(cluster);
  std::vector<Objection> problems = definitions.problems;
  if (cluster.zookeeper.empty()) problems.emplace_back("elasticjob needs ZooKeeper: give the cluster one");
  const auto is_application = [](const ProcessEntry& entry) { return entry.role == "application"; };
  if (std::none_of(cluster.processes.begin(), cluster.processes.end(), is_application)) {
    problems.emplace_back("no application under `applications`");
  }
  std::map<Address, std::string> endpoints;
  for (const ProcessEntry& entry : cluster.processes) {
    if (entry.role != "application") continue;
    const Address endpoint(entry.ip, port_of(entry));
    const auto [other, fresh] = endpoints.try_emplace(endpoint, entry.name);
    if (!fresh && !entry.ip.empty()) {
      problems.emplace_back("applications", entry.name, "address",
                            "applications " + other->second + " and " + entry.name + " both listen at " +
                                to_string(endpoint) + "; give one of them an `address` with another port");
    }
    for (const std::string& job : listed(text(entry.keys, key_jobs).value_or(""))) {
      if (definitions.find(job) != nullptr) continue;
      problems.emplace_back("applications", entry.name, key_jobs,
                            "application " + entry.name + ": no job '" + job + "'");
    }
  }
  for (const JobSpec& job : cluster.jobs) {
    const auto refuse = [&](std::string key, const std::string& why) {
      problems.emplace_back("jobs", job.name, std::move(key), "job " + job.name + ": " + why);
    };
    const ScheduleKind kind = job.schedule.kind;
    if (kind != ScheduleKind::cron && kind != ScheduleKind::on_demand) {
      refuse("", "ElasticJob knows cron and on_demand");
    }
    if (job.overlap != Overlap::parallel) refuse("overlap", "overlap: a time that comes up during a run is skipped");
    if (job.retries != 0) refuse("retries", "retries: a failed item is not run again");
    const auto newer = [&](const std::string& key, bool known) {
      if (job.native.contains(key) && !known) refuse("native/" + key, key + " is of a later release");
    };
    newer(key_static, definitions.profile.static_sharding);
    newer(key_time_zone, definitions.profile.time_zone);
    newer(key_label, definitions.profile.release >= Release::v3_0_0);
  }
  for (const WorkflowSpec& workflow : cluster.workflows) {
    problems.emplace_back("workflows", workflow.name, "", "ElasticJob has no workflows; use work with `then`");
  }
  return problems;
}

std::vector<ProcessSpec> ElasticJob::deploy(const ClusterSpec& cluster) const {
  const auto definitions = std::make_shared<const JobDefinitions>(cluster);
  const auto rounds = std::make_shared<RoundBook>();
  std::vector<ProcessSpec> specs;
  for (const ProcessEntry& entry : cluster.processes) {
    ApplicationConfig config = config_of(entry, cluster, definitions, rounds);
    ProcessSpec spec;
    spec.role = entry.role;
    spec.name = entry.name;
    spec.make = [config](Ports& ports) -> std::unique_ptr<Program> {
      return std::make_unique<Application>(ports, config);
    };
    specs.push_back(std::move(spec));
  }
  return specs;
}

/// By the ip of the leader node's id; ids do not say which of several processes of a host it is.
std::string ElasticJob::owner(std::string_view scope, const StateView& view) const {
  const std::string path = "/elasticjob" + JobPaths(std::string(scope)).full(node::leader_instance);
  const std::optional<std::string> id = view.znode(path);
  return id ? view.process_at(to_string(Address(ip_of(*id), default_port))) : std::string();
}

std::vector<std::string> ElasticJob::resolve(const Selector& selector, const StateView& view) const {
  const std::string process = selector.key == "leader" ? owner(selector.argument, view) : std::string();
  if (process.empty()) return {};
  return {process};
}

}  // namespace

const System& system() {
  static const ElasticJob instance;
  return instance;
}

}  // namespace chronofault::elastic_job
