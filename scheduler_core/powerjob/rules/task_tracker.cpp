#include <algorithm>
#include <limits>

#include <powerjob/rules/task_tracker.hpp>

namespace chronofault::powerjob {

Duration effective_time_limit(Duration instance_time_limit) {
  return instance_time_limit > Duration{} ? instance_time_limit
                                          : Duration::ms(std::numeric_limits<std::int32_t>::max());
}

TrackerStep tracker_step(const TaskCounts& counts, ExecuteType type, const std::optional<FinishedTask>& only_task,
                         const std::optional<std::optional<FinishedTask>>& last_task, WallTime created,
                         Duration time_limit, WallTime now) {
  TrackerStep step;
  const auto done = [&step](bool success, std::string result) {
    step.kind = TrackerStep::Kind::done;
    step.success = success;
    step.result = std::move(result);
  };
  if (counts.unfinished() == 0) {
    if (counts.finished() == 0) {
      done(false, result_root_task_failed);
    } else if (type == ExecuteType::standalone) {
      const FinishedTask task = only_task.value_or(FinishedTask());
      done(task.success, task.result);
    } else if (type == ExecuteType::map) {
      done(counts.failed == 0, "total:" + std::to_string(counts.finished()) + ",succeed:" +
                                   std::to_string(counts.succeed) + ",failed:" + std::to_string(counts.failed));
    } else if (!last_task) {
      step.kind = TrackerStep::Kind::save_last_task;
    } else if (*last_task) {
      done((*last_task)->success, (*last_task)->result);
    }
  }
  // After the rest: a late look at a finished task is a timeout too.
  if (now - created > time_limit) done(false, result_instance_timeout);
  return step;
}

FinalReport::Next FinalReport::attempted(bool server_known, bool accepted) {
  if (server_known && accepted) return Next::destroy;
  if (!server_known && !profile_->unknown_server_counts_as_failed_report) return Next::again;
  ++failures_;
  return failures_ >= profile_->final_report_attempts ? Next::destroy : Next::again;
}

TaskReportStep task_report_step(TaskRow row, TaskStatus reported, const std::string& result, std::int64_t report_time,
                                ExecuteType type, std::int32_t task_retry_num, bool tracker_finished,
                                const Profile& profile) {
  TaskReportStep step;
  const bool older = row.last_report_time > report_time;
  const bool downward = profile.task_status_is_monotonic && reported < row.status;
  if (tracker_finished || older || downward) {
    step.row = std::move(row);
    return step;
  }
  row.last_report_time = report_time;
  row.last_modified = WallTime::from_ms(report_time);
  if (reported == TaskStatus::failed && row.failed_count < task_retry_num) {
    step.kind = TaskReportStep::Kind::retry;
    ++row.failed_count;
    row.status = TaskStatus::waiting_dispatch;
    const bool bound = row.task_id == root_task_id || row.task_id == last_task_id || type == ExecuteType::broadcast;
    if (!bound) row.address = std::string(empty_address);
  } else {
    step.kind = TaskReportStep::Kind::write;
    row.status = reported;
    row.result = result;
  }
  step.row = std::move(row);
  return step;
}

std::optional<TaskRow> unconfirmed_reset(TaskRow row, WallTime now, const Profile& profile) {
  const bool unconfirmed = row.status == TaskStatus::dispatched_unchecked;
  if (!unconfirmed || now - row.last_modified <= profile.unconfirmed_timeout) return std::nullopt;
  row.status = TaskStatus::waiting_dispatch;
  ++row.failed_count;
  if (row.task_id != last_task_id) row.address = std::string(empty_address);
  row.last_modified = now;
  return row;
}

bool processor_report(ProcessorState& state, bool idle, WallTime report_time, std::int64_t remaining) {
  if (report_time <= state.last_active) return false;
  state.last_active = report_time;
  state.remaining = remaining;
  state.connected = true;
  state.dispatched = !idle;
  return true;
}

bool is_available(const ProcessorState& state, WallTime now, const Profile& profile) {
  if (!state.dispatched) return true;
  return state.connected && now - state.last_active <= profile.processor_timeout &&
         state.remaining < profile.processor_backlog_limit;
}

bool is_lost(const ProcessorState& state, WallTime now, const Profile& profile) {
  return state.dispatched && now - state.last_active > profile.processor_timeout;
}

TaskRow lost_task(TaskRow row, ExecuteType type, WallTime now, const Profile& profile) {
  if (is_final(row.status)) return row;
  row.last_modified = now;
  if (type == ExecuteType::broadcast && profile.lost_broadcast_tasks_fail) {
    row.status = TaskStatus::failed;
    row.result = "maybe worker down";
    return row;
  }
  row.address = std::string(empty_address);
  row.status = TaskStatus::waiting_dispatch;
  return row;
}

std::int64_t dispatch_budget(std::size_t available, std::int32_t thread_concurrency) {
  return static_cast<std::int64_t>(available) * thread_concurrency * 2;
}

TrackerKind tracker_kind(ExecuteType execute, TimeExpressionType time, std::size_t light_count, std::size_t heavy_count,
                         const Profile& profile) {
  if (!profile.light_trackers) return TrackerKind::heavy;
  const bool light = execute == ExecuteType::standalone && !is_second_level(time);
  const bool full = light ? light_count * 10 >= static_cast<std::size_t>(profile.light_tracker_max) * 13
                          : heavy_count >= static_cast<std::size_t>(profile.heavy_tracker_max);
  if (full) return TrackerKind::refused;
  return light ? TrackerKind::light : TrackerKind::heavy;
}

ProcessorStep processor_step(const ProcessorFacts& facts, WallTime now, const Profile& profile) {
  ProcessorStep step;
  if (!facts.second_level && now - facts.started > facts.instance_time_limit) {
    step.kind = ProcessorStep::Kind::destroy;
    return step;
  }
  const bool busy =
      facts.active_threads > 0 || (profile.idle_counts_completed_tasks && facts.completed_since_last_pass);
  if (busy) return step;
  step.idle_since = facts.idle_since.value_or(now);
  const bool stays = profile.processor_beside_tracker_stays && facts.beside_tracker;
  if (now - *step.idle_since > profile.processor_idle_limit && !stays)
    step.kind = ProcessorStep::Kind::idle_and_destroy;
  return step;
}

int processor_pool_size(ExecuteType type, bool second_level, bool script, std::int32_t thread_concurrency,
                        const Profile& profile) {
  const bool mapped = type == ExecuteType::map || type == ExecuteType::map_reduce;
  if (mapped || (second_level && profile.second_level_pool_is_concurrent)) return std::max(1, thread_concurrency);
  return script ? 1 : 2;
}

}  // namespace chronofault::powerjob
