// Vectors about instances, workers and locks: instance_status_report, instance_check, worker_health, specify_match,
// db_lock, discovery_kill.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <powerjob/rules/db_lock.hpp>
#include <powerjob/rules/discovery.hpp>
#include <powerjob/rules/instance_check.hpp>
#include <powerjob/rules/status_report.hpp>
#include <powerjob/rules/worker_select.hpp>
#include <support/vectors.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;
using nlohmann::json;

JobInfo job_of(const json& c) {
  JobInfo job;
  job.id = 1;
  job.time_expression_type = static_cast<TimeExpressionType>(c.value("timeExpressionType", 1));
  job.instance_retry_num = c.value("instanceRetryNum", 0);
  job.status = static_cast<SwitchStatus>(c.value("status", 1));
  return job;
}

InstanceInfo instance_of(const json& c) {
  const auto instant = [&c](const char* key) { return WallTime::from_ms(c.value(key, std::int64_t{0})); };
  InstanceInfo row;
  row.status = static_cast<InstanceStatus>(c["status"].get<int>());
  row.expected_trigger_time = instant("expectedTriggerTime");
  if (c.contains("actualTriggerTime")) row.actual_trigger_time = instant("actualTriggerTime");
  row.gmt_modified = instant("gmtModified");
  row.last_report_time = c.value("lastReportTime", std::int64_t{-1});
  row.running_times = c.value("runningTimes", std::int64_t{0});
  if (c.contains("taskTrackerAddress")) row.task_tracker_address = c["taskTrackerAddress"].get<std::string>();
  return row;
}

std::string action_of(CheckStep::Kind kind) {
  switch (kind) {
    case CheckStep::Kind::none:
      return "none";
    case CheckStep::Kind::redispatch:
      return "redispatch";
    case CheckStep::Kind::fail:
      return "fail";
    case CheckStep::Kind::start:
      return "start";
    default:
      return "?";
  }
}

}  // namespace

TEST_CASE("status report vectors", "[powerjob:4.2]") {
  const json vectors = support::load_vectors("powerjob/instance_status_report.json");
  const WallTime now = WallTime::from_ms(vectors["now"]);
  for (const json& c : vectors["cases"]) {
    CAPTURE(c.dump());
    const InstanceInfo row = instance_of(c["instance"]);
    StatusReport report;
    report.status = static_cast<InstanceStatus>(c["req"]["instanceStatus"].get<int>());
    report.report_time = c["req"]["reportTime"];
    report.source_address = c["req"]["sourceAddress"];
    report.total_task_num = c["req"]["totalTaskNum"];
    const ReportStep step = report_step(row, job_of(c["job"]), report, now, Profile::v411());

    const json& wanted = c["expect"];
    REQUIRE(step.accepted() == wanted["accepted"].get<bool>());
    REQUIRE(static_cast<int>(step.row.status) == wanted["status"].get<int>());
    REQUIRE(step.row.running_times == wanted["runningTimes"].get<std::int64_t>());
    REQUIRE(step.row.last_report_time == wanted["lastReportTime"].get<std::int64_t>());
    REQUIRE(step.finished == wanted["finished"].get<bool>());
    REQUIRE(step.send_stop == wanted.value("stopSent", false));
    if (wanted.contains("finishedTime")) REQUIRE(step.row.finished_time.value().ms() == wanted["finishedTime"]);
    if (wanted.contains("expectedTriggerTime")) {
      REQUIRE(step.row.expected_trigger_time.ms() == wanted["expectedTriggerTime"]);
    }
    if (step.accepted()) REQUIRE(step.row.gmt_modified == now);
  }
}

TEST_CASE("status check vectors", "[powerjob:3.1.2]") {
  const json vectors = support::load_vectors("powerjob/instance_check.json");
  const WallTime now = WallTime::from_ms(vectors["now"]);
  for (const json& c : vectors["cases"]) {
    CAPTURE(c.dump());
    if (c.contains("workflow_instance")) {
      WorkflowInstanceInfo row;
      row.status = static_cast<WorkflowStatus>(c["workflow_instance"]["status"].get<int>());
      row.expected_trigger_time = WallTime::from_ms(c["workflow_instance"]["expectedTriggerTime"]);
      REQUIRE(action_of(check_workflow_instance(row, true, now, Profile::v411()).kind) ==
              c["action"].get<std::string>());
      continue;
    }
    std::optional<JobInfo> job;
    if (c["job"]["exists"].get<bool>()) job = job_of(c["job"]);
    const CheckStep step = check_instance(instance_of(c["instance"]), job, now, Profile::v411());
    REQUIRE(action_of(step.kind) == c["action"].get<std::string>());
    REQUIRE(step.result == c.value("result", ""));
  }
}

TEST_CASE("worker health vectors", "[powerjob:7.4.3]") {
  for (const json& c : support::cases_of("powerjob/worker_health.json")) {
    CAPTURE(c.dump());
    SystemMetrics metrics;
    metrics.cpu_processors = c["cpuProcessors"];
    metrics.cpu_load = c["cpuLoad"];
    metrics.jvm_max_memory = c.value("jvmMaxMemory", 0.0);
    metrics.jvm_used_memory = c.value("jvmUsedMemory", 0.0);
    metrics.memory_total = c.value("freeMemory", 0.0);
    metrics.disk_total = c.value("freeDisk", 0.0);
    if (c.contains("score")) REQUIRE(score_of(metrics) == c["score"].get<int>());
    if (c.contains("available")) {
      REQUIRE(has_resources(metrics, c["minCpu"], c["minMemory"], c["minDisk"]) == c["available"].get<bool>());
    }
  }
}

TEST_CASE("specify vectors", "[powerjob:7.4.5]") {
  for (const json& c : support::cases_of("powerjob/specify_match.json")) {
    CAPTURE(c.dump());
    const std::string config = c["config"];
    const std::string address = c["address"];
    const std::string tag = c["tag"];
    REQUIRE(matches_specify(config, address, tag) == c["match"].get<bool>());
  }
}

TEST_CASE("database lock vectors", "[powerjob:7.2]") {
  const json vectors = support::load_vectors("powerjob/db_lock.json");
  const WallTime now = WallTime::from_ms(vectors["now"]);
  const Profile profile = Profile::v411();
  for (const json& c : vectors["cases"]) {
    CAPTURE(c.dump());
    // The table: the insert succeeds iff no row of that name is there.
    bool row_is_there = !c["row"].is_null();
    bool acquired = false;
    LockFailures failures;
    for (int round = 0; round < 3; ++round) {
      if (!row_is_there) {
        acquired = true;
        break;
      }
      REQUIRE(failures.after_conflict("lock", profile) == LockStep::read_row);
      OmsLock row;
      row.lock_name = "lock";
      row.gmt_create = WallTime::from_ms(c["row"]["gmtCreate"]);
      row.max_lock_time = c["row"]["maxLockTime"];
      const LockStep step = judge_held(row, now, failures, profile);
      if (step != LockStep::delete_and_retry) break;
      row_is_there = false;
    }
    REQUIRE(acquired == c["acquired"].get<bool>());
  }
}

TEST_CASE("discovery vectors", "[powerjob:7.3]") {
  for (const json& c : support::cases_of("powerjob/discovery_kill.json")) {
    CAPTURE(c.dump());
    DiscoveryFailures failures(Profile::v411());
    std::vector<int> kills;
    int round = 0;
    for (const json& outcome : c["rounds"]) {
      ++round;
      if (outcome == "S") {
        failures.succeeded();
      } else if (failures.failed()) {
        kills.push_back(round);
      }
    }
    REQUIRE(kills == c["kill_at_round"].get<std::vector<int>>());
    REQUIRE(failures.counter() == c["counter_after"].get<int>());
  }
}
