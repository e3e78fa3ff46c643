// Who runs which items (elasticjob 7.3, 7.4). There is no term and no fencing: a leader that stood still goes on where
// it was, whatever has become of the tree meanwhile.
#pragma once

#include <elastic_job/journal.hpp>
#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class ShardingService final : public Sharding {
 public:
  struct Others {
    Others(Leader& leader, Configurations& configurations, Instances& instances, Servers& servers, Execution& execution)
        : leader(leader),
          configurations(configurations),
          instances(instances),
          servers(servers),
          execution(execution) {}
    Leader& leader;
    Configurations& configurations;
    Instances& instances;
    Servers& servers;
    Execution& execution;
  };

  /// `journal` may be null.
  ShardingService(const JobContext& context, JobStorage& storage, Others others, Journal* journal)
      : context_(context), storage_(storage), others_(others), journal_(journal) {}

  Task<> set_resharding_flag() override;
  Task<bool> is_need_sharding() override;
  Task<> sharding_if_necessary() override;
  Task<std::vector<int>> sharding_items(std::string instance_id) override;
  Task<std::vector<int>> local_sharding_items() override;
  Task<std::vector<int>> crashed_items(std::string instance_id) override;
  Task<bool> has_offline_owner() override;
  Task<bool> is_static_and_sharded() override;

 private:
  Task<> block_until_sharded();
  Task<> reset_sharding_info(int total);

  const JobContext& context_;
  JobStorage& storage_;
  Others others_;
  Journal* journal_;
};

}  // namespace chronofault::elastic_job
