#include <set>

#include <elastic_job/rules/task_context.hpp>
#include <elastic_job/services/server_service.hpp>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

// spec: elasticjob 7.1 step 8
Task<> ServerService::persist_online(bool enabled) {
  if (context_.is_shutdown()) co_return;
  std::string own = node::server(context_.own().ip);
  std::string status = enabled ? server_enabled : server_disabled;
  co_await storage_.persist(std::move(own), std::move(status));
}

// spec: elasticjob 7.2 hasAvailableServers
Task<bool> ServerService::has_available_servers() {
  const std::vector<std::string> servers = co_await storage_.children(node::servers);
  for (const std::string& ip : servers) {
    const bool available = co_await is_available_server(ip);
    if (available) co_return true;
  }
  co_return false;
}

// spec: elasticjob 7.2 isAvailableServer: a prefix test, so that 10.0.0.1 is online where 10.0.0.12 is.
Task<bool> ServerService::is_available_server(std::string ip) {
  const bool enabled = co_await is_enable_server(ip);
  if (!enabled) co_return false;
  const std::vector<std::string> instances = co_await storage_.children(node::instances);
  for (const std::string& id : instances) {
    if (id.starts_with(ip)) co_return true;
  }
  co_return false;
}

// spec: elasticjob 7.2 isEnableServer
Task<bool> ServerService::is_enable_server(std::string ip) {
  constexpr int waits_max = 10;
  const std::string server = node::server(ip);
  Text status;
  if (const Text* const cached = storage_.cached(server)) {
    status = *cached;
  } else {
    status = co_await storage_.get(server);
  }
  for (int waits = 0; !status || status->empty(); ++waits) {
    if (context_.profile.enabled_means_enabled && waits == waits_max) break;
    co_await sleep_quietly(&context_.clock, short_wait);
    status = co_await storage_.get(server);
  }
  if (context_.profile.enabled_means_enabled) co_return status == server_enabled;
  co_return status != server_disabled;
}

// spec: elasticjob 11 `servers` clean-up
Task<> ServerService::remove_offline_servers() {
  if (context_.profile.offline_servers == Profile::OfflineServers::stay) co_return;
  const std::vector<std::string> instances = co_await storage_.children(node::instances);
  std::set<std::string> online;
  for (const std::string& id : instances) online.insert(ip_of(id));
  if (online.empty()) co_return;
  const std::vector<std::string> servers = co_await storage_.children(node::servers);
  for (const std::string& ip : servers) {
    if (online.contains(ip)) continue;
    const Text status = co_await storage_.get(node::server(ip));
    const bool blank = !status || status->find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank != (context_.profile.offline_servers == Profile::OfflineServers::blank_removed)) continue;
    co_await storage_.remove_if_exists(node::server(ip));
  }
}

}  // namespace chronofault::elastic_job
