// JobRegistry: what a process keeps of its jobs in memory (elasticjob 2.2). One per process; all of it is lost at its
// end.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <elastic_job/rules/job_instance.hpp>
#include <elastic_job/schedule_control.hpp>

namespace chronofault::elastic_job {

class JobRegistry {
 public:
  JobRegistry() = default;
  JobRegistry(const JobRegistry&) = delete;
  JobRegistry& operator=(const JobRegistry&) = delete;

  void register_job(const std::string& job, ScheduleControl& controller) { controllers_[job] = &controller; }
  /// Null: none.
  ScheduleControl* controller(const std::string& job) const;
  void add_instance(const std::string& job, JobInstance instance) { instances_[job] = std::move(instance); }
  /// Null: none.
  const JobInstance* instance(const std::string& job) const;
  /// `forget_cache`: evictCacheData, called by shutdown().
  void register_registry(const std::string& job, std::function<Task<>()> forget_cache);

  bool is_running(const std::string& job) const;
  void set_running(const std::string& job, bool running) { running_[job] = running; }
  int total_count(const std::string& job) const;
  void set_total_count(const std::string& job, int count) { total_counts_[job] = count; }

  /// No controller or no instance.
  bool is_shutdown(const std::string& job) const;
  /// Forgets the controller, shuts it down without waiting, forgets the cache, then the rest (7.15).
  Task<> shutdown(std::string job);

 private:
  std::map<std::string, ScheduleControl*> controllers_;
  std::map<std::string, std::function<Task<>()>> registries_;
  std::map<std::string, JobInstance> instances_;
  std::map<std::string, bool> running_;
  std::map<std::string, int> total_counts_;
};

}  // namespace chronofault::elastic_job
