// The program of one node (quartz 1): a scheduler over the shared tables, whose jobs run the scenario's work.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <quartz/database_store.hpp>
#include <quartz/scheduler.hpp>

namespace chronofault::quartz {

struct NodeConfig {
  NodeConfig() = default;
  DatabaseStoreOptions store;   // without an instance id
  SchedulerSettings scheduler;  // likewise
  bool id_is_host_name = false;
  bool wait_for_jobs = false;
  int connections = 10;
  std::vector<JobSpec> jobs;
  /// Whichever node starts first stores what is declared.
  std::shared_ptr<bool> declared;
};

class Node final : public Program {
 public:
  Node(Ports& ports, NodeConfig config);
  ~Node() override;
  Task<> main() override;

 private:
  class Store;
  std::string instance_id() const;
  void make_scheduler();
  Task<bool> start();
  Task<> stop();
  Task<> declare();
  Task<> store_job(const JobSpec* spec);
  Task<> work(JobExecution* execution);
  Event about(EventKind kind, const std::string& job, const std::string& fire_instance_id) const;

  Ports& ports_;
  NodeConfig config_;
  JobClasses classes_;
  std::map<std::string, bool> results_;  // of runs that have ended and are not stored, by fire instance id
  bool stopping_ = false;
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace chronofault::quartz
