// M14 to M18: between the TaskTracker of an instance and its ProcessorTrackers (powerjob 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ports/message.hpp>
#include <powerjob/messages/to_worker.hpp>

namespace chronofault::powerjob {

/// M14: TaskTracker -> ProcessorTracker, tell.
struct TaskTrackerStartTaskReq {
  static constexpr std::string_view kind = "TaskTrackerStartTaskReq";
  TaskTrackerStartTaskReq() = default;
  std::string task_tracker_address;
  ServerScheduleJobReq instance;  // upstream's instanceInfo
  std::string task_id;
  std::string task_name;
  std::string task_content;
  std::int32_t current_retry_nums = 0;
  std::int64_t sub_instance_id = 0;
  template <class V>
  void fields(V&& v) const {
    v("taskTrackerAddress", task_tracker_address);
    v("instanceId", instance.instance_id);
    v("processorInfo", instance.processor_info);
    v("taskId", task_id);
    v("taskName", task_name);
    v("taskContent", task_content);
    v("taskCurrentRetryNums", current_retry_nums);
    v("subInstanceId", sub_instance_id);
  }
};

/// M15: ProcessorTracker -> TaskTracker; received and processing by tell, final by ask.
struct ProcessorReportTaskStatusReq {
  static constexpr std::string_view kind = "ProcessorReportTaskStatusReq";
  ProcessorReportTaskStatusReq() = default;
  std::int64_t instance_id = 0;
  std::int64_t sub_instance_id = 0;
  std::string task_id;
  TaskStatus status = TaskStatus::worker_received;
  std::string result;
  std::int64_t report_time = 0;  // ms of the reporter's clock
  template <class V>
  void fields(V&& v) const {
    v("instanceId", instance_id);
    v("subInstanceId", sub_instance_id);
    v("taskId", task_id);
    v("status", status);
    v("result", result);
    v("reportTime", report_time);
  }
};

/// M17: ProcessorTracker -> TaskTracker, tell: IDLE or LOAD.
struct ProcessorTrackerStatusReportReq {
  static constexpr std::string_view kind = "ProcessorTrackerStatusReportReq";
  ProcessorTrackerStatusReportReq() = default;
  bool idle = false;
  std::int64_t instance_id = 0;
  WallTime time;  // the reporter's clock
  std::int64_t remain_task_num = 0;
  std::string address;
  template <class V>
  void fields(V&& v) const {
    v("type", idle ? 1 : 2);
    v("instanceId", instance_id);
    v("time", time);
    v("remainTaskNum", remain_task_num);
    v("address", address);
  }
};

/// M18: TaskTracker -> ProcessorTrackers, tell.
struct TaskTrackerStopInstanceReq {
  static constexpr std::string_view kind = "TaskTrackerStopInstanceReq";
  TaskTrackerStopInstanceReq() = default;
  explicit TaskTrackerStopInstanceReq(std::int64_t instance_id) : instance_id(instance_id) {}
  std::int64_t instance_id = 0;
  template <class V>
  void fields(V&& v) const {
    v("instanceId", instance_id);
  }
};

}  // namespace chronofault::powerjob
