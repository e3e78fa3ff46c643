// JobRegistry: what a process keeps of its jobs in memory (elasticjob 2.2). One per process; all of it is lost at its
// end.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <elastic_job/rules/job_instance.hpp>
#include <elastic_job/schedule_control.hpp>

namespace chronofault::elastic_job {

class JobRegistry {
 public:
  /// What is known of one job.
  struct Known {
    Known() = default;
    ScheduleControl* controller = nullptr;
    std::function<Task<>()> forget_cache;
    std::optional<JobInstance> instance;
    bool running = false;
    int total_count = 0;
    /// No controller or no instance.
    bool is_shutdown() const noexcept { return controller == nullptr || !instance; }
  };

  JobRegistry() = default;
  JobRegistry(const JobRegistry&) = delete;
  JobRegistry& operator=(const JobRegistry&) = delete;

  void register_job(const std::string& job, ScheduleControl& controller) { jobs_[job].controller = &controller; }
  /// Null: none.
  ScheduleControl* controller(const std::string& job) const;
  void add_instance(const std::string& job, JobInstance instance) { jobs_[job].instance = std::move(instance); }
  /// Null: none.
  const JobInstance* instance(const std::string& job) const;
  /// `forget_cache`: evictCacheData, called by shutdown().
  void register_registry(const std::string& job, std::function<Task<>()> forget_cache);

  bool is_running(const std::string& job) const;
  void set_running(const std::string& job, bool running) { jobs_[job].running = running; }
  int total_count(const std::string& job) const;
  void set_total_count(const std::string& job, int count) { jobs_[job].total_count = count; }

  bool is_shutdown(const std::string& job) const;
  /// Forgets the controller, shuts it down without waiting, forgets the cache, then the rest (7.15).
  Task<> shutdown(std::string job);

  /// All of the above, now and later: it stays where it is.
  const Known& known(const std::string& job) { return jobs_[job]; }

 private:
  const Known* find(const std::string& job) const;

  std::map<std::string, Known> jobs_;
};

}  // namespace chronofault::elastic_job
