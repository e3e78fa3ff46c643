// One job in one process: upstream's JobScheduler with its bootstrap (elasticjob 7.1, 7.10, 7.15). It is built once,
// and lives to the end of the process: its listeners and a run in progress may outlast its shutdown.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <elastic_job/distribute_once.hpp>
#include <elastic_job/host/job_host.hpp>
#include <elastic_job/job_configuration.hpp>
#include <elastic_job/job_executor.hpp>

namespace chronofault::elastic_job {

/// What an application gives to the constructor of a bootstrap.
struct JobDefinition {
  JobDefinition() = default;
  JobConfiguration configuration;
  std::string class_name;
  /// A distribute-once listener; none: the job has no listeners.
  std::optional<DistributeOnceListener::Settings> distribute_once;
};

class Job {
 public:
  /// `items` outlives the process's tasks. Throws JobConfigurationError, IllegalArgumentError.
  Job(JobHost& host, JobDefinition definition, ItemExecutor& items);
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job();

  /// The rest of the constructor, up to the start of the reconcile thread. Throws what upstream's throws.
  Task<> build();
  /// ScheduleJobBootstrap.schedule(). Throws IllegalArgumentError, JobSystemError, JavaError.
  Task<> schedule();
  /// OneOffJobBootstrap.execute(): the trigger time of the round that begins. Throws IllegalArgumentError.
  Task<WallTime> execute();
  /// The same without a look at the cron expression: what the console's trigger does.
  Task<WallTime> trigger_all();
  /// JobBootstrap.shutdown().
  Task<> shutdown();

  const std::string& name() const noexcept;
  const JobConfiguration& accepted() const noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace chronofault::elastic_job
