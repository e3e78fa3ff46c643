#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class FailoverService final : public Failover {
 public:
  FailoverService(const JobContext& context, JobStorage& storage, Sharding& sharding, Configurations& configurations)
      : context_(context), storage_(storage), sharding_(sharding), configurations_(configurations) {}

  Task<> set_crashed(int item) override;
  Task<> set_crashed_directly(int item) override;
  Task<> failover_if_necessary() override;
  Task<> update_complete(std::vector<int> items) override;
  Task<std::vector<int>> failover_items(std::string instance_id) override;
  Task<std::vector<int>> failovering_items(std::string instance_id) override;
  Task<std::vector<int>> local_failover_items() override;
  Task<std::vector<int>> local_taken_off_items() override;
  Task<> remove_failover_info() override;
  Task<std::map<int, std::string>> all_failovering_items() override;
  Task<> clear_failovering(int item) override;
  /// FailoverLeaderExecutionCallback: what failover_if_necessary() does inside the latch; takes one item.
  Task<> takeover();

 private:
  Task<bool> need_failover();
  /// Items with this id in the node that `of` names, ascending.
  Task<std::vector<int>> items_marked(std::string instance_id, std::string (*of)(int item));

  const JobContext& context_;
  JobStorage& storage_;
  Sharding& sharding_;
  Configurations& configurations_;
};

}  // namespace chronofault::elastic_job
