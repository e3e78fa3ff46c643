#include "operate.hpp"

#include <elastic_job/errors.hpp>
#include <elastic_job/ops_api.hpp>
#include <elastic_job/zookeeper_registry.hpp>

#include "job_book.hpp"
#include "keys.hpp"
#include "messages.hpp"

namespace chronofault::elastic_job {

namespace {

/// The application named, or the first one.
const ProcessEntry* application(const ClusterSpec& cluster, const std::string& name) {
  for (const ProcessEntry& entry : cluster.processes) {
    if (entry.role == "application" && (name.empty() || entry.name == name)) return &entry;
  }
  return nullptr;
}

Task<OperatorResult> start_round(OperatorAction action, const ProcessEntry* entry, Ports* ports) {
  const Address to(entry->ip, port_of(*entry));
  const CallOptions patient(Duration::seconds(5), Duration::seconds(60));
  try {
    Body answer = co_await ports->network.call(to, body_of(ExecuteRequest(action.job)), patient);
    const ExecuteReply* const reply = answer.as<ExecuteReply>();
    if (reply == nullptr) co_return OperatorResult::unknown("unknown answer");
    if (!reply->refused.empty()) co_return OperatorResult::refused(reply->refused);
    co_return OperatorResult::accepted(0, reply->round);
  } catch (const ConnectionRefused&) {
    co_return OperatorResult::refused("connection refused");
  } catch (const ConnectTimeout&) {
    co_return OperatorResult::refused("no answer to the connect");
  } catch (const NetworkError&) {
    co_return OperatorResult::unknown("no answer: the round may have begun");
  }
}

/// The console's edits of a stored configuration.
void apply_edits(JobConfiguration& configuration, const std::map<std::string, Value>& edits) {
  if (const auto cron = text(edits, "cron")) configuration.cron = cron;
  if (const auto count = whole(edits, "shards")) configuration.sharding_total_count = static_cast<int>(*count);
  if (const auto on = yes(edits, key_failover)) configuration.failover = *on;
  if (const auto on = yes(edits, key_monitor)) configuration.monitor_execution = *on;
  if (const auto on = yes(edits, key_misfire)) configuration.misfire = *on;
  if (const auto minutes = whole(edits, key_reconcile)) {
    configuration.reconcile_interval_minutes = static_cast<int>(*minutes);
  }
  if (const auto parameters = text(edits, key_parameters)) configuration.sharding_item_parameters = parameters;
  if (const auto strategy = text(edits, key_strategy)) configuration.job_sharding_strategy_type = strategy;
}

Task<> edit(OpsApi* api, OperatorAction action) {
  std::optional<JobConfiguration> stored = co_await api->job_configuration(action.job);
  if (!stored) throw IllegalArgumentError("no job " + action.job);
  apply_edits(*stored, action.edits);
  co_await api->update_job_configuration(std::move(*stored));
}

Task<> write(OpsApi* api, OperatorAction action, OpsApi::Name ip) {
  const OpsApi::Name job(action.job);
  if (action.verb == "stop") {
    co_await api->shutdown(job, std::move(ip));
  } else if (action.verb == "enable") {
    co_await api->enable(job, std::move(ip));
  } else if (action.verb == "disable") {
    co_await api->disable(job, std::move(ip));
  } else if (action.verb == "edit") {
    co_await edit(api, std::move(action));
  } else {
    throw IllegalArgumentError("elastic-job cannot " + action.verb + " that");
  }
}

}  // namespace

int port_of(const ProcessEntry& entry) { return entry.port != 0 ? entry.port : default_port; }

RegistrySettings registry_settings(const std::map<std::string, Value>& settings, const std::string& zookeeper) {
  RegistrySettings registry;
  registry.server_lists = zookeeper;
  if (const auto name_space = text(settings, key_name_space)) registry.name_space = *name_space;
  const auto span = [&settings](const char* key, Duration& member) {
    if (const auto us = whole(settings, key)) member = Duration::us(*us);
  };
  span(key_session_timeout, registry.session_timeout);
  span(key_connection_timeout, registry.connection_timeout);
  span(key_base_sleep, registry.base_sleep);
  span(key_max_sleep, registry.max_sleep);
  if (const auto retries = whole(settings, key_max_retries)) registry.max_retries = static_cast<int>(*retries);
  return registry;
}

Task<OperatorResult> operate_on(OperatorAction action, const ClusterSpec* cluster, Ports* ports) {
  const ProcessEntry* const entry = application(*cluster, action.via);
  if (entry == nullptr) co_return OperatorResult::refused("no application " + action.via);
  if (action.verb == "run") {
    if (action.delay > Duration()) co_await ports->clock.sleep_for(action.delay);
    co_return co_await start_round(std::move(action), entry, ports);
  }
  const Profile profile = Profile::named(cluster->profile.version, cluster->profile.policies).value_or(Profile());
  ZookeeperRegistry registry(*ports, registry_settings(entry->settings, cluster->zookeeper), profile);
  OpsApi api(registry, profile);
  OpsApi::Name ip;
  if (!action.via.empty()) ip = entry->ip;
  std::string failed;
  bool connected = false;
  try {
    co_await registry.init();
    connected = true;
    co_await write(&api, std::move(action), std::move(ip));
  } catch (const Failure& failure) {
    failed = describe(std::current_exception());
  }
  if (connected) co_await registry.close();
  if (!failed.empty()) co_return OperatorResult::refused(failed);
  co_return OperatorResult::accepted(0, std::nullopt);
}

}  // namespace chronofault::elastic_job
