#include <cstdlib>

#include <elastic_job/errors.hpp>
#include <elastic_job/services/configuration_service.hpp>

namespace chronofault::elastic_job {

Task<ConfigurationPtr> ConfigurationService::load(bool from_cache) {
  if (from_cache) {
    const Text* const cached = storage_.cached(node::config);
    if (cached != nullptr && *cached) co_return read(**cached);
  }
  Text text;
  if (from_cache) text = co_await storage_.get(node::config);
  if (!text) text = co_await storage_.get_direct(node::config);
  if (!text) throw JavaError("NullPointerException", "no configuration of " + context_.job);
  co_return read(*text);
}

bool ConfigurationService::is_cached() const {
  const Text* const cached = storage_.cached(node::config);
  return cached != nullptr && *cached;
}

ConfigurationPtr ConfigurationService::read(const std::string& yaml) {
  if (!configuration_ || read_ != yaml) {
    configuration_ = std::make_shared<const JobConfiguration>(load_yaml(yaml, context_.profile));
    read_ = yaml;
  }
  return configuration_;
}

// spec: elasticjob 7.1 step 3
Task<JobConfiguration> ConfigurationService::set_up(std::optional<std::string> class_name, JobConfiguration given) {
  co_await check_conflict(class_name);
  const bool there = co_await storage_.exists(node::config);
  if (there && !given.overwrite) {
    const ConfigurationPtr accepted = co_await load(false);
    co_return *accepted;
  }
  std::string yaml = to_yaml(given, context_.profile);
  co_await storage_.persist(node::config, std::move(yaml));
  co_await storage_.persist_root(class_name.value_or(""));
  co_return given;
}

// spec: elasticjob 7.1 step 2
Task<> ConfigurationService::check_conflict(std::optional<std::string> class_name) {
  const bool there = co_await storage_.root_exists();
  if (!there) co_return;
  const Text original = co_await storage_.root_data();
  if (!original || original == class_name) co_return;
  if (original->empty() && context_.profile.empty_class_name_is_no_conflict) co_return;
  std::string message = "Job conflict with register center. The job '" + context_.job;
  message.append("' in register center's class is '").append(*original).append("', your job class is '");
  throw JobConfigurationError(message.append(class_name.value_or("null")).append("'"));
}

// spec: elasticjob 7.6 E1
Task<> ConfigurationService::check_time() {
  const ConfigurationPtr configuration = co_await load(true);
  const int max = configuration->max_time_diff_seconds;
  if (max == -1 || (max < 0 && context_.profile.any_negative_time_diff_is_off)) co_return;
  const std::int64_t now = context_.now_ms();
  const std::int64_t there = co_await storage_.registry_time();
  const std::int64_t difference = std::abs(now - there);
  if (difference <= std::int64_t{max} * 1'000) co_return;
  throw JobExecutionEnvironmentError("Time different between job server and register center exceed '" +
                                     std::to_string(difference / 1'000) + "' seconds, max time different is '" +
                                     std::to_string(max) + "' seconds.");
}

}  // namespace chronofault::elastic_job
