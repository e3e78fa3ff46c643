#include <algorithm>
#include <memory>

#include <powerjob/rules/trigger_time.hpp>
#include <powerjob/server/server.hpp>
#include <powerjob/system.hpp>
#include <powerjob/tables.hpp>
#include <powerjob/worker/worker.hpp>

#include "catalogue.hpp"
#include "contract.hpp"
#include "info.hpp"
#include "operate.hpp"

namespace chronofault::powerjob {

namespace {

std::optional<std::int64_t> whole(const std::map<std::string, Value>& values, const char* key) {
  const auto found = values.find(key);
  if (found == values.end() || !std::holds_alternative<std::int64_t>(found->second)) return std::nullopt;
  return std::get<std::int64_t>(found->second);
}

std::string text(const std::map<std::string, Value>& values, const char* key) {
  const auto found = values.find(key);
  const std::string* given = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
  return given == nullptr ? std::string() : *given;
}

ServerConfig server_config(const ProcessEntry& entry, const Catalogue& catalogue) {
  ServerConfig config;
  config.profile = catalogue.profile;
  const auto& settings = entry.settings;
  if (entry.port != 0) config.actor_port = entry.port;
  if (const auto n = whole(settings, key_http_port)) config.http_port = static_cast<int>(*n);
  if (const auto n = whole(settings, key_percentage)) config.profile.accurate_percentage = static_cast<int>(*n);
  if (const auto n = whole(settings, key_retention)) config.profile.instance_retention_days = static_cast<int>(*n);
  if (const auto n = whole(settings, key_metadata_cache)) config.metadata_cache_size = static_cast<int>(*n);
  if (const auto n = whole(settings, key_frequency_max)) config.profile.frequency_max_interval = Duration::us(*n);
  if (const auto n = whole(settings, key_pool_size)) config.pool_maximum = static_cast<int>(*n);
  if (const auto n = whole(settings, key_pool_idle)) config.pool_minimum_idle = static_cast<int>(*n);
  config.names = catalogue.names();
  return config;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::size_t from = 0;
  while (from <= list.size()) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    if (comma > from) items.push_back(list.substr(from, comma - from));
    from = comma + 1;
  }
  return items;
}

std::int64_t http_port_of(const ProcessEntry& server) { return whole(server.settings, key_http_port).value_or(7700); }

std::vector<std::string> default_servers(const ClusterSpec& cluster) {
  std::vector<std::string> all;
  if (cluster.names.size() == 1) {
    std::int64_t port = 7700;
    for (const ProcessEntry& entry : cluster.processes) {
      if (entry.role == "server") port = http_port_of(entry);
    }
    all.push_back(cluster.names.begin()->first + ":" + std::to_string(port));
    return all;
  }
  for (const ProcessEntry& entry : cluster.processes) {
    if (entry.role == "server") all.push_back(entry.ip + ":" + std::to_string(http_port_of(entry)));
  }
  return all;
}

WorkerConfig worker_config(const ProcessEntry& entry, const ClusterSpec& cluster, const Catalogue& catalogue) {
  WorkerConfig config;
  config.profile = catalogue.profile;
  const auto& settings = entry.settings;
  if (entry.port != 0) config.port = entry.port;
  config.app_name = text(entry.keys, "app");
  config.servers = split(text(settings, key_servers));
  if (config.servers.empty()) config.servers = default_servers(cluster);
  config.tag = text(settings, key_tag);
  const bool v511 = config.profile.release == Release::v511;
  if (const auto n = whole(settings, key_report_period); n && config.profile.release != Release::v340) {
    config.profile.tracker_report_period = Duration::us(*n);
  }
  if (const auto n = whole(settings, key_health_period); n && v511) config.profile.heartbeat_period = Duration::us(*n);
  if (const auto n = whole(settings, key_light_max)) config.profile.light_tracker_max = static_cast<int>(*n);
  if (const auto n = whole(settings, key_heavy_max)) config.profile.heavy_tracker_max = static_cast<int>(*n);
  if (const auto n = whole(settings, key_restart_wait)) config.restart_wait = Duration::us(*n);
  return config;
}

class PowerJob final : public System {
 public:
  const SystemInfo& info() const override { return system_info(); }
  std::vector<Objection> check(const ClusterSpec& cluster) const override;
  std::vector<TableSpec> tables(const chronofault::Profile& profile) const override {
    return table_specs(named(profile));
  }
  std::vector<InitialRow> initial_rows(const ClusterSpec& cluster) const override {
    return Catalogue(cluster).initial_rows();
  }
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override;
  JobContract contract(const JobSpec& job, const ClusterSpec& cluster) const override {
    return contract_of(job, cluster, named(cluster.profile));
  }
  JobContract contract(const WorkflowSpec& workflow, const ClusterSpec& cluster) const override {
    return contract_of(workflow, cluster, named(cluster.profile));
  }
  Duration longest_loop(const chronofault::Profile& profile) const override { return named(profile).schedule_period; }
  Task<OperatorResult> operate(OperatorAction action, const ClusterSpec& cluster, Ports& ports) const override {
    return operate_console(std::move(action), &cluster, &ports);
  }
  std::vector<std::string> resolve(const Selector& selector, const StateView& view) const override;
  std::string owner(std::string_view scope, const StateView& view) const override;
  std::string scope_of(std::string_view job, const ClusterSpec& cluster) const override;
  std::optional<std::vector<std::string>> arguments(std::string_view selector,
                                                    const ClusterSpec& cluster) const override;

 private:
  static Profile named(const chronofault::Profile& profile) {
    return Profile::named(profile.version, profile.policies).value_or(Profile());
  }
};

std::vector<Objection> PowerJob::check(const ClusterSpec& cluster) const {
  const Catalogue catalogue(cluster);
  std::vector<Objection> problems = catalogue.problems;
  if (!cluster.has_database) problems.emplace_back("powerjob needs a database: give the cluster one");
  const auto is_server = [](const ProcessEntry& entry) { return entry.role == "server"; };
  if (std::none_of(cluster.processes.begin(), cluster.processes.end(), is_server)) {
    problems.emplace_back("no server under `servers`");
  }
  for (const ProcessEntry& entry : cluster.processes) {
    if (entry.role != "worker" || !text(entry.keys, "app").empty()) continue;
    problems.emplace_back("workers", entry.name, "app", "worker " + entry.name + ": no `app`");
  }
  for (const JobSpec& job : cluster.jobs) {
    const auto refuse = [&](std::string key, const std::string& why) {
      problems.emplace_back("jobs", job.name, std::move(key), "job " + job.name + ": " + why);
    };
    if (job.schedule.kind == ScheduleKind::every) {
      refuse("every",
             "`every` is a FIXED_RATE or FIXED_DELAY job; the frequent TaskTracker (powerjob 7.11) is not in this "
             "room yet; use cron");
    }
    const std::string execute = text(job.native, "executeType");
    if (!execute.empty() && execute != "STANDALONE") {
      refuse("native/executeType",
             "executeType " + execute + " (powerjob 7.10) is not in this room yet; use STANDALONE");
    }
    if (job.shards != 1) {
      refuse("shards", "shards: a STANDALONE job has one; MAP (powerjob 7.10) is not in this room yet");
    }
    if (text(job.native, "dispatchStrategy") == "SPECIFY" && !catalogue.profile.specify_strategy) {
      refuse("native/dispatchStrategy", "dispatchStrategy SPECIFY is V511's; use designatedWorkers");
    }
    if (job.overlap == Overlap::discard_new && !catalogue.profile.dispatch_limit_is_strict) {
      refuse("overlap", "overlap: discard_new: V340 lets maxInstanceNum + 1 run (powerjob 7.4); use overlap: parallel");
    }
  }
  const auto check_timing = [&](const char* list, const std::string& noun, const std::string& name,
                                const Timing& timing) {
    if (timing.type != TimeExpressionType::cron) return;
    const auto valid = validate_timing(timing, cluster.start, utc(), catalogue.profile);
    if (valid) return;
    problems.emplace_back(list, name, "cron",
                          noun + " " + name + ": cron '" + timing.expression + "': " + valid.error().message);
  };
  for (const JobInfo& job : catalogue.jobs) check_timing("jobs", "job", job.job_name, Timing(job));
  for (const WorkflowInfo& workflow : catalogue.workflows) {
    check_timing("workflows", "workflow", workflow.wf_name, Timing(workflow));
    if (catalogue.profile.plain_workflows && workflow.max_wf_instance_num == 0) {
      problems.emplace_back(
          "workflows", workflow.wf_name, "native/maxWfInstanceNum",
          "workflow " + workflow.wf_name + ": maxWfInstanceNum 0 lets none run in V340 (powerjob 7.8); use 1 or more");
    }
  }
  for (const WorkflowSpec& workflow : cluster.workflows) {
    if (workflow.schedule.kind != ScheduleKind::every) continue;
    problems.emplace_back("workflows", workflow.name, "every",
                          "workflow " + workflow.name + ": a workflow has no `every`; use cron");
  }
  return problems;
}

std::vector<ProcessSpec> PowerJob::deploy(const ClusterSpec& cluster) const {
  const Catalogue catalogue(cluster);
  // Whichever server starts first saves what is declared.
  auto declared = std::make_shared<bool>(false);
  std::vector<std::int64_t> jobs;
  std::vector<std::int64_t> workflows;
  for (const JobInfo& row : catalogue.jobs) jobs.push_back(row.id);
  for (const WorkflowInfo& row : catalogue.workflows) workflows.push_back(row.id);

  std::vector<ProcessSpec> specs;
  for (const ProcessEntry& entry : cluster.processes) {
    ProcessSpec spec;
    spec.role = entry.role;
    spec.name = entry.name;
    if (entry.role == "server") {
      ServerConfig config = server_config(entry, catalogue);
      spec.make = [config, declared, jobs, workflows](Ports& ports) -> std::unique_ptr<Program> {
        ServerConfig mine = config;
        if (!*declared) {
          mine.declared_jobs = jobs;
          mine.declared_workflows = workflows;
          *declared = true;
        }
        return std::make_unique<Server>(ports, std::move(mine));
      };
    } else {
      WorkerConfig config = worker_config(entry, cluster, catalogue);
      spec.make = [config](Ports& ports) -> std::unique_ptr<Program> {
        return std::make_unique<Worker>(ports, config);
      };
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::string PowerJob::owner(std::string_view scope, const StateView& view) const {
  for (const auto& row : view.rows(AppInfo::table)) {
    if (text(row, "app_name") != scope) continue;
    const std::string address = text(row, "current_server");
    return address.empty() ? std::string() : view.process_at(address);
  }
  return "";
}

std::vector<std::string> PowerJob::resolve(const Selector& selector, const StateView& view) const {
  std::string process;
  if (selector.key == "owner") process = owner(selector.argument, view);
  if (selector.key == "tracker") {
    std::optional<std::int64_t> job_id;
    for (const auto& row : view.rows(JobInfo::table)) {
      if (text(row, "job_name") == selector.argument) job_id = whole(row, "id");
    }
    std::string address;
    for (const auto& row : view.rows(InstanceInfo::table)) {
      const std::string tracker = text(row, "task_tracker_address");
      if (job_id && whole(row, "job_id") == job_id && parse_address(tracker)) address = tracker;
    }
    if (!address.empty()) process = view.process_at(address);
  }
  if (process.empty()) return {};
  return {process};
}

std::string PowerJob::scope_of(std::string_view job, const ClusterSpec& cluster) const {
  const Catalogue catalogue(cluster);
  std::int64_t app_id = 0;
  if (const JobInfo* row = catalogue.job(job)) app_id = row->app_id;
  if (const WorkflowInfo* row = catalogue.workflow(job)) app_id = row->app_id;
  for (const AppInfo& app : catalogue.apps) {
    if (app.id == app_id) return app.app_name;
  }
  return "";
}

std::optional<std::vector<std::string>> PowerJob::arguments(std::string_view selector,
                                                            const ClusterSpec& cluster) const {
  const Catalogue catalogue(cluster);
  std::vector<std::string> names;
  if (selector == "owner") {
    for (const AppInfo& app : catalogue.apps) names.push_back(app.app_name);
  } else {
    for (const JobInfo& job : catalogue.jobs) names.push_back(job.job_name);
  }
  return names;
}

}  // namespace

const System& system() {
  static const PowerJob instance;
  return instance;
}

}  // namespace chronofault::powerjob
