// PowerJob's numeric codes as they stand in rows and messages (powerjob 5).
#pragma once

#include <cstdint>
#include <string_view>

namespace chronofault::powerjob {

/// instance_info.status, and the status of a node inside a workflow's dag (powerjob 5.1).
enum class InstanceStatus : std::int32_t {
  waiting_dispatch = 1,
  waiting_worker_receive = 2,
  running = 3,
  failed = 4,
  succeed = 5,
  canceled = 9,
  stopped = 10,
};

/// {1, 2, 3}: what upstream calls generalised running.
constexpr bool is_generalised_running(InstanceStatus s) {
  return s == InstanceStatus::waiting_dispatch || s == InstanceStatus::waiting_worker_receive ||
         s == InstanceStatus::running;
}
/// {4, 5, 9, 10}.
constexpr bool is_finished(InstanceStatus s) { return !is_generalised_running(s); }

/// workflow_instance_info.status (powerjob 5.3).
enum class WorkflowStatus : std::int32_t { waiting = 1, running = 2, failed = 3, succeed = 4, stopped = 10 };

constexpr bool is_generalised_running(WorkflowStatus s) {
  return s == WorkflowStatus::waiting || s == WorkflowStatus::running;
}

/// The instance code of a nested workflow's outcome, as its parent's node shows it (powerjob 7.8.5).
constexpr InstanceStatus node_status_of(WorkflowStatus s) {
  switch (s) {
    case WorkflowStatus::waiting:
      return InstanceStatus::waiting_dispatch;
    case WorkflowStatus::running:
      return InstanceStatus::running;
    case WorkflowStatus::failed:
      return InstanceStatus::failed;
    case WorkflowStatus::succeed:
      return InstanceStatus::succeed;
    case WorkflowStatus::stopped:
      return InstanceStatus::stopped;
  }
  return InstanceStatus::failed;
}

/// task_info.status in a worker's local table (powerjob 5.2).
enum class TaskStatus : std::int32_t {
  waiting_dispatch = 1,
  dispatched_unchecked = 2,
  worker_received = 3,
  worker_processing = 4,
  failed = 5,
  success = 6,
};
constexpr bool is_final(TaskStatus s) { return s == TaskStatus::failed || s == TaskStatus::success; }

/// Switch status of jobs, workflows and containers (powerjob 2.1).
enum class SwitchStatus : std::int32_t { enable = 1, disable = 2, deleted = 99 };

enum class TimeExpressionType : std::int32_t {
  api = 1,
  cron = 2,
  fixed_rate = 3,
  fixed_delay = 4,
  workflow = 5,
  daily_time_interval = 11,
};
/// Jobs whose TaskTracker launches sub instances for ever; the server triggers them once.
constexpr bool is_second_level(TimeExpressionType t) {
  return t == TimeExpressionType::fixed_rate || t == TimeExpressionType::fixed_delay;
}

enum class ExecuteType : std::int32_t { standalone = 1, broadcast = 2, map_reduce = 3, map = 4 };
enum class DispatchStrategy : std::int32_t { health_first = 1, random = 2, specify = 11 };
/// instance_info.type.
enum class InstanceType : std::int32_t { normal = 1, workflow = 2 };
enum class NodeType : std::int32_t { job = 1, decision = 2, nested_workflow = 3 };

/// "RUNNING", "WAITING_DISPATCH": upstream's spelling, for records and messages to people.
std::string_view name_of(InstanceStatus status) noexcept;
std::string_view name_of(WorkflowStatus status) noexcept;

/// instance_info.task_tracker_address of an instance that no worker got.
inline constexpr std::string_view empty_address = "N/A";

}  // namespace chronofault::powerjob
