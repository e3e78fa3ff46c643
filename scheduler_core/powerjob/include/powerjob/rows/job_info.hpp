// A job's definition (powerjob 2.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database/typed.hpp>
#include <ports/time.hpp>
#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

struct JobInfo {
  static constexpr std::string_view table = "job_info";
  JobInfo() = default;
  std::int64_t id = 0;
  std::int64_t app_id = 0;
  std::string job_name;
  std::string job_params;
  TimeExpressionType time_expression_type = TimeExpressionType::api;
  std::string time_expression;
  ExecuteType execute_type = ExecuteType::standalone;
  std::int32_t max_instance_num = 0;  // 0: no limit
  std::int32_t concurrency = 5;
  std::int64_t instance_time_limit = 0;  // ms; 0: no limit
  std::int32_t instance_retry_num = 0;
  std::int32_t task_retry_num = 0;
  SwitchStatus status = SwitchStatus::enable;
  std::optional<WallTime> next_trigger_time;
  double min_cpu_cores = 0;
  double min_memory_space = 0;        // GB
  double min_disk_space = 0;          // GB
  std::string designated_workers;     // comma list; empty: all
  std::int32_t max_worker_count = 0;  // 0: no limit
  DispatchStrategy dispatch_strategy = DispatchStrategy::health_first;
  std::string dispatch_strategy_config;  // V511
  std::string lifecycle;                 // lifecycle.hpp
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &JobInfo::id, db::generated_key);
    v("app_id", &JobInfo::app_id);
    v("job_name", &JobInfo::job_name);
    v("job_params", &JobInfo::job_params);
    v("time_expression_type", &JobInfo::time_expression_type);
    v("time_expression", &JobInfo::time_expression);
    v("execute_type", &JobInfo::execute_type);
    v("max_instance_num", &JobInfo::max_instance_num);
    v("concurrency", &JobInfo::concurrency);
    v("instance_time_limit", &JobInfo::instance_time_limit);
    v("instance_retry_num", &JobInfo::instance_retry_num);
    v("task_retry_num", &JobInfo::task_retry_num);
    v("status", &JobInfo::status);
    v("next_trigger_time", &JobInfo::next_trigger_time, db::precision(3));
    v("min_cpu_cores", &JobInfo::min_cpu_cores);
    v("min_memory_space", &JobInfo::min_memory_space);
    v("min_disk_space", &JobInfo::min_disk_space);
    v("designated_workers", &JobInfo::designated_workers);
    v("max_worker_count", &JobInfo::max_worker_count);
    v("dispatch_strategy", &JobInfo::dispatch_strategy);
    v("dispatch_strategy_config", &JobInfo::dispatch_strategy_config);
    v("lifecycle", &JobInfo::lifecycle);
    v("gmt_create", &JobInfo::gmt_create, db::precision(3));
    v("gmt_modified", &JobInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() { return {{"idx01_job_info", {"app_id"}, false}}; }
};

}  // namespace chronofault::powerjob
