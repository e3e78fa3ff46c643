// M1 to M8: what servers are sent by workers and by each other (powerjob 4).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/message.hpp>
#include <powerjob/rules/status_report.hpp>
#include <powerjob/rules/worker_table.hpp>
#include <powerjob/workflow_context.hpp>

namespace chronofault::powerjob {

/// M1: HTTP GET /server/assert. ResultDTO: the app's id.
struct AssertRequest {
  static constexpr std::string_view kind = "assert";
  AssertRequest() = default;
  explicit AssertRequest(std::string app_name) : app_name(std::move(app_name)) {}
  std::string app_name;
  template <class V>
  void fields(V&& v) const {
    v("appName", app_name);
  }
};

/// M2: HTTP GET /server/acquire. ResultDTO: the owner's address. current_server may be the text "null".
struct AcquireRequest {
  static constexpr std::string_view kind = "acquire";
  AcquireRequest() = default;
  std::int64_t app_id = 0;
  std::string current_server;
  std::string protocol;  // [V340] none
  template <class V>
  void fields(V&& v) const {
    v("appId", app_id);
    v("currentServer", current_server);
    v("protocol", protocol);
  }
};

/// M3: tell. heartbeat_time is of the worker's clock.
struct WorkerHeartbeat {
  static constexpr std::string_view kind = "WorkerHeartbeat";
  WorkerHeartbeat() = default;
  std::string worker_address;
  std::string app_name;
  std::int64_t app_id = 0;
  WallTime heartbeat_time;
  std::string protocol;
  std::string tag;
  SystemMetrics metrics;
  bool overloaded = false;          // [V511]
  std::int64_t light_trackers = 0;  // [V511]
  std::int64_t heavy_trackers = 0;  // [V511]
  template <class V>
  void fields(V&& v) const {
    v("workerAddress", worker_address);
    v("appName", app_name);
    v("appId", app_id);
    v("heartbeatTime", heartbeat_time);
    v("protocol", protocol);
    v("tag", tag);
    v("cpuProcessors", metrics.cpu_processors);
    v("cpuLoad", metrics.cpu_load);
    v("jvmUsedMemory", metrics.jvm_used_memory);
    v("diskUsed", metrics.disk_used);
    v("isOverload", overloaded);
    v("lightTaskTrackerNum", light_trackers);
    v("heavyTaskTrackerNum", heavy_trackers);
  }
};

/// M4: RUNNING by tell, final statuses by ask.
struct TaskTrackerReportInstanceStatusReq {
  static constexpr std::string_view kind = "TaskTrackerReportInstanceStatusReq";
  TaskTrackerReportInstanceStatusReq() = default;
  explicit TaskTrackerReportInstanceStatusReq(StatusReport report) : report(std::move(report)) {}
  StatusReport report;
  template <class V>
  void fields(V&& v) const {
    v("appId", report.app_id);
    v("jobId", report.job_id);
    v("instanceId", report.instance_id);
    v("wfInstanceId", report.wf_instance_id);
    v("appendedWfContext", to_json(report.appended_wf_context));
    v("instanceStatus", name_of(report.status));
    v("result", report.result);
    v("totalTaskNum", report.total_task_num);
    v("succeedTaskNum", report.succeed_task_num);
    v("failedTaskNum", report.failed_task_num);
    v("startTime", report.start_time);
    v("reportTime", report.report_time);
    v("endTime", report.end_time);
    v("sourceAddress", report.source_address);
    v("needAlert", report.need_alert);
    v("alertContent", report.alert_content);
  }
};

/// M5: tell, in batches of at most 20 lines.
struct WorkerLogReportReq {
  static constexpr std::string_view kind = "WorkerLogReportReq";
  WorkerLogReportReq() = default;
  std::string worker_address;
  std::vector<std::string> lines;
  template <class V>
  void fields(V&& v) const {
    v("workerAddress", worker_address);
    v("lines", lines);
  }
};

/// M7: ask. AskResponse: suitable worker addresses, joined by commas.
struct WorkerQueryExecutorClusterReq {
  static constexpr std::string_view kind = "WorkerQueryExecutorClusterReq";
  WorkerQueryExecutorClusterReq() = default;
  std::int64_t app_id = 0;
  std::int64_t job_id = 0;
  template <class V>
  void fields(V&& v) const {
    v("appId", app_id);
    v("jobId", job_id);
  }
};

/// M8: server -> server, ask 1000. AskResponse: [V340] the receiver's now - current_time in ms; later a JSON map
/// protocol -> address.
struct Ping {
  static constexpr std::string_view kind = "Ping";
  Ping() = default;
  explicit Ping(WallTime current_time) : current_time(current_time) {}
  WallTime current_time;
  template <class V>
  void fields(V&& v) const {
    v("currentTime", current_time);
  }
};

}  // namespace chronofault::powerjob
