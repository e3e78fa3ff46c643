#include <elastic_job/tracing.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 5 Recorded outcome
std::string_view name_of(TaskState state) noexcept {
  switch (state) {
    case TaskState::staging:
      return "TASK_STAGING";
    case TaskState::running:
      return "TASK_RUNNING";
    case TaskState::finished:
      return "TASK_FINISHED";
    case TaskState::error:
      return "TASK_ERROR";
  }
  return "?";
}

std::string_view name_of(ExecutionSource source) noexcept {
  return source == ExecutionSource::normal_trigger ? "NORMAL_TRIGGER" : "MISFIRE";
}

}  // namespace chronofault::elastic_job
