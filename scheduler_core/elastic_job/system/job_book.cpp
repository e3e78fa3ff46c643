#include "job_book.hpp"

#include <algorithm>

#include <elastic_job/errors.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <triggers/cron.hpp>

#include "keys.hpp"

namespace chronofault::elastic_job {

namespace {

template <class T>
std::optional<T> value_of(const std::map<std::string, Value>& values, const char* key) {
  const auto found = values.find(key);
  const T* const given = found == values.end() ? nullptr : std::get_if<T>(&found->second);
  if (given == nullptr) return std::nullopt;
  return *given;
}

template <class T>
void take(const std::optional<T>& value, T& member) {
  if (value) member = *value;
}
void take(const std::optional<std::int64_t>& value, int& member) {
  if (value) member = static_cast<int>(*value);
}
void take_text(const std::optional<std::string>& value, std::optional<std::string>& member) {
  if (value) member = value;
}

/// What upstream refuses when the job is built, scheduled or sharded, with its reason. `key` gets what is being looked
/// at.
void check(const JobConfiguration& configuration, const Profile& profile, std::string& key) {
  key = "shards";
  (void)build(configuration);
  const auto native = [&key](const char* name) { key = std::string("native/") + name; };
  native(key_parameters);
  (void)parse_item_parameters(configuration.sharding_item_parameters.value_or(""));
  native(key_strategy);
  (void)sharding_strategy(configuration.job_sharding_strategy_type, profile);
  native(key_error_handler);
  (void)error_handler(configuration.job_error_handler_type, profile);
  native(key_pool);
  (void)executor_service_handler(configuration.job_executor_service_handler_type);
  native(key_time_zone);
  if (configuration.time_zone && !configuration.time_zone->empty() && !configuration.time_zone->starts_with("GMT")) {
    throw IllegalArgumentError("Invalid time zone specification '" + *configuration.time_zone + "'.");
  }
  if (!configuration.is_cron()) return;
  key = "cron";
  const auto parsed = triggers::CronExpression::parse(*configuration.cron, triggers::CronDialect::quartz);
  if (!parsed) {
    throw JavaError("RuntimeException",
                    "CronExpression '" + *configuration.cron + "' is invalid.: " + parsed.error().message);
  }
}

}  // namespace

std::optional<std::int64_t> whole(const std::map<std::string, Value>& values, const char* key) {
  return value_of<std::int64_t>(values, key);
}
std::optional<bool> yes(const std::map<std::string, Value>& values, const char* key) {
  return value_of<bool>(values, key);
}
std::optional<std::string> text(const std::map<std::string, Value>& values, const char* key) {
  return value_of<std::string>(values, key);
}

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> items;
  std::string item;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!item.empty()) items.push_back(std::move(item));
      item.clear();
    } else if (c != ' ') {
      item += c;
    }
  }
  return items;
}

JobDefinitions::JobDefinitions(const ClusterSpec& cluster) {
  auto named = Profile::named(cluster.profile.version, cluster.profile.policies);
  if (named) {
    profile = *named;
  } else {
    problems.emplace_back(named.error());
  }
  for (const JobSpec& spec : cluster.jobs) add(spec);
}

const JobDefinition* JobDefinitions::find(const std::string& job) const {
  const auto found = definitions_.find(job);
  return found == definitions_.end() ? nullptr : &found->second;
}

// spec: elasticjob 6.1
void JobDefinitions::add(const JobSpec& spec) {
  JobDefinition definition;
  JobConfiguration& c = definition.configuration;
  c.job_name = spec.name;
  c.sharding_total_count = spec.shards;
  c.disabled = !spec.enabled;
  if (spec.schedule.kind == ScheduleKind::cron) c.cron = spec.schedule.cron;
  const auto& native = spec.native;
  take_text(text(native, key_parameters), c.sharding_item_parameters);
  take_text(text(native, key_job_parameter), c.job_parameter);
  take_text(text(native, key_strategy), c.job_sharding_strategy_type);
  take_text(text(native, key_pool), c.job_executor_service_handler_type);
  take_text(text(native, key_error_handler), c.job_error_handler_type);
  take_text(text(native, key_description), c.description);
  take_text(text(native, key_time_zone), c.time_zone);
  take_text(text(native, key_label), c.label);
  take(yes(native, key_monitor), c.monitor_execution);
  take(yes(native, key_failover), c.failover);
  take(yes(native, key_misfire), c.misfire);
  take(yes(native, key_overwrite), c.overwrite);
  take(yes(native, key_static), c.static_sharding);
  take(whole(native, key_time_diff), c.max_time_diff_seconds);
  take(whole(native, key_reconcile), c.reconcile_interval_minutes);
  definition.class_name = text(native, key_class).value_or("com.example." + spec.name);
  if (yes(native, key_distribute_once).value_or(false)) {
    DistributeOnceListener::Settings barrier;
    barrier.started_timeout_ms = Duration::us(whole(native, key_started_timeout).value_or(0)).count_ms();
    barrier.completed_timeout_ms = Duration::us(whole(native, key_completed_timeout).value_or(0)).count_ms();
    definition.distribute_once = std::move(barrier);
  }
  std::string key;
  try {
    check(c, profile, key);
  } catch (const Failure& failure) {
    problems.emplace_back("jobs", spec.name, key,
                          "job " + spec.name + ": " + std::string(failure.type) + ": " + failure.message);
  }
  names_.push_back(spec.name);
  definitions_.insert_or_assign(spec.name, std::move(definition));
}

}  // namespace chronofault::elastic_job
