// What the parts of one server share: ports, profile, settings, tables, threads, and each other.
#pragma once

#include <map>
#include <string>

#include <ports/system.hpp>
#include <powerjob/exception.hpp>
#include <powerjob/messages.hpp>
#include <powerjob/millis.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/tables.hpp>

namespace chronofault::powerjob {

/// Names of rows by their ids, for domain records: what the scenario calls them. Not upstream.
struct Names {
  Names() = default;
  std::map<std::int64_t, std::string> apps;
  std::map<std::int64_t, std::string> jobs;
  std::map<std::int64_t, std::string> workflows;
  std::string app(std::int64_t id) const { return name(apps, id); }
  std::string job(std::int64_t id) const { return name(jobs, id); }
  std::string workflow(std::int64_t id) const { return name(workflows, id); }

 private:
  static std::string name(const std::map<std::int64_t, std::string>& names, std::int64_t id) {
    const auto found = names.find(id);
    return found == names.end() ? std::to_string(id) : found->second;
  }
};

/// Settings of one server with upstream's keys and defaults.
struct ServerConfig {
  ServerConfig() = default;
  Profile profile;                 // with the settings below already in it
  int actor_port = 10086;          // oms.akka.port
  int http_port = 7700;            // server.port
  int metadata_cache_size = 2048;  // oms.instance.metadata.cache.size
  int pool_maximum = 20;           // spring.datasource.core.hikari.maximum-pool-size
  int pool_minimum_idle = 5;       // spring.datasource.core.hikari.minimum-idle
  std::string protocol = "AKKA";   // of the actor address
  Names names;
  std::vector<std::int64_t> declared_jobs;  // whose first trigger this server computes; empty in all but one
  std::vector<std::int64_t> declared_workflows;
};

class CleanService;
class ClusterStatus;
class DiscoveryService;
class DispatchService;
class IdService;
class InstanceManager;
class InstanceService;
class Journal;
class LocalLocks;
class LockService;
class MetadataCache;
class OperatorService;
class TimerService;
class WorkflowInstanceManager;

class ServerContext {
 public:
  ServerContext(Ports& ports, ServerConfig config)
      : ports(ports),
        config(std::move(config)),
        profile(this->config.profile),
        address(to_string(Address(ports.host.ip(), this->config.actor_port))),
        http_address(to_string(Address(ports.host.ip(), this->config.http_port))),
        tables(ports.database),
        threads(ports.executor) {}
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  /// System.currentTimeMillis().
  WallTime now() const { return millis(ports.clock.wall()); }
  int cores() const { return ports.host.metrics().cores; }
  RandomStream& draws(std::string_view name) const { return ports.random.stream(name); }
  /// Ids of the apps whose row names this server, in order (powerjob 3.1.1 step 1). Throws what the database throws.
  Task<std::vector<std::int64_t>> owned_apps();

  Ports& ports;
  const ServerConfig config;
  const Profile& profile;
  const std::string address;  // "ip:10086": what app_info.current_server holds
  const std::string http_address;
  Tables tables;
  Scope threads;

  // The parts; set once, by Server.
  Journal* journal = nullptr;
  LockService* locks = nullptr;
  LocalLocks* local_locks = nullptr;
  IdService* ids = nullptr;
  ClusterStatus* cluster = nullptr;
  MetadataCache* metadata = nullptr;
  TimerService* timers = nullptr;
  DiscoveryService* discovery = nullptr;
  DispatchService* dispatch = nullptr;
  InstanceService* instances = nullptr;
  InstanceManager* instance_manager = nullptr;
  WorkflowInstanceManager* workflows = nullptr;
  OperatorService* operators = nullptr;
};

}  // namespace chronofault::powerjob
