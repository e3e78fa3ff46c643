// User code of jobs: the world's work, with the client API that it may call.
#pragma once

#include <string>

#include <elastic_job/job_executor.hpp>
#include <ports/work.hpp>

namespace chronofault::elastic_job {

/// What an application lets its work do.
class WorkApi {
 public:
  /// The one-off job, unless this process has built it already; who comes meanwhile waits. Throws what building threw.
  virtual Task<> build(std::string job) = 0;
  /// OneOffJobBootstrap.execute(): the time of the round.
  virtual Task<WallTime> execute(std::string job) = 0;
  /// Until all items of the job's newest round have been run.
  virtual Task<> wait_for(std::string job) = 0;

 protected:
  ~WorkApi() = default;
};

class WorkItems final : public ItemExecutor {
 public:
  WorkItems(Work& work, WorkApi& api) : work_(work), api_(api) {}
  /// Throws UserError: the work failed.
  Task<> process(const JobConfiguration& configuration, JobFacade& facade, ShardingContext context) override;

 private:
  Task<WorkAnswer> call(std::string verb, std::string argument);

  Work& work_;
  WorkApi& api_;
};

}  // namespace chronofault::elastic_job
