#include "info.hpp"

#include <elastic_job/profile.hpp>
#include <ports/setting.hpp>

#include "keys.hpp"
#include "messages.hpp"

namespace chronofault::elastic_job {

namespace {

// spec: elasticjob 6.2
Role application_role() {
  Role role;
  role.list = "applications";
  role.name = "application";
  role.default_port = default_port;
  role.meaning =
      "a process that embeds ElasticJob (elasticjob 1); the port is that of its own endpoint, by which "
      "operators start its one-off jobs";
  const Duration hour = Duration::hours(1);
  role.settings = {
      setting::text(key_name_space, "elasticjob", "the registry centre's name space"),
      setting::span(key_session_timeout, Duration::ms(60'000), Duration::ms(1), hour,
                    "asked for; the servers clamp it"),
      setting::span(key_connection_timeout, Duration::ms(15'000), Duration::ms(1), hour,
                    "Curator's connection timeout"),
      setting::span(key_base_sleep, Duration::ms(1'000), Duration::ms(1), hour, "first sleep before a retry"),
      setting::span(key_max_sleep, Duration::ms(3'000), Duration::ms(1), hour, "longest sleep before a retry"),
      setting::whole(key_max_retries, 3, 0, 29, "retries of a request, 0..29"),
      setting::span(key_listener_lag, Duration::ms(5), Duration(), hour,
                    "local time that an event costs the listener thread, drawn from 0 to this; not upstream"),
      setting::span(key_restart_wait, Duration::seconds(10), Duration::ms(1), hour,
                    "a start that could not connect is repeated after this; not upstream"),
  };
  role.keys = {setting::text(key_jobs, std::nullopt,
                             "jobs that it builds at its start, in order, joined by commas; default: all")};
  return role;
}

// spec: elasticjob 6.1
std::vector<Setting> job_keys() {
  const Duration day = Duration::hours(24);
  return {
      setting::text(key_parameters, std::nullopt, "0=a,1=b: a parameter for each item"),
      setting::text(key_job_parameter, std::nullopt, "a parameter for all items"),
      setting::flag(key_monitor, true, "keep a mark for each item that runs"),
      setting::flag(key_failover, false, "run the items of a crashed instance elsewhere"),
      setting::flag(key_misfire, true, "make up for trigger times that a long run missed"),
      setting::whole(key_time_diff, -1, -1'000'000, 1'000'000, "seconds that clocks may differ; -1: not checked"),
      setting::whole(key_reconcile, 10, 0, 1'000'000, "minutes between two looks for items without an owner; 0: never"),
      setting::one_of(key_strategy, {"AVG_ALLOCATION", "ODEVITY", "ROUND_ROBIN", "SINGLE_SHARDING_BALANCE"},
                      "which instance gets which items; the last one from 3.0.5 on"),
      setting::one_of(key_pool, {"CPU", "SINGLE_THREAD"}, "threads of the item pool: two per processor, or one"),
      setting::one_of(key_error_handler, {"LOG", "IGNORE", "THROW", "EMAIL", "WECHAT", "DINGTALK"},
                      "what becomes of an item's error; the last three from 3.0.0 on"),
      setting::text(key_description, std::nullopt, "words"),
      setting::flag(key_overwrite, false, "each start writes its own configuration over the registry centre's"),
      setting::flag(key_static, false, "keep an assignment although instances come and go; from 3.0.0 on"),
      setting::text(key_time_zone, std::nullopt, "GMT+8: of the cron expression; from 3.0.1 on; default: the host's"),
      setting::text(key_label, std::nullopt, "words; from 3.0.0 on"),
      setting::text(key_class, std::nullopt, "name of the job's class; default: com.example. and its name"),
      setting::flag(key_distribute_once, false, "with a listener that waits for all items before and after each round"),
      setting::span(key_started_timeout, Duration(), Duration(), day, "how long it waits before; 0: without limit"),
      setting::span(key_completed_timeout, Duration(), Duration(), day, "how long it waits after; 0: without limit"),
  };
}

std::vector<Version> versions() {
  const auto version = [](Release release, const char* published, const char* meaning) {
    return Version{std::string(name_of(release)), published, meaning};
  };
  return {
      version(Release::documented, "f3d87e322 (2020-09-15)", "of the stale-flag incident"),
      version(Release::v3_0_0, "3.0.0 (2021-06)",
              "only the leader sets the flag; trigger nodes; persistent failovering"),
      version(Release::v3_0_1, "3.0.1", "time zones; the console triggers again"),
      version(Release::v3_0_2, "3.0.2", "failover of running items only; a listener thread per job"),
      version(Release::v3_0_3, "3.0.3", "distribute-once by a latch"),
      version(Release::v3_0_4, "3.0.4", "offline servers are removed; listeners end with their job"),
      version(Release::v3_0_5, "3.0.5 (2026-02)", "shutdown interrupts; SINGLE_SHARDING_BALANCE"),
      version(Release::latest, "89f70b70e (2026-07-01)", "failed items keep their marks"),
  };
}

SystemInfo make() {
  SystemInfo info;
  info.name = "elasticjob";
  info.summary = "processes that share the items of their jobs through ZooKeeper alone, each on its own clock";
  info.versions = versions();
  info.policies = {{"resharding-flag-leader-only", "PR #1472",
                    "only the leader sets the resharding flag; part of every release from 3.0.0 on"}};
  info.roles = {application_role()};
  info.messages = {{std::string(ExecuteRequest::kind), "operator", "application", "start a round of a job", true}};
  info.selectors = {{"leader", "job", "the application that the job's leader node names, if it is alone on its host"}};
  info.job_keys = job_keys();
  info.operator_role = "application";
  info.client_calls = {"build", "execute", "trigger", "wait_for"};
  info.operator_actions = {"run", "stop", "enable", "disable", "edit"};
  info.unsupported = {{"every", "cron"},
                      {"at", "an action `run`"},
                      {"after", "work with `then: [{execute: JOB}]`"},
                      {"zone", "native: {timeZone: GMT+8}, or the time zone of the hosts"},
                      {"overlap: discard_new", "overlap: parallel: a time that comes up during a run is skipped"},
                      {"overlap: queue", "overlap: parallel: a time that comes up during a run is skipped"},
                      {"overlap: replace_old", "overlap: parallel: a time that comes up during a run is skipped"},
                      {"retries", "misfire and failover; a failed item is not run again"},
                      {"workflows", "work with `then: [{execute: JOB}, {wait_for: JOB}]`"}};
  info.uses_zookeeper = true;
  return info;
}

}  // namespace

const SystemInfo& system_info() {
  static const SystemInfo info = make();
  return info;
}

}  // namespace chronofault::elastic_job
