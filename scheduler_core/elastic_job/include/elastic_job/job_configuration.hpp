// The configuration of a job, and its YAML form in the node `config` (elasticjob 6.1).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <elastic_job/profile.hpp>

namespace chronofault::elastic_job {

/// Names are upstream's keys. Defaults are those of the builder; from_yaml() says what a missing key means.
struct JobConfiguration {
  JobConfiguration() = default;
  JobConfiguration(std::string job_name, int sharding_total_count)
      : job_name(std::move(job_name)), sharding_total_count(sharding_total_count) {}

  std::string job_name;
  int sharding_total_count = 0;
  std::optional<std::string> cron;
  std::optional<std::string> time_zone;  // 3.0.1
  std::optional<std::string> sharding_item_parameters = "";
  std::optional<std::string> job_parameter = "";
  bool monitor_execution = true;
  bool failover = false;
  bool misfire = true;
  int max_time_diff_seconds = -1;
  int reconcile_interval_minutes = 10;
  std::optional<std::string> job_sharding_strategy_type;
  std::optional<std::string> job_executor_service_handler_type;
  std::optional<std::string> job_error_handler_type;
  std::vector<std::string> job_listener_types;  // 3.0.0
  std::optional<std::string> description = "";
  std::map<std::string, std::string> props;
  bool disabled = false;
  bool overwrite = false;
  std::optional<std::string> label;  // 3.0.0
  bool static_sharding = false;      // 3.0.0

  bool is_cron() const { return cron && !cron->empty(); }
  friend bool operator==(const JobConfiguration&, const JobConfiguration&) = default;
};

/// One that was read: readers share it.
using ConfigurationPtr = std::shared_ptr<const JobConfiguration>;

/// JobConfiguration.Builder.build(): the texts that the builder defaults to "" are never null afterwards. Throws
/// IllegalArgumentError.
JobConfiguration build(JobConfiguration given);

/// YamlEngine.marshal: keys in alphabetical order; nulls and empty collections are left out; no key that the release
/// does not know.
std::string to_yaml(const JobConfiguration& configuration, const Profile& profile);

/// YamlEngine.unmarshal into JobConfigurationPOJO: a missing key is null, 0 or false, maxTimeDiffSeconds -1. Throws
/// JavaError: no YAML, an unknown key, a value of another type; no text at all.
JobConfiguration from_yaml(const std::string& text, const Profile& profile);

/// The same, and toJobConfiguration(): as upstream reads the node `config`. Throws as from_yaml and build.
JobConfiguration load_yaml(const std::string& text, const Profile& profile);

}  // namespace chronofault::elastic_job
