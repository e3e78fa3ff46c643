#pragma once

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

/// Data of an instance's node that makes it run (4.1).
inline constexpr const char* trigger_message = "TRIGGER";

class InstanceService final : public Instances {
 public:
  InstanceService(const JobContext& context, JobStorage& storage, Servers& servers)
      : context_(context), storage_(storage), servers_(servers) {}

  Task<> persist_online() override;
  Task<> remove_instance() override;
  Task<> clear_trigger_flag() override;
  Task<std::vector<JobInstance>> available_instances() override;
  Task<bool> own_instance_exists() override;
  Task<> trigger_all_instances() override;

 private:
  Task<std::optional<JobInstance>> described(std::string id);

  const JobContext& context_;
  JobStorage& storage_;
  Servers& servers_;
};

}  // namespace chronofault::elastic_job
