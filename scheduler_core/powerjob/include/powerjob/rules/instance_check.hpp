// What the status check pass does with a row of an owned app (powerjob 3.1.2).
#pragma once

#include <optional>
#include <string>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>

namespace chronofault::powerjob {

inline constexpr const char* result_job_info_missing = "can't find job info";
inline constexpr const char* result_report_timeout = "worker report timeout, maybe TaskTracker down";

struct CheckStep {
  CheckStep() = default;
  enum class Kind {
    none,
    dispatch,    // dispatch as it stands (V511: row passed in)
    redispatch,  // under the dispatch lock: redispatched_row, row save (V340: no save), dispatch
    to_waiting,  // V511: targeted update status := WD where status is still the one read
    fail,        // failed_row, row save, finish handling FAILED
    start,       // workflow instance: start it
    raise,       // upstream throws here: the pass (V511: this check) ends
  } kind = Kind::none;
  std::string result;                     // fail
  std::optional<std::int64_t> run_count;  // V340, redispatch: the count given to dispatch
};

/// One row of any status; `job` is none if its row is gone. Rows of other statuses and fresh rows: none.
CheckStep check_instance(const InstanceInfo& row, const std::optional<JobInfo>& job, WallTime now,
                         const Profile& profile);
CheckStep check_workflow_instance(const WorkflowInstanceInfo& row, bool workflow_exists, WallTime now,
                                  const Profile& profile);

/// WHERE clauses of the three queries: rows older than this (strictly) are looked at.
WallTime waiting_dispatch_before(WallTime now, const Profile& profile);  // expected_trigger_time
WallTime waiting_receive_before(WallTime now, const Profile& profile);   // actual_trigger_time
WallTime running_before(WallTime now, const Profile& profile);           // gmt_modified
WallTime workflow_waiting_before(WallTime now, const Profile& profile);  // expected_trigger_time

InstanceInfo failed_row(InstanceInfo row, const std::string& result, WallTime now);
InstanceInfo redispatched_row(InstanceInfo row, WallTime now);

/// 3.1.3 step 4: whether the clean pass deletes the row.
bool is_expired(const InstanceInfo& row, WallTime now, const Profile& profile);
bool is_expired(const WorkflowInstanceInfo& row, WallTime now, const Profile& profile);

}  // namespace chronofault::powerjob
