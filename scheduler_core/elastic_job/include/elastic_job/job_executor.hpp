// ElasticJobExecutor: one run (elasticjob 7.6), on the job's only Quartz worker.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <elastic_job/error_handler.hpp>
#include <elastic_job/job_facade.hpp>
#include <elastic_job/journal.hpp>
#include <ports/random.hpp>
#include <ports/task/pool.hpp>

namespace chronofault::elastic_job {

/// ShardingContext: what user code is told of its item.
struct ShardingContext {
  ShardingContext() = default;
  std::string job;
  std::string task_id;
  int total = 0;
  std::string job_parameter;
  int item = 0;
  std::optional<std::string> item_parameter;
  ExecutionSource source = ExecutionSource::normal_trigger;  // for the record alone, as is `fire`
  std::optional<WallTime> fire;
};

/// JobItemExecutor together with the user's job.
class ItemExecutor {
 public:
  virtual ~ItemExecutor() = default;
  /// `configuration`: the one that the executor uses (7.1 step 1). What it throws is the item's failure.
  virtual Task<> process(const JobConfiguration& configuration, JobFacade& facade, ShardingContext context) = 0;
};

class JobExecutor {
 public:
  struct Settings {
    Settings(Executor& executor, Clock& clock, RandomStream& draws, int processors)
        : executor(executor), clock(clock), draws(draws), processors(processors) {}
    Executor& executor;
    Clock& clock;
    RandomStream& draws;  // ids of execution records
    int processors;
  };

  /// `given`: the configuration with which the job was built. `journal` may be null. Throws JobConfigurationError: it
  /// names an error handler or a pool that there is not.
  JobExecutor(JobConfiguration given, const Profile& profile, JobFacade& facade, ItemExecutor& items, Settings settings,
              Journal* journal);
  ~JobExecutor();

  /// `fire`: the trigger's time, for the record.
  Task<> execute(std::optional<WallTime> fire);
  /// A trigger time was missed: for the record of the MISFIRE execution that makes up for it.
  void note_missed(WallTime fire) { missed_ = fire; }
  /// Queued items still run, new ones do not; from 3.0.5 on nothing that is queued does (7.15).
  void shutdown();
  /// The pool of the present configuration. Valid until the next execute().
  ThreadPool& pool() noexcept { return *pool_; }

 private:
  struct Round;
  Task<> reload();
  Task<> execute(std::shared_ptr<Round> round, ExecutionSource source);
  Task<> process(std::shared_ptr<Round> round, ExecutionSource source);
  Task<> process_in_pool(std::shared_ptr<Round> round, ExecutionSource source, int item,
                         std::shared_ptr<Latch> all_ended);
  Task<> process_item(std::shared_ptr<Round> round, ExecutionSource source, int item);
  void use(JobConfiguration configuration);
  std::string errors() const;

  const Profile& profile_;
  JobFacade& facade_;
  ItemExecutor& items_;
  Settings settings_;
  Journal* journal_;
  JobConfiguration configuration_;
  ErrorHandler handler_ = ErrorHandler::log;
  ExecutorServiceHandler pool_kind_ = ExecutorServiceHandler::cpu;
  std::optional<WallTime> missed_;
  std::map<int, std::string> item_errors_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<std::unique_ptr<ThreadPool>> old_pools_;
};

}  // namespace chronofault::elastic_job
