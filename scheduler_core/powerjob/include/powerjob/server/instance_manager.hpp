// What becomes of an instance after its dispatch (powerjob 4.2, 7.7): TaskTrackers' reports, and the end.
#pragma once

#include <powerjob/rules/status_report.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class InstanceManager {
 public:
  explicit InstanceManager(ServerContext& server) : server_(server) {}

  /// M4. Throws Failure when the instance's job cannot be loaded, and what the database throws.
  Task<> on_report(StatusReport report);
  /// Finish handling (7.7): moves the workflow in the same thread, raises the alarm of a failure, forgets the snapshot.
  /// Not guarded against repetition. The synchronisation of logs 60 s later has no effect on scheduling and is left
  /// out.
  Task<> finished(InstanceInfo row, InstanceStatus status, std::string result);
  /// M11 to the recorded TaskTracker, if that worker is known here.
  void stop_tracker(const InstanceInfo& row);

 private:
  Task<> retry_by_timer(JobInfo job, InstanceInfo row);
  ServerContext& server_;
};

}  // namespace chronofault::powerjob
