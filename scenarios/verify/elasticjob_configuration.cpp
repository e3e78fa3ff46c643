#include "elasticjob_configuration.hpp"

#include <array>

namespace chronofault::verify::elasticjob {

namespace {

void read(const json& value, bool& member) { member = value.get<bool>(); }
void read(const json& value, int& member) { member = value.is_null() ? 0 : value.get<int>(); }
void read(const json& value, std::string& member) { member = value.is_null() ? "" : value.get<std::string>(); }
void read(const json& value, std::optional<std::string>& member) { member = text_or_none(value); }
void read(const json& value, std::map<std::string, std::string>& member) {
  member.clear();
  if (!value.is_null()) member = value.get<std::map<std::string, std::string>>();
}
void read(const json& value, std::vector<std::string>& member) {
  member.clear();
  if (!value.is_null()) member = value.get<std::vector<std::string>>();
}

template <class T>
json written(const T& member) {
  return member;
}
json written(const std::optional<std::string>& member) { return member ? json(*member) : json(); }

struct ConfigKey {
  std::string_view name;
  void (*set)(JobConfiguration& c, const json& value);
  json (*get)(const JobConfiguration& c);
};

template <auto Member>
constexpr ConfigKey config_key(std::string_view name) {
  return {name, [](JobConfiguration& c, const json& value) { read(value, c.*Member); },
          [](const JobConfiguration& c) { return written(c.*Member); }};
}

constexpr std::array config_keys{
    config_key<&JobConfiguration::job_name>("jobName"),
    config_key<&JobConfiguration::sharding_total_count>("shardingTotalCount"),
    config_key<&JobConfiguration::cron>("cron"),
    config_key<&JobConfiguration::time_zone>("timeZone"),
    config_key<&JobConfiguration::sharding_item_parameters>("shardingItemParameters"),
    config_key<&JobConfiguration::job_parameter>("jobParameter"),
    config_key<&JobConfiguration::monitor_execution>("monitorExecution"),
    config_key<&JobConfiguration::failover>("failover"),
    config_key<&JobConfiguration::misfire>("misfire"),
    config_key<&JobConfiguration::max_time_diff_seconds>("maxTimeDiffSeconds"),
    config_key<&JobConfiguration::reconcile_interval_minutes>("reconcileIntervalMinutes"),
    config_key<&JobConfiguration::job_sharding_strategy_type>("jobShardingStrategyType"),
    config_key<&JobConfiguration::job_executor_service_handler_type>("jobExecutorServiceHandlerType"),
    config_key<&JobConfiguration::job_error_handler_type>("jobErrorHandlerType"),
    config_key<&JobConfiguration::job_listener_types>("jobListenerTypes"),
    config_key<&JobConfiguration::description>("description"),
    config_key<&JobConfiguration::props>("props"),
    config_key<&JobConfiguration::disabled>("disabled"),
    config_key<&JobConfiguration::overwrite>("overwrite"),
    config_key<&JobConfiguration::label>("label"),
    config_key<&JobConfiguration::static_sharding>("staticSharding"),
};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void set_keys(const Facts& given, JobConfiguration& configuration) {
  for (const ConfigKey& key : config_keys) {
    if (const json* const value = given.find(key.name)) key.set(configuration, *value);
  }
}

bool set_key(std::string_view key, const json& value, JobConfiguration& configuration) {
  for (const ConfigKey& each : config_keys) {
    if (each.name != key) continue;
    each.set(configuration, value);
    return true;
  }
  return false;
}

json keys_of(const JobConfiguration& configuration) {
  json all = json::object();
  for (const ConfigKey& key : config_keys) all[std::string(key.name)] = key.get(configuration);
  return all;
}

std::string config_data(const std::string& text, const Profile& profile) {
  JobConfiguration configuration("test_job", 3);
  const std::size_t equals = text.find('=');
  if (text == "cron") {
    configuration.cron = "0/1 * * * * ?";
  } else if (text.starts_with("yaml") && all_digits(text.substr(4))) {
    configuration.sharding_total_count = std::stoi(text.substr(4));
  } else if (equals != std::string::npos) {
    const std::string value = text.substr(equals + 1);
    const json read = json::parse(value, nullptr, false);
    if (!set_key(text.substr(0, equals), read.is_discarded() ? json(value) : read, configuration)) return text;
  } else if (text != "nocron") {
    return text;
  }
  return to_yaml(configuration, profile);
}

}  // namespace chronofault::verify::elasticjob
