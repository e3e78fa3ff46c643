// What this server did, as domain records: one place that says them. Never changes behaviour; not upstream.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <powerjob/rows.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class Journal {
 public:
  explicit Journal(ServerContext& server) : server_(server) {}

  /// A fire of a job (`run`: its instance) or of a workflow (its workflow instance). `fire` is the row's
  /// expected_trigger_time.
  void job_fire_taken(const JobInfo& job, WallTime fire, std::int64_t run);
  void workflow_fire_taken(const WorkflowInfo& workflow, WallTime fire, std::int64_t run);
  void run_created(const InstanceInfo& row);
  void run_dispatched(const InstanceInfo& row, const std::string& worker);
  /// What the unit does next rests on it.
  void run_unplaced(const InstanceInfo& row, const std::string& why);
  void run_rejected(const InstanceInfo& row, const std::string& why);
  void run_rejected(const WorkflowInstanceInfo& row, const std::string& why);
  /// A terminal status was written; an alarm follows a failure (powerjob 7.7).
  void outcome(const InstanceInfo& row, InstanceStatus status, const std::string& result);
  void outcome(const WorkflowInstanceInfo& row);
  void alarm(const InstanceInfo& row, const std::string& why);
  void alarm(const WorkflowInstanceInfo& row, const std::string& why);
  /// A node's end led to the run of another; the runs of the first nodes say RunCreated alone.
  void workflow_advanced(const WorkflowInstanceInfo& row, std::int64_t job_id, std::int64_t run);
  void ownership_taken(const AppInfo& app);
  /// A pass of a loop ends at once because this server owns no app (powerjob 3.1.1, 3.1.2).
  void owns_nothing(std::string_view loop);
  void member_seen(const std::string& app, const std::string& worker);
  void member_lost(const std::string& app, const std::string& worker, const std::string& why);

 private:
  Event of_instance(EventKind kind, const InstanceInfo& row) const;
  ServerContext& server_;
};

}  // namespace chronofault::powerjob
