#pragma once

#include <optional>
#include <string>

#include <elastic_job/services.hpp>
#include <elastic_job/storage.hpp>

namespace chronofault::elastic_job {

class ConfigurationService final : public Configurations {
 public:
  ConfigurationService(const JobContext& context, JobStorage& storage) : context_(context), storage_(storage) {}

  Task<ConfigurationPtr> load(bool from_cache) override;
  bool is_cached() const override;
  Task<JobConfiguration> set_up(std::optional<std::string> class_name, JobConfiguration given) override;
  Task<> check_time() override;

 private:
  Task<> check_conflict(std::optional<std::string> class_name);
  ConfigurationPtr read(const std::string& yaml);

  const JobContext& context_;
  JobStorage& storage_;
  // What was read last, and what it says: it is asked for at every event and hardly ever changes.
  std::string read_;
  ConfigurationPtr configuration_;
};

}  // namespace chronofault::elastic_job
