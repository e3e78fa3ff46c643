#include <elastic_job/errors.hpp>
#include <elastic_job/job_configuration.hpp>
#include <elastic_job/rules/item_parameters.hpp>

#include "yaml.hpp"

namespace chronofault::elastic_job {

// spec: elasticjob 6.1
JobConfiguration build(JobConfiguration given) {
  if (given.job_name.empty()) throw IllegalArgumentError("jobName can not be empty.");
  if (given.sharding_total_count <= 0) throw IllegalArgumentError("shardingTotalCount should larger than zero.");
  if (!given.sharding_item_parameters) given.sharding_item_parameters = "";
  if (!given.job_parameter) given.job_parameter = "";
  if (!given.description) given.description = "";
  return given;
}

std::string to_yaml(const JobConfiguration& c, const Profile& profile) {
  const bool v3 = profile.release >= Release::v3_0_0;
  YamlWriter yaml;
  yaml.text("cron", c.cron);
  yaml.text("description", c.description);
  yaml.boolean("disabled", c.disabled);
  yaml.boolean("failover", c.failover);
  yaml.text("jobErrorHandlerType", c.job_error_handler_type);
  yaml.text("jobExecutorServiceHandlerType", c.job_executor_service_handler_type);
  if (v3) yaml.sequence("jobListenerTypes", c.job_listener_types);
  yaml.text("jobName", std::string_view(c.job_name));
  yaml.text("jobParameter", c.job_parameter);
  yaml.text("jobShardingStrategyType", c.job_sharding_strategy_type);
  if (v3) yaml.text("label", c.label);
  yaml.number("maxTimeDiffSeconds", c.max_time_diff_seconds);
  yaml.boolean("misfire", c.misfire);
  yaml.boolean("monitorExecution", c.monitor_execution);
  yaml.boolean("overwrite", c.overwrite);
  yaml.mapping("props", c.props);
  yaml.number("reconcileIntervalMinutes", c.reconcile_interval_minutes);
  yaml.text("shardingItemParameters", c.sharding_item_parameters);
  yaml.number("shardingTotalCount", c.sharding_total_count);
  if (v3) yaml.boolean("staticSharding", c.static_sharding);
  if (profile.time_zone) yaml.text("timeZone", c.time_zone);
  return yaml.take();
}

namespace {

[[noreturn]] void refuse(const YamlEntry& entry, std::string_view why) {
  std::string message = "Cannot create property=" + entry.key + " for JobConfigurationPOJO: ";
  throw JavaError("YAMLException", message.append(why));
}

/// Sets the members whose keys it knows.
class Setter {
 public:
  explicit Setter(const YamlEntry& entry) : entry_(entry) {}

  void text(std::string_view key, std::optional<std::string>& member) {
    if (matches(key, YamlEntry::Kind::scalar)) member = entry_.scalar;
  }
  void text(std::string_view key, std::string& member) {
    if (matches(key, YamlEntry::Kind::scalar)) member = entry_.scalar.value_or("");
  }
  void boolean(std::string_view key, bool& member) {
    if (!matches(key, YamlEntry::Kind::scalar)) return;
    const std::optional<bool> value = yaml_boolean(entry_.scalar.value_or(""));
    if (!value) refuse(entry_, "no boolean");
    member = *value;
  }
  void number(std::string_view key, int& member) {
    if (!matches(key, YamlEntry::Kind::scalar)) return;
    try {
      member = parse_java_int(entry_.scalar.value_or(""));
    } catch (const JavaError&) {
      refuse(entry_, "no int");
    }
  }
  void mapping(std::string_view key, std::map<std::string, std::string>& member) {
    if (!matches(key, YamlEntry::Kind::mapping)) return;
    for (const auto& [name, value] : entry_.mapping) member.insert_or_assign(name, value.value_or(""));
  }
  void sequence(std::string_view key, std::vector<std::string>& member) {
    if (matches(key, YamlEntry::Kind::sequence)) member = entry_.sequence;
  }
  bool known() const noexcept { return known_; }

 private:
  bool matches(std::string_view key, YamlEntry::Kind kind) {
    if (entry_.key != key) return false;
    known_ = true;
    const bool null = entry_.kind == YamlEntry::Kind::scalar && !entry_.scalar;
    if (null && kind != YamlEntry::Kind::scalar) return false;
    if (entry_.kind != kind) refuse(entry_, "a value of another kind");
    return true;
  }
  const YamlEntry& entry_;
  bool known_ = false;
};

void set(JobConfiguration& c, const YamlEntry& entry, const Profile& profile) {
  Setter setter(entry);
  setter.text("jobName", c.job_name);
  setter.text("cron", c.cron);
  setter.number("shardingTotalCount", c.sharding_total_count);
  setter.text("shardingItemParameters", c.sharding_item_parameters);
  setter.text("jobParameter", c.job_parameter);
  setter.boolean("monitorExecution", c.monitor_execution);
  setter.boolean("failover", c.failover);
  setter.boolean("misfire", c.misfire);
  setter.number("maxTimeDiffSeconds", c.max_time_diff_seconds);
  setter.number("reconcileIntervalMinutes", c.reconcile_interval_minutes);
  setter.text("jobShardingStrategyType", c.job_sharding_strategy_type);
  setter.text("jobExecutorServiceHandlerType", c.job_executor_service_handler_type);
  setter.text("jobErrorHandlerType", c.job_error_handler_type);
  setter.text("description", c.description);
  setter.mapping("props", c.props);
  setter.boolean("disabled", c.disabled);
  setter.boolean("overwrite", c.overwrite);
  if (profile.release >= Release::v3_0_0) {
    setter.sequence("jobListenerTypes", c.job_listener_types);
    setter.text("label", c.label);
    setter.boolean("staticSharding", c.static_sharding);
  }
  if (profile.time_zone) setter.text("timeZone", c.time_zone);
  if (!setter.known()) refuse(entry, "Unable to find property '" + entry.key + "'");
}

}  // namespace

// spec: elasticjob 6.1
JobConfiguration from_yaml(const std::string& text, const Profile& profile) {
  const auto document = parse_yaml(text);
  if (!document) throw JavaError("YAMLException", document.error());
  if (document->empty()) throw JavaError("NullPointerException", "no configuration");
  JobConfiguration c;
  c.sharding_item_parameters.reset();
  c.job_parameter.reset();
  c.description.reset();
  c.monitor_execution = false;
  c.misfire = false;
  c.reconcile_interval_minutes = 0;
  for (const YamlEntry& entry : *document) set(c, entry, profile);
  return c;
}

JobConfiguration load_yaml(const std::string& text, const Profile& profile) { return build(from_yaml(text, profile)); }

}  // namespace chronofault::elastic_job
