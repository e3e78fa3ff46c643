// What a run tells its tracing database (elasticjob 5 "Recorded outcome", 7.17). Nothing in the control plane reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ports/time.hpp>

namespace chronofault::elastic_job {

enum class TaskState { staging, running, finished, error };
/// "TASK_STAGING".
std::string_view name_of(TaskState state) noexcept;

/// FAILOVER exists upstream and is never used in Lite.
enum class ExecutionSource { normal_trigger, misfire };
/// "NORMAL_TRIGGER".
std::string_view name_of(ExecutionSource source) noexcept;

/// JobStatusTraceEvent.
struct StatusTrace {
  StatusTrace(std::string task_id, TaskState state, std::string message)
      : task_id(std::move(task_id)), state(state), message(std::move(message)) {}
  std::string task_id;
  TaskState state;
  std::string message;
};

/// JobExecutionEvent: once at the start of an item, once at its end.
struct ExecutionEvent {
  enum class Kind { started, success, failure };
  ExecutionEvent() = default;
  Kind kind = Kind::started;
  std::string id;  // of the record: the same at start and end
  std::string task_id;
  std::string job;
  int item = 0;
  ExecutionSource source = ExecutionSource::normal_trigger;
  WallTime start;
  std::optional<WallTime> complete;
  std::string failure_cause;
};

/// JobEventBus. Posting never waits and never fails.
class Tracing {
 public:
  virtual ~Tracing() = default;
  virtual void post(const ExecutionEvent& event) = 0;
  virtual void post(const StatusTrace& trace) = 0;
};

}  // namespace chronofault::elastic_job
