// Instances of jobs: made, run, cancelled, stopped, retried (powerjob 7.5). Who may call what from where is the
// forwarding rule's business (operator_service.hpp).
#pragma once

#include <optional>
#include <string>

#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

/// What a call made: an id, and for runs the expected trigger time of the row.
struct Performed {
  Performed() = default;
  explicit Performed(std::int64_t id, std::optional<WallTime> fire = std::nullopt) : id(id), fire(fire) {}
  std::int64_t id = 0;
  std::optional<WallTime> fire;
};
/// "377049566677042944@1645732813938", the instant in ms; without a fire the id alone.
std::string to_text(const Performed& performed);
std::optional<Performed> parse_performed(const std::string& text);

class InstanceService {
 public:
  explicit InstanceService(ServerContext& server) : server_(server) {}

  /// Inserts a row in WAITING_DISPATCH. `job_params`: of a workflow node; else the job's own.
  Task<InstanceInfo> create(JobInfo job, std::string job_params, std::string instance_params, WallTime expected,
                            std::optional<std::int64_t> wf_instance_id);
  /// Create, then dispatch in this thread or by a timer. The status of the job is not asked.
  Task<Performed> run_job(std::int64_t job_id, std::string params, Duration delay);
  Task<> cancel(std::int64_t instance_id);
  Task<> stop(std::int64_t instance_id);
  Task<> retry(std::int64_t instance_id);
  /// The newest instance of the job: what a console shows on top. Throws Failure when there is none.
  Task<std::int64_t> latest(std::int64_t job_id);

 private:
  Task<InstanceInfo> find(std::int64_t instance_id);
  ServerContext& server_;
};

}  // namespace chronofault::powerjob
