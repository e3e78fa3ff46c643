// What a run asks of the rest of ElasticJob (elasticjob 7.6): JobFacade, and LiteJobFacade over the services.
#pragma once

#include <memory>
#include <vector>

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>
#include <elastic_job/tracing.hpp>

namespace chronofault::elastic_job {

/// ElasticJobListener.
class JobListener {
 public:
  virtual ~JobListener() = default;
  virtual Task<> before_job_executed(ShardingContexts contexts) = 0;
  virtual Task<> after_job_executed(ShardingContexts contexts) = 0;
};

class JobFacade {
 public:
  virtual ~JobFacade() = default;
  virtual Task<JobConfiguration> load_configuration(bool from_cache) = 0;
  /// Throws JobExecutionEnvironmentError.
  virtual Task<> check_environment() = 0;
  virtual Task<> failover_if_necessary() = 0;
  virtual Task<> register_begin(ShardingContexts contexts) = 0;
  virtual Task<> register_completed(ShardingContexts contexts, std::vector<int> failed) = 0;
  virtual Task<ShardingContexts> sharding_contexts() = 0;
  virtual Task<bool> misfire_if_running(std::vector<int> items) = 0;
  virtual Task<> clear_misfire(std::vector<int> items) = 0;
  virtual Task<bool> is_execute_misfired(std::vector<int> items) = 0;
  virtual Task<bool> is_need_sharding() = 0;
  virtual Task<> before_job_executed(ShardingContexts contexts) = 0;
  virtual Task<> after_job_executed(ShardingContexts contexts) = 0;
  virtual void post(const ExecutionEvent& event) = 0;
  virtual void post(const StatusTrace& trace) = 0;
};

class LiteJobFacade : public JobFacade {
 public:
  struct Services {
    Services(Configurations& configurations, Sharding& sharding, ExecutionContexts& contexts, Execution& execution,
             Failover& failover)
        : configurations(configurations),
          sharding(sharding),
          contexts(contexts),
          execution(execution),
          failover(failover) {}
    Configurations& configurations;
    Sharding& sharding;
    ExecutionContexts& contexts;
    Execution& execution;
    Failover& failover;
  };

  /// `tracing` may be null: no tracing configuration.
  LiteJobFacade(const JobContext& context, Services services, std::vector<JobListener*> listeners, Tracing* tracing)
      : context_(context), services_(services), listeners_(std::move(listeners)), tracing_(tracing) {}

  Task<JobConfiguration> load_configuration(bool from_cache) override;
  Task<> check_environment() override;
  Task<> failover_if_necessary() override;
  Task<> register_begin(ShardingContexts contexts) override;
  Task<> register_completed(ShardingContexts contexts, std::vector<int> failed) override;
  Task<ShardingContexts> sharding_contexts() override;
  Task<bool> misfire_if_running(std::vector<int> items) override;
  Task<> clear_misfire(std::vector<int> items) override;
  Task<bool> is_execute_misfired(std::vector<int> items) override;
  Task<bool> is_need_sharding() override;
  Task<> before_job_executed(ShardingContexts contexts) override;
  Task<> after_job_executed(ShardingContexts contexts) override;
  void post(const ExecutionEvent& event) override;
  void post(const StatusTrace& trace) override;

 protected:
  /// E2 step 2 and the first half of 3: shards if need be, and says what is this instance's.
  virtual Task<std::vector<int>> own_items();

  const JobContext& context_;
  Services services_;

 private:
  std::vector<JobListener*> listeners_;
  Tracing* tracing_;
};

/// SingleShardingJobFacade: with the strategy SINGLE_SHARDING_BALANCE, from 3.0.5 on (7.5).
class SingleShardingJobFacade final : public LiteJobFacade {
 public:
  SingleShardingJobFacade(const JobContext& context, Services services, std::vector<JobListener*> listeners,
                          Tracing* tracing, JobStorage& storage, Instances& instances)
      : LiteJobFacade(context, services, std::move(listeners), tracing), storage_(storage), instances_(instances) {}

  Task<> register_completed(ShardingContexts contexts, std::vector<int> failed) override;

 private:
  Task<std::vector<int>> own_items() override;

  JobStorage& storage_;
  Instances& instances_;
};

}  // namespace chronofault::elastic_job
