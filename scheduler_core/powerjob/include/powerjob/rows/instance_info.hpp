// One run of a job (powerjob 2.1, 5.1). instance_id has no unique key.
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

struct InstanceInfo {
  static constexpr std::string_view table = "instance_info";
  InstanceInfo() = default;
  std::int64_t id = 0;
  std::int64_t job_id = 0;
  std::int64_t app_id = 0;
  std::int64_t instance_id = 0;
  std::string job_params;
  std::string instance_params;
  InstanceType type = InstanceType::normal;
  std::optional<std::int64_t> wf_instance_id;
  InstanceStatus status = InstanceStatus::waiting_dispatch;
  std::optional<std::string> result;
  WallTime expected_trigger_time;
  std::optional<WallTime> actual_trigger_time;
  std::optional<WallTime> finished_time;
  std::int64_t last_report_time = -1;  // ms of the reporting worker's clock; -1: none yet
  std::optional<std::string> task_tracker_address;
  std::int64_t running_times = 0;
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &InstanceInfo::id, db::generated_key);
    v("job_id", &InstanceInfo::job_id);
    v("app_id", &InstanceInfo::app_id);
    v("instance_id", &InstanceInfo::instance_id);
    v("job_params", &InstanceInfo::job_params);
    v("instance_params", &InstanceInfo::instance_params);
    v("type", &InstanceInfo::type);
    v("wf_instance_id", &InstanceInfo::wf_instance_id);
    v("status", &InstanceInfo::status);
    v("result", &InstanceInfo::result);
    v("expected_trigger_time", &InstanceInfo::expected_trigger_time, db::precision(3));
    v("actual_trigger_time", &InstanceInfo::actual_trigger_time, db::precision(3));
    v("finished_time", &InstanceInfo::finished_time, db::precision(3));
    v("last_report_time", &InstanceInfo::last_report_time);
    v("task_tracker_address", &InstanceInfo::task_tracker_address);
    v("running_times", &InstanceInfo::running_times);
    v("gmt_create", &InstanceInfo::gmt_create, db::precision(3));
    v("gmt_modified", &InstanceInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() {
    return {{"idx01_instance_info", {"job_id"}, false},
            {"idx02_instance_info", {"app_id"}, false},
            {"idx03_instance_info", {"instance_id"}, false}};
  }
};

}  // namespace chronofault::powerjob
