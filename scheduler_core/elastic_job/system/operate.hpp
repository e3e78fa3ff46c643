// The operator's actions: rounds are started at an application, the rest is what the console writes (elasticjob 7.16).
#pragma once

#include <ports/system.hpp>

namespace chronofault::elastic_job {

Task<OperatorResult> operate_on(OperatorAction action, const ClusterSpec* cluster, Ports* ports);

/// Of an application's endpoint.
int port_of(const ProcessEntry& entry);

/// Of an application's entry, or of the defaults; also for the console.
struct RegistrySettings;
RegistrySettings registry_settings(const std::map<std::string, Value>& settings, const std::string& zookeeper);

}  // namespace chronofault::elastic_job
