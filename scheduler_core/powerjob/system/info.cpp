#include "info.hpp"

#include <ports/setting.hpp>
#include <powerjob/messages.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

namespace {

Setting real(const char* key, const char* meaning) {
  Setting made = setting::of(key, SettingType::real, Value(0.0), meaning);
  made.low = 0;
  return made;
}

Role server_role() {
  Role role;
  role.list = "servers";
  role.name = "server";
  role.default_port = 10086;
  role.meaning = "schedules the apps whose row names it; the port is that of its actors (powerjob 1)";
  role.settings = {
      setting::whole(key_percentage, 50, 0, 100,
                     "acquires that read the database instead of answering at once, 0..100 %"),
      setting::whole(key_retention, 7, -1, 36'500, "days that finished instances are kept; -1: for ever"),
      setting::whole(key_metadata_cache, 2048, 1, 1'000'000, "job snapshots of dispatched instances, 1..1000000"),
      setting::whole(key_http_port, 7700, 1, 65'535, "HTTP port: discovery and console"),
      setting::span(key_frequency_max, Duration::seconds(120), Duration::ms(1), Duration::hours(24),
                    "longest interval of a second-level job"),
      setting::whole(key_pool_size, 20, 1, 1'000, "database connections, 1..1000"),
      setting::whole(key_pool_idle, 5, 0, 1'000, "idle database connections that are kept, 0..1000"),
  };
  return role;
}

Role worker_role() {
  Role role;
  role.list = "workers";
  role.name = "worker";
  role.default_port = 27777;
  role.meaning = "runs the jobs of one app (powerjob 1)";
  role.settings = {
      setting::of(key_servers, SettingType::text, Null{},
                  "HTTP addresses host:port, joined by commas; default: the cluster's only name, else all servers"),
      setting::text(key_tag, "", "what designatedWorkers and SPECIFY may name"),
      setting::span(key_report_period, std::nullopt, Duration::seconds(1), Duration::hours(1),
                    "period of a TaskTracker's status pass; default 13 s; V340 ignores it"),
      setting::span(key_health_period, std::nullopt, Duration::seconds(1), Duration::hours(1),
                    "period of heartbeats; default 10 s; V511 alone"),
      setting::whole(key_light_max, 1024, 1, 1'000'000,
                     "light TaskTrackers from which on it is overloaded; V511 alone"),
      setting::whole(key_heavy_max, 64, 1, 1'000'000, "heavy TaskTrackers that it takes; V511 alone"),
      setting::span(key_restart_wait, Duration::seconds(10), Duration::ms(1), Duration::hours(1),
                    "a start that failed is repeated after this; not upstream"),
  };
  const Setting app =
      setting::of("app", SettingType::text, Null{}, "name of the app (worker group) that it belongs to");
  role.keys = {app};
  return role;
}

template <class M>
MessageKindInfo message(const char* from, const char* to, const char* meaning, bool has_reply) {
  return MessageKindInfo{std::string(M::kind), from, to, meaning, has_reply};
}

std::vector<MessageKindInfo> message_kinds() {
  return {
      message<AssertRequest>("worker", "server", "M1, HTTP: is this app registered", true),
      message<AcquireRequest>("worker", "server", "M2, HTTP: which server is mine", true),
      message<ConsoleRequest>("operator", "server", "HTTP: a call of the console or of a client", true),
      message<WorkerHeartbeat>("worker", "server", "M3: alive, with metrics", false),
      message<TaskTrackerReportInstanceStatusReq>("worker", "server", "M4: how an instance fares; final ones are asked",
                                                  true),
      message<WorkerLogReportReq>("worker", "server", "M5: log lines", false),
      message<WorkerQueryExecutorClusterReq>("worker", "server", "M7: which workers suit a job", true),
      message<Ping>("server", "server", "M8: is the recorded owner alive", true),
      message<RemoteProcessReq>("server", "server", "M9: a call forwarded to the owner", true),
      message<RunJobOrWorkflowReq>("server", "server", "V340: a run forwarded to the owner", true),
      message<ServerScheduleJobReq>("server", "worker", "M10: be the TaskTracker of this instance", false),
      message<ServerStopInstanceReq>("server", "worker", "M11: stop an instance", false),
      message<TaskTrackerStartTaskReq>("worker", "worker", "M14: run a task", false),
      message<ProcessorReportTaskStatusReq>("worker", "worker", "M15: how a task fares; final ones are asked", true),
      message<ProcessorTrackerStatusReportReq>("worker", "worker", "M17: a ProcessorTracker is alive", false),
      message<TaskTrackerStopInstanceReq>("worker", "worker", "M18: drop all tasks of an instance", false),
  };
}

std::vector<Setting> job_keys() {
  const Setting app = setting::of("app", SettingType::text, Null{}, "the app it belongs to; default: the only one");
  return {
      app,
      setting::text("jobParams", "", "parameters of the job"),
      setting::whole("maxInstanceNum", 0, 0, 1'000'000,
                     "instances that may run at once; V340 lets one more run; 0: no limit"),
      setting::whole("concurrency", 5, 1, 1'000, "threads per worker, 1..1000"),
      setting::choice("executeType", {"STANDALONE", "BROADCAST", "MAP_REDUCE", "MAP"},
                      "how an instance is split into tasks"),
      setting::whole("instanceRetryNum", 0, 0, 1'000, "further dispatches of a failed instance, 0..1000"),
      setting::whole("taskRetryNum", 0, 0, 1'000, "further runs of a failed task, 0..1000"),
      setting::span("instanceTimeLimit", Duration(), Duration(), Duration::hours(24 * 365), "longest run; 0: no limit"),
      setting::text("designatedWorkers", "", "addresses (and tags, not V340) joined by commas; empty: all"),
      setting::whole("maxWorkerCount", 0, 0, 1'000'000, "workers that an instance may use; 0: no limit"),
      setting::choice("dispatchStrategy", {"HEALTH_FIRST", "RANDOM", "SPECIFY"}, "order of workers; V340 has none"),
      setting::text("dispatchStrategyConfig", "", "SPECIFY: tagIn:x, tagEquals:x, or a list of tags and addresses"),
      real("minCpuCores", "free cores that a worker must have"),
      real("minMemorySpace", "free memory in GB that a worker must have"),
      real("minDiskSpace", "free disk in GB that a worker must have"),
      setting::text("lifecycle", "", "JSON {\"start\": ms, \"end\": ms}; not V340"),
  };
}

std::vector<Setting> workflow_keys() {
  const Setting app = setting::of("app", SettingType::text, Null{}, "the app it belongs to; default: the only one");
  return {
      app,
      setting::whole("maxWfInstanceNum", 1, 0, 1'000'000,
                     "instances, waiting ones included, that may exist at once; 0: no limit, in V340: none may run"),
      setting::text("lifecycle", "", "JSON {\"start\": ms, \"end\": ms}; not V340"),
  };
}

SystemInfo make() {
  SystemInfo info;
  info.name = "powerjob";
  info.summary = "servers that own apps by a database row and dispatch to the workers whose heartbeats they get";
  info.versions = {{"V340", "3.4.0 (2020-11-29)", "of the usurpation incident"},
                   {"V411", "4.1.1 (2022-09-13)", "dispatch locks, workflow nodes, pooled friend actor"},
                   {"V511", "5.1.1 (2024-12-07)", "dedicated loops, conditional updates, light tasks"}};
  info.policies = {
      {"owner-check", "not upstream", "timer callbacks, and dispatch without workers, read the app's row first"},
      {"patient-usurp", "not upstream", "an owner is replaced only after 3 failed pings spread over more than 5 s"}};
  info.roles = {server_role(), worker_role()};
  info.messages = message_kinds();
  info.selectors = {{"owner", "app", "the server that the app's row names"},
                    {"tracker", "job", "the worker that tracks the newest dispatched instance of the job"}};
  info.job_keys = job_keys();
  info.workflow_keys = workflow_keys();
  // A failed ping is good for one attempt at the election, whose lock is held no longer than that.
  info.ownership_rule = OwnershipRule{"Ping", powerjob::Profile().election_lock_max, "powerjob 9.1 P3"};
  info.operator_role = "server";
  info.operator_actions = {"run", "stop", "cancel", "retry", "pause", "enable", "disable", "edit"};
  info.unsupported = {{"overlap: queue", "overlap: parallel with native: {maxInstanceNum: N}: what is above N fails"},
                      {"overlap: replace_old", "overlap: discard_new"},
                      {"at", "an action `run` with a `delay`"},
                      {"after", "a workflow with an edge"},
                      {"zone", "the time zone of the servers' hosts"}};
  info.uses_database = true;
  return info;
}

}  // namespace

const SystemInfo& system_info() {
  static const SystemInfo info = make();
  return info;
}

}  // namespace chronofault::powerjob
