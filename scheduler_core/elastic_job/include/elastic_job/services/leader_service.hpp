#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class LeaderService final : public Leader {
 public:
  LeaderService(const JobContext& context, JobStorage& storage, Servers& servers)
      : context_(context), storage_(storage), servers_(servers) {}

  Task<> elect() override;
  Task<bool> is_leader() override;
  bool is_cached() const override;
  Task<bool> has_leader() override;
  Task<bool> is_leader_until_block() override;
  Task<> remove_leader() override;
  /// LeaderElectionExecutionCallback: what elect() does inside the latch.
  Task<> become_leader_if_none();

 private:
  const JobContext& context_;
  JobStorage& storage_;
  Servers& servers_;
};

}  // namespace chronofault::elastic_job
