// The calls of consoles and clients, made where they belong (powerjob 7.13): here when the app's row names this server
// or nobody, else at the server that it names, which goes by the same rule. There is no failover when the owner is
// dead, and after a timeout the remote execution may still happen. [V340] only runs are forwarded.
#pragma once

#include <string>

#include <powerjob/server/context.hpp>
#include <powerjob/server/instance_service.hpp>

namespace chronofault::powerjob {

class OperatorService {
 public:
  explicit OperatorService(ServerContext& server) : server_(server) {}
  /// Throws Failure for a refused or unknown call, and what database and network throw.
  Task<Performed> perform(ConsoleAction action);

 private:
  bool is_forwarded(const std::string& method) const;
  Task<Performed> perform_here(ConsoleAction action);
  Task<Performed> save_job(ConsoleAction action);
  Task<Performed> save_workflow(ConsoleAction action);
  Task<> switch_job(std::int64_t job_id, SwitchStatus status);
  Task<> stop_second_level(JobInfo job);
  Task<> switch_workflow(std::int64_t workflow_id, SwitchStatus status);

  ServerContext& server_;
};

}  // namespace chronofault::powerjob
