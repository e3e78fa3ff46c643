// dispatch(job, instance) of the server (powerjob 7.4), in the order in which the loop calls it:
//
//   row := instance; dispatch_gate(row, job)       -> proceed, or return, or finish without writing
//   limit := running_limit(job); n := count(running_counted)
//   too_many(limit, n)                             -> the update to write, then finish handling FAILED
//   suitable_workers (worker_select.hpp)
//   no_worker(selection)                           -> fail_now: the update, finish handling FAILED; leave_waiting
//   (V511) tell the tracker, then dispatched_update(...)
//
// Every update is a targeted one where instance_id = id, plus `only_if_status` if it is set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/rules/worker_select.hpp>

namespace chronofault::powerjob {

inline constexpr const char* result_no_worker = "no worker available";
std::string result_too_many(std::int64_t count, std::int64_t limit);
std::string result_job_missing(std::int64_t job_id);

/// Columns of instance_info that a targeted update writes; those not set are left alone.
struct InstanceUpdate {
  InstanceUpdate() = default;
  std::optional<InstanceStatus> status;
  std::optional<std::string> result;
  std::optional<WallTime> actual_trigger_time;
  std::optional<WallTime> finished_time;
  std::optional<WallTime> gmt_modified;
  std::optional<std::string> task_tracker_address;
  std::optional<std::int64_t> last_report_time;
  std::optional<std::int64_t> running_times;
  std::optional<std::string> instance_params;
  std::optional<InstanceStatus> only_if_status;  // WHERE

  /// What the row looks like after the update; a row that does not match stays as it is.
  InstanceInfo applied_to(InstanceInfo row) const;
};

enum class DispatchGate {
  proceed,
  ignore,          // canceled, or no longer waiting
  finish_missing,  // job without id: finish handling FAILED, the row stays as it is
};
/// An instance row that is gone is upstream's null pointer: the loop must not come here with one.
DispatchGate dispatch_gate(const InstanceInfo& row, bool job_has_id, const Profile& profile);

/// How many instances of the job may be in {WWR, RUNNING}; none: no limit, do not count.
std::optional<std::int64_t> running_limit(const JobInfo& job, const Profile& profile);
/// The statuses that count.
inline constexpr InstanceStatus running_counted[] = {InstanceStatus::waiting_worker_receive, InstanceStatus::running};
std::optional<InstanceUpdate> too_many(std::int64_t limit, std::int64_t count, WallTime now_at_entry,
                                       const Profile& profile);

enum class WorkerVerdict { go, fail_now, leave_waiting };
WorkerVerdict worker_verdict(const Selection& selection);
InstanceUpdate no_worker_update(WallTime now_at_entry);

/// V340 adds running_times = `given_count` + 1 and the instance's parameters.
InstanceUpdate dispatched_update(const InstanceInfo& row, const std::string& tracker_address, std::int64_t given_count,
                                 WallTime now_at_entry, WallTime now, const Profile& profile);

/// Policy owner-check (9.1): what a timer callback, or a dispatch without workers, does about the app row it read.
/// False: another server is named: return without writing anything.
bool may_act(std::string_view recorded_owner, std::string_view my_address, const Profile& profile);

/// Key of the process-local lock `processJobInstance`; none: V340 takes no lock.
std::optional<std::int64_t> dispatch_lock_key(const JobInfo& job, std::int64_t instance_id, const Profile& profile);

}  // namespace chronofault::powerjob
