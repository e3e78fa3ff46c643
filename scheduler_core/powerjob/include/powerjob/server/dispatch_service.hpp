// Sends an instance to a worker, or fails it (powerjob 7.4). Nothing here asks whether this server owns the app, except
// under the policy `owner-check`, which is not upstream (9.1).
#pragma once

#include <optional>
#include <string>

#include <powerjob/rules/dispatch.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class DispatchService {
 public:
  enum class Outcome {
    done,
    left_waiting,  // V511: all workers overloaded; owner-check: not mine
  };

  explicit DispatchService(ServerContext& server) : server_(server) {}

  /// `job`: the row to dispatch with; id 0: missing. `run_count`: V340's given count. `row`: V511's check pass hands in
  /// the row that it read. Throws what the database throws, and Failure when the instance's row is gone.
  Task<Outcome> dispatch(JobInfo job, std::int64_t instance_id, std::int64_t run_count,
                         std::optional<InstanceInfo> row = std::nullopt);
  /// Of a timer: the same, after the policy owner-check has had its say.
  Task<> dispatch_by_timer(JobInfo job, std::int64_t instance_id);
  /// WD by row save (V340: not written), then dispatch; one lock around both.
  Task<> redispatch(JobInfo job, InstanceInfo row, std::int64_t run_count);

  /// owner-check: false if the app row names another server. Reads nothing without the policy.
  Task<bool> may_act_for(std::int64_t app_id);

 private:
  Task<Outcome> dispatch_locked(JobInfo job, std::int64_t instance_id, std::int64_t run_count,
                                std::optional<InstanceInfo> row);
  Task<Outcome> without_worker(JobInfo job, InstanceInfo row, WallTime entered, bool all_overloaded);
  Task<> fail(InstanceInfo row, InstanceUpdate update);
  void send_run_request(const JobInfo& job, const InstanceInfo& row, const std::vector<WorkerInfo>& workers,
                        const WorkerInfo& tracker);

  ServerContext& server_;
};

}  // namespace chronofault::powerjob
