// DataflowJobExecutor (elasticjob 7.6): fetch and process, once or as long as there is data.
#pragma once

#include <elastic_job/job_executor.hpp>

namespace chronofault::elastic_job {

class DataflowJob {
 public:
  virtual ~DataflowJob() = default;
  virtual Task<std::vector<std::string>> fetch_data(ShardingContext context) = 0;
  virtual Task<> process_data(ShardingContext context, std::vector<std::string> data) = 0;
};

/// Boolean.parseBoolean(props["streaming.process"]).
bool is_streaming(const JobConfiguration& configuration);

class DataflowExecutor final : public ItemExecutor {
 public:
  explicit DataflowExecutor(DataflowJob& job) : job_(job) {}
  Task<> process(const JobConfiguration& configuration, JobFacade& facade, ShardingContext context) override;

 private:
  DataflowJob& job_;
};

}  // namespace chronofault::elastic_job
