#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

std::string_view name_of(InstanceStatus status) noexcept {
  switch (status) {
    case InstanceStatus::waiting_dispatch:
      return "WAITING_DISPATCH";
    case InstanceStatus::waiting_worker_receive:
      return "WAITING_WORKER_RECEIVE";
    case InstanceStatus::running:
      return "RUNNING";
    case InstanceStatus::failed:
      return "FAILED";
    case InstanceStatus::succeed:
      return "SUCCEED";
    case InstanceStatus::canceled:
      return "CANCELED";
    case InstanceStatus::stopped:
      return "STOPPED";
  }
  return "?";
}

std::string_view name_of(WorkflowStatus status) noexcept {
  switch (status) {
    case WorkflowStatus::waiting:
      return "WAITING";
    case WorkflowStatus::running:
      return "RUNNING";
    case WorkflowStatus::failed:
      return "FAILED";
    case WorkflowStatus::succeed:
      return "SUCCEED";
    case WorkflowStatus::stopped:
      return "STOPPED";
  }
  return "?";
}

}  // namespace chronofault::powerjob
