#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class ExecutionContextService final : public ExecutionContexts {
 public:
  ExecutionContextService(const JobContext& context, JobStorage& storage, Configurations& configurations)
      : context_(context), storage_(storage), configurations_(configurations) {}

  Task<ShardingContexts> sharding_contexts(std::vector<int> items) override;

 private:
  const JobContext& context_;
  JobStorage& storage_;
  Configurations& configurations_;
};

}  // namespace chronofault::elastic_job
