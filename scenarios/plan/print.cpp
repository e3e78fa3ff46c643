// A plan as text. Flow style, one entry per line, keys in a fixed order, defaults left out: byte-stable.
#include <vector>

#include <fmt/format.h>

#include <faults/spec.hpp>
#include <ports/assert.hpp>
#include <scenarios/plan.hpp>

#include "../reader/reading.hpp"

namespace chronofault::scenarios {
namespace {

using faults::quoted;

/// {key: value, ...}
class Map {
 public:
  Map& add(std::string_view key, const std::string& value) {
    text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", quoted(key), value);
    return *this;
  }
  bool empty() const { return text_.empty(); }
  std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string list_of(const std::vector<std::string>& items) { return fmt::format("[{}]", fmt::join(items, ", ")); }

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> items;
  for (const std::string& name : names) items.push_back(quoted(name));
  return list_of(items);
}

std::string settings_of(const std::map<std::string, Value>& values, const std::vector<Setting>& declared, bool filled) {
  Map map;
  for (const Setting& setting : declared) {
    const auto value = values.find(setting.key);
    if (value == values.end() || (filled && value->second == setting.standard)) continue;
    map.add(setting.key, setting_text(setting, value->second));
  }
  return map.empty() ? "" : map.text();
}

class Printer {
 public:
  explicit Printer(const Plan& plan) : plan_(plan), info_(plan.target->info()) {}

  std::string print() {
    header();
    cluster();
    section("jobs", plan_.cluster.jobs, [this](const JobSpec& job) { return job_text(job); });
    section("workflows", plan_.cluster.workflows,
            [this](const WorkflowSpec& workflow) { return workflow_text(workflow); });
    section("do", plan_.actions, [this](const ActionPlan& action) { return action_text(action); });
    section("faults", plan_.faults, [this](const auto& fault) { return faults::to_string(fault, plan_.utc_offset); });
    line("expect:");
    line("  {}:{}", quoted(plan_.variant), plan_.expect.empty() ? " []" : "");
    for (const Expectation& e : plan_.expect) line("    - {}", expectation_text(e));
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }

  template <class List, class Text>
  void section(std::string_view key, const List& list, Text text) {
    if (list.empty()) return;
    line("{}:", key);
    for (const auto& entry : list) line("  - {}", text(entry));
  }

  std::string instant(sim::TrueTime t) const { return quoted(faults::to_string(t, plan_.utc_offset)); }
  std::string instant(WallTime t) const { return instant(sim::TrueTime::from_us(t.us())); }

  void header() {
    line("scenario: {}", quoted(plan_.scenario));
    if (!plan_.summary.empty()) line("summary: {}", quoted(plan_.summary));
    line("system: {}", quoted(plan_.system));
    line("variant: {}", quoted(plan_.variant));
    line("seed: {}", plan_.seed);
    Map versions;
    versions.add("program", quoted(plan_.versions.program)).add("system", quoted(plan_.versions.system));
    line("versions: {}", versions.add("tzdata", quoted(plan_.versions.tzdata)).text());
    Map policies;
    for (const std::string& policy : plan_.cluster.profile.policies) policies.add(policy, "true");
    Map variant;
    variant.add("version", quoted(plan_.cluster.profile.version));
    if (!policies.empty()) variant.add("policies", policies.text());
    line("variants:");
    line("  {}: {}", quoted(plan_.variant), variant.text());
    line("start: {}", instant(plan_.start));
    line("until: {}", instant(plan_.until));
    if (plan_.settle) line("settle: {}", to_string(*plan_.settle));
    if (plan_.let.empty()) return;
    line("let:");
    for (const auto& [name, value] : plan_.let) line("  {}: {}", name, value);
  }

  void cluster() {
    line("cluster:");
    line("  time_zone: {}", quoted(plan_.cluster.zone_name));
    line("  zones:");
    for (const ZonePlan& zone : plan_.zones) {
      Map map;
      if (zone.time_zone != plan_.cluster.zone_name) map.add("time_zone", quoted(zone.time_zone));
      line("    {}: {}", quoted(zone.name), map.text());
    }
    line("  links:");
    for (const LinkPlan& link : plan_.links) {
      line("    - {{from: {}, to: {}, latency: {}}}", quoted(link.from), quoted(link.to), to_string(link.latency));
    }
    if (!plan_.hosts.empty()) line("  hosts:");
    for (const HostPlan& host : plan_.hosts) line("    {}: {}", quoted(host.name), host_text(host));
    if (!plan_.cluster.names.empty()) line("  names:");
    for (const auto& [name, zones] : plan_.cluster.names) {
      Map map;
      for (const auto& [zone, target] : zones) map.add(zone, quoted(target));
      line("    {}: {}", quoted(name), map.text());
    }
    database();
    if (plan_.zookeeper) zookeeper(*plan_.zookeeper);
    std::size_t next = 0;
    for (const Role& role : info_.roles) {
      bool first = true;
      for (std::size_t i = 0; i < plan_.cluster.processes.size(); ++i) {
        const ProcessEntry& process = plan_.cluster.processes[i];
        if (process.role != role.name) continue;
        if (first) line("  {}:", quoted(role.list));
        first = false;
        line("    - {}", process_text(process, role, plan_.starts[i].after));
        ++next;
      }
    }
    CF_ASSERT(next == plan_.cluster.processes.size());
  }

  void zookeeper(const ZookeeperPlan& ensemble) {
    static const ZookeeperPlan standard;
    line("  zookeeper:");
    const auto duration = [this](std::string_view key, Duration value) { line("    {}: {}", key, to_string(value)); };
    if (ensemble.tick_time != standard.tick_time) duration("tickTime", ensemble.tick_time);
    if (ensemble.init_limit != standard.init_limit) line("    initLimit: {}", ensemble.init_limit);
    if (ensemble.sync_limit != standard.sync_limit) line("    syncLimit: {}", ensemble.sync_limit);
    if (ensemble.min_session_timeout) duration("minSessionTimeout", *ensemble.min_session_timeout);
    if (ensemble.max_session_timeout) duration("maxSessionTimeout", *ensemble.max_session_timeout);
    if (ensemble.fsync != standard.fsync) duration("fsync", ensemble.fsync);
    line("    servers:");
    for (const auto& server : ensemble.servers) line("      - {{host: {}}}", quoted(server.host));
  }

  std::string host_text(const HostPlan& host) const {
    static const HostPlan standard;
    std::string zone_time;
    for (const ZonePlan& zone : plan_.zones) {
      if (zone.name == host.zone) zone_time = zone.time_zone;
    }
    Map map;
    map.add("zone", quoted(host.zone)).add("address", host.ip);
    if (host.time_zone != zone_time) map.add("time_zone", quoted(host.time_zone));
    if (host.cores_milli != standard.cores_milli) map.add("cores", decimal_text(host.cores_milli, 3));
    if (host.memory_bytes != standard.memory_bytes) map.add("memory", bytes_text(host.memory_bytes));
    if (host.disk_bytes != standard.disk_bytes) map.add("disk", bytes_text(host.disk_bytes));
    if (host.clock_offset != Duration{}) map.add("clock_offset", to_string(host.clock_offset));
    if (host.drift_ppb != 0) map.add("drift_ppm", decimal_text(host.drift_ppb, 3));
    return map.text();
  }

  void replication(const DatabasePlan& database) {
    if (database.replicas.empty()) return;
    line("    replicas:");
    for (const auto& replica : database.replicas) line("      - {{host: {}}}", quoted(replica.host));
    line("    replication: {}", database.replication);
    line("    replication_lag: {}", to_string(database.replication_lag));
    if (!database.replication.starts_with("semisync")) return;
    line("    semisync_timeout: {}", to_string(database.semisync_timeout));
  }

  void database() {
    if (!plan_.database) return;
    line("  database:");
    line("    dialect: {}", plan_.database->dialect);
    line("    host: {}", quoted(plan_.database->host));
    replication(*plan_.database);
    if (plan_.cluster.rows.empty()) return;
    line("    rows:");
    for (const auto& [table, rows] : plan_.cluster.rows) {
      line("      {}:", quoted(table));
      for (const auto& row : rows) {
        Map map;
        for (const auto& [column, value] : row) map.add(column, cell_text(value));
        line("        - {}", map.text());
      }
    }
  }

  std::string cell_text(const Value& value) const {
    if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
    if (const auto* time = std::get_if<WallTime>(&value)) return instant(*time);
    return chronofault::to_string(value);
  }

  static std::string process_text(const ProcessEntry& process, const Role& role, Duration starts) {
    Map map;
    map.add("name", quoted(process.name)).add("zone", quoted(process.zone)).add("host", quoted(process.host));
    map.add("address", process.port != 0 ? quoted(fmt::format("{}:{}", process.ip, process.port)) : process.ip);
    map.add("starts", to_string(starts));
    for (const Setting& key : role.keys) {
      const auto value = process.keys.find(key.key);
      if (value != process.keys.end() && value->second != key.standard)
        map.add(key.key, setting_text(key, value->second));
    }
    const std::string settings = settings_of(process.settings, role.settings, true);
    if (!settings.empty()) map.add("settings", settings);
    return map.text();
  }

  void schedule(Map& map, const Schedule& schedule) const {
    switch (schedule.kind) {
      case ScheduleKind::on_demand:
        map.add("schedule", "on_demand");
        return;
      case ScheduleKind::cron:
        map.add("cron", quoted(schedule.cron));
        if (!schedule.zone.empty()) map.add("zone", quoted(schedule.zone));
        return;
      case ScheduleKind::every:
        map.add("every", to_string(schedule.every));
        if (schedule.fixed_delay) map.add("fixed_delay", "true");
        return;
      case ScheduleKind::at:
        map.add("at", instant(schedule.at));
        return;
      case ScheduleKind::after:
        map.add("after", quoted_list(schedule.after));
        return;
    }
  }

  static std::string work_text(const WorkPlan& work) {
    Map map;
    map.add("takes", to_string(work.takes));
    if (work.cpu_milli != 0) map.add("cpu", decimal_text(work.cpu_milli, 3));
    if (work.memory_bytes != 0) map.add("memory", bytes_text(work.memory_bytes));
    if (work.fails_ppm != 0) map.add("fails", decimal_text(work.fails_ppm, 6));
    if (!work.obeys_interrupt) map.add("obeys_interrupt", "false");
    if (work.outlives_worker) map.add("outlives_worker", "true");
    std::vector<std::string> steps;
    for (const ThenPlan& then : work.then) {
      Map step;
      step.add(then.verb, quoted(then.argument)).add("takes", to_string(then.takes));
      std::vector<std::string> items;
      for (const std::int64_t item : then.items) items.push_back(std::to_string(item));
      if (!items.empty()) step.add("items", list_of(items));
      steps.push_back(step.text());
    }
    if (!steps.empty()) map.add("then", list_of(steps));
    return map.text();
  }

  std::string job_text(const JobSpec& job) const {
    static const std::vector<std::string> overlaps = {"parallel", "queue", "discard_new", "replace_old"};
    Map map;
    map.add("name", quoted(job.name));
    schedule(map, job.schedule);
    if (job.overlap != Overlap::parallel) map.add("overlap", overlaps[static_cast<std::size_t>(job.overlap)]);
    if (job.shards != 1) map.add("shards", std::to_string(job.shards));
    if (job.retries != 0) map.add("retries", std::to_string(job.retries));
    if (!job.enabled) map.add("enabled", "false");
    map.add("work", work_text(plan_.work.at(job.name)));
    const std::string native = settings_of(job.native, info_.job_keys, false);
    if (!native.empty()) map.add("native", native);
    return map.text();
  }

  std::string workflow_text(const WorkflowSpec& workflow) const {
    Map map;
    map.add("name", quoted(workflow.name));
    schedule(map, workflow.schedule);
    map.add("nodes", quoted_list(workflow.nodes));
    std::vector<std::string> edges;
    for (const auto& [from, to] : workflow.edges) edges.push_back(quoted_list({from, to}));
    if (!edges.empty()) map.add("edges", list_of(edges));
    const std::string native = settings_of(workflow.native, info_.workflow_keys, false);
    if (!native.empty()) map.add("native", native);
    return map.text();
  }

  std::string action_text(const ActionPlan& plan) const {
    const OperatorAction& action = plan.action;
    Map inner;
    if (!action.job.empty()) inner.add(action.workflow ? "workflow" : "job", quoted(action.job));
    if (action.delay != Duration{}) inner.add("delay", to_string(action.delay));
    if (!action.via.empty()) inner.add("via", quoted(action.via));
    if (!action.params.empty()) inner.add("params", quoted(action.params));
    const std::string edits = settings_of(action.edits, editable_settings(info_), false);
    if (!edits.empty()) inner.add("set", edits);
    return Map().add("at", instant(plan.at)).add(action.verb, inner.text()).text();
  }

  std::string expectation_text(const Expectation& e) const {
    Map map;
    map.add("property", e.property);
    map.add("seeds", e.seeds == Seeds::all ? "all" : e.seeds == Seeds::some ? "some" : "none");
    if (e.share_ppm)
      map.add("share", list_of({decimal_text(e.share_ppm->first, 6), decimal_text(e.share_ppm->second, 6)}));
    std::vector<std::string> patterns;
    for (const faults::Pattern& pattern : e.because) patterns.push_back(faults::to_string(pattern, plan_.utc_offset));
    if (!patterns.empty()) map.add("because", list_of(patterns));
    return map.text();
  }

  const Plan& plan_;
  const SystemInfo& info_;
  std::string out_;
};

}  // namespace

std::string print(const Plan& plan) { return Printer(plan).print(); }

}  // namespace chronofault::scenarios
