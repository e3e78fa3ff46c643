// M10 to M12: what a worker is sent by servers (powerjob 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/message.hpp>
#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

/// M10: owner server -> chosen worker, tell: be the TaskTracker of this instance.
struct ServerScheduleJobReq {
  static constexpr std::string_view kind = "ServerScheduleJobReq";
  ServerScheduleJobReq() = default;
  std::vector<std::string> all_worker_address;
  std::int32_t max_worker_count = 0;  // not V340
  std::int64_t job_id = 0;
  std::int64_t instance_id = 0;
  std::optional<std::int64_t> wf_instance_id;
  ExecuteType execute_type = ExecuteType::standalone;
  /// What user code to run: here the name of the job, under which the simulated work is declared.
  std::string processor_info;
  std::int64_t instance_timeout_ms = 0;
  std::string job_params;
  std::string instance_params;
  std::int32_t thread_concurrency = 5;
  std::int32_t task_retry_num = 0;
  TimeExpressionType time_expression_type = TimeExpressionType::api;
  std::string time_expression;
  std::int32_t max_instance_num = 0;
  template <class V>
  void fields(V&& v) const {
    v("allWorkerAddress", all_worker_address);
    v("maxWorkerCount", max_worker_count);
    v("jobId", job_id);
    v("instanceId", instance_id);
    v("wfInstanceId", wf_instance_id);
    v("executeType", execute_type);
    v("processorInfo", processor_info);
    v("instanceTimeoutMS", instance_timeout_ms);
    v("jobParams", job_params);
    v("instanceParams", instance_params);
    v("threadConcurrency", thread_concurrency);
    v("taskRetryNum", task_retry_num);
    v("timeExpressionType", time_expression_type);
    v("timeExpression", time_expression);
    v("maxInstanceNum", max_instance_num);
  }
};

/// M11: tell.
struct ServerStopInstanceReq {
  static constexpr std::string_view kind = "ServerStopInstanceReq";
  ServerStopInstanceReq() = default;
  explicit ServerStopInstanceReq(std::int64_t instance_id) : instance_id(instance_id) {}
  std::int64_t instance_id = 0;
  template <class V>
  void fields(V&& v) const {
    v("instanceId", instance_id);
  }
};

}  // namespace chronofault::powerjob
