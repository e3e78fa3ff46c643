// Decisions of a TaskTracker in a worker (powerjob 7.10, 4.3, 4.4, 4.5). The table task_info and the loops are the
// caller's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/codes.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

inline constexpr const char* root_task_id = "0";
inline constexpr const char* last_task_id = "9999";
inline constexpr const char* root_task_name = "OMS_ROOT_TASK";
inline constexpr const char* result_root_task_failed = "create root task failed";
inline constexpr const char* result_instance_timeout = "instance execute timeout";

struct TaskCounts {
  std::int64_t waiting = 0;     // 1
  std::int64_t unchecked = 0;   // 2
  std::int64_t received = 0;    // 3
  std::int64_t processing = 0;  // 4
  std::int64_t failed = 0;      // 5
  std::int64_t succeed = 0;     // 6
  std::int64_t unfinished() const { return waiting + unchecked + received + processing; }
  std::int64_t finished() const { return failed + succeed; }
};

struct FinishedTask {
  FinishedTask() = default;
  FinishedTask(bool success, std::string result) : success(success), result(std::move(result)) {}
  bool success = false;
  std::string result;
};

/// One row of task_info as the rules need it.
struct TaskRow {
  TaskRow() = default;
  std::string task_id;
  std::string task_name;
  std::string address;
  TaskStatus status = TaskStatus::waiting_dispatch;
  std::string result;
  std::int32_t failed_count = 0;
  std::int64_t last_report_time = -1;  // ms of the reporter's clock
  WallTime last_modified;
};

/// 7.10.3 steps 1 and 2.
struct TrackerStep {
  TrackerStep() = default;
  enum class Kind {
    running,         // report RUNNING, then the housekeeping of steps 5 and 6
    save_last_task,  // the same, after saving the last task
    done,            // final report
  } kind = Kind::running;
  bool success = false;
  std::string result;
};
/// only_task: STANDALONE's single task once it is final. last_task: null: not saved yet; inner none: not final yet.
TrackerStep tracker_step(const TaskCounts& counts, ExecuteType type, const std::optional<FinishedTask>& only_task,
                         const std::optional<std::optional<FinishedTask>>& last_task, WallTime created,
                         Duration time_limit, WallTime now);
/// instance_time_limit as the tracker takes it: not positive means 2147483647 ms.
Duration effective_time_limit(Duration instance_time_limit);

/// 7.10.4: attempts of the final report.
class FinalReport {
 public:
  explicit FinalReport(const Profile& profile) : profile_(&profile) {}
  enum class Next { destroy, again };
  /// server_known: false means that no report could be sent in this pass.
  Next attempted(bool server_known, bool accepted);
  int failures() const { return failures_; }

 private:
  const Profile* profile_;
  int failures_ = 0;
};

/// 7.10.4b: what a task's report changes.
struct TaskReportStep {
  TaskReportStep() = default;
  enum class Kind { drop, retry, write } kind = Kind::drop;
  TaskRow row;  // as it is afterwards
};
TaskReportStep task_report_step(TaskRow row, TaskStatus reported, const std::string& result, std::int64_t report_time,
                                ExecuteType type, std::int32_t task_retry_num, bool tracker_finished,
                                const Profile& profile);

/// 7.10.3 step 5; none: the task is confirmed or young.
std::optional<TaskRow> unconfirmed_reset(TaskRow row, WallTime now, const Profile& profile);

/// A ProcessorTracker as its TaskTracker knows it (7.10.1, 4.5).
struct ProcessorState {
  ProcessorState() = default;
  WallTime last_active = WallTime::from_ms(-1);
  std::int64_t remaining = 0;
  bool dispatched = false;
  bool connected = false;
};
/// 4.5: false: an older report, ignored. An unknown address is a new ProcessorState.
bool processor_report(ProcessorState& state, bool idle, WallTime report_time, std::int64_t remaining);
/// 7.10.2: may get tasks.
bool is_available(const ProcessorState& state, WallTime now, const Profile& profile);
/// 7.10.3 step 6: counts as lost, also when it was dispatched to and has not reported yet.
bool is_lost(const ProcessorState& state, WallTime now, const Profile& profile);
/// 7.10.3 step 6: what becomes of an unfinished task of a lost processor.
TaskRow lost_task(TaskRow row, ExecuteType type, WallTime now, const Profile& profile);
/// 7.10.2: how many tasks one dispatcher pass may send.
std::int64_t dispatch_budget(std::size_t available, std::int32_t thread_concurrency);

/// 4.3, V511: which tracker a run request gets, and whether it is ignored for lack of room.
enum class TrackerKind { heavy, light, refused };
TrackerKind tracker_kind(ExecuteType execute, TimeExpressionType time, std::size_t light_count, std::size_t heavy_count,
                         const Profile& profile);

/// 7.12 P1.
struct ProcessorStep {
  enum class Kind { destroy, idle_and_destroy, report_load } kind = Kind::report_load;
  std::optional<WallTime> idle_since;  // to keep for the next pass
};
struct ProcessorFacts {
  WallTime started;
  Duration instance_time_limit;  // effective
  bool second_level = false;
  int active_threads = 0;
  bool completed_since_last_pass = false;
  std::optional<WallTime> idle_since;
  bool beside_tracker = false;  // on the TaskTracker's own worker
};
ProcessorStep processor_step(const ProcessorFacts& facts, WallTime now, const Profile& profile);
/// 7.12: threads of the execution pool.
int processor_pool_size(ExecuteType type, bool second_level, bool script, std::int32_t thread_concurrency,
                        const Profile& profile);

}  // namespace chronofault::powerjob
