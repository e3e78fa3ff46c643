// What a TaskTracker's report does to an instance (powerjob 4.2 step 2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>
#include <powerjob/rules/dispatch.hpp>

namespace chronofault::powerjob {

/// M4, TaskTrackerReportInstanceStatusReq. Times in ms of the worker's clock.
struct StatusReport {
  StatusReport() = default;
  std::int64_t app_id = 0;
  std::int64_t job_id = 0;
  std::int64_t instance_id = 0;
  std::optional<std::int64_t> wf_instance_id;
  std::map<std::string, std::string> appended_wf_context;
  InstanceStatus status = InstanceStatus::running;
  std::string result;
  std::int64_t total_task_num = 0;
  std::int64_t succeed_task_num = 0;
  std::int64_t failed_task_num = 0;
  std::int64_t start_time = 0;
  std::int64_t report_time = 0;
  std::optional<std::int64_t> end_time;  // V511
  std::string source_address;
  bool need_alert = false;
  std::string alert_content;
};

struct ReportStep {
  ReportStep() = default;
  enum class Kind {
    stale,      // reportTime <= last_report_time: dropped
    foreign,    // another TaskTracker than the recorded one: dropped
    stop_only,  // second-level job in a FAILED row: stop the tracker, write nothing
    save,       // row save of `row`
    update,     // V511: targeted `update`; no row matched: the report is discarded
  } kind = Kind::stale;
  InstanceInfo row;        // as it is afterwards, in memory
  InstanceUpdate update;   // update
  bool send_stop = false;  // M11 to the recorded address if that worker is known here
  bool finished = false;   // finish handling (7.7) with `row`'s status and result
  bool alarm = false;
  std::optional<Duration> retry_after;  // V340: redispatch by a timer of the inaccurate wheel

  bool accepted() const { return kind == Kind::save || kind == Kind::update; }
};

/// `row` as read (V511: after the re-read that needs_reread asks for). `now` is the server's clock.
ReportStep report_step(InstanceInfo row, const JobInfo& job, const StatusReport& report, WallTime now,
                       const Profile& profile);

/// 4.2c: read the row again after empty_address_reread_wait.
bool needs_reread(const InstanceInfo& row, const Profile& profile);

/// 4.2 step 3: is there an answer at all; `failed`: handling threw.
enum class ReportReply { none, success, failure };
ReportReply report_reply(InstanceStatus reported, bool failed, const Profile& profile);

}  // namespace chronofault::powerjob
