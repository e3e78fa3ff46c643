#include "reading.hpp"

namespace chronofault::scenarios {

std::vector<std::string> Reading::zones() const {
  std::vector<std::string> names;
  for (const ZonePlan& zone : plan.zones) names.push_back(zone.name);
  return names;
}

std::vector<std::string> Reading::hosts() const {
  std::vector<std::string> names;
  for (const HostPlan& host : plan.hosts) names.push_back(host.name);
  return names;
}

std::vector<std::string> Reading::processes() const {
  std::vector<std::string> names;
  for (const ProcessEntry& process : plan.cluster.processes) names.push_back(process.name);
  if (plan.database) {
    for (std::string& name : plan.database->processes()) names.push_back(std::move(name));
  }
  if (plan.zookeeper) {
    for (const auto& server : plan.zookeeper->servers) names.push_back(server.name);
  }
  return names;
}

std::vector<std::string> Reading::jobs() const {
  std::vector<std::string> names;
  for (const JobSpec& job : plan.cluster.jobs) names.push_back(job.name);
  return names;
}

std::vector<std::string> Reading::workflows() const {
  std::vector<std::string> names;
  for (const WorkflowSpec& workflow : plan.cluster.workflows) names.push_back(workflow.name);
  return names;
}

std::string Reading::host_of(const std::string& process) const {
  for (const ProcessEntry& entry : plan.cluster.processes) {
    if (entry.name == process) return entry.host;
  }
  if (plan.database) {
    if (plan.database->name == process) return plan.database->host;
    for (const auto& replica : plan.database->replicas) {
      if (replica.name == process) return replica.host;
    }
  }
  if (plan.zookeeper) {
    for (const auto& server : plan.zookeeper->servers) {
      if (server.name == process) return server.host;
    }
  }
  return {};
}

const std::vector<Node>& entries_of(const Node& node, const std::string& what, Problems& problems) {
  if (!node.is_list() && !node.is_null()) problems.add(node.place, what + " is " + described(node), "a list");
  return node.items;
}

std::string label_of(const Node& entry, std::size_t index) {
  const Node* const name = entry.find("name");
  return name != nullptr && name->is_scalar() && is_name(name->text) ? name->text : std::to_string(index + 1);
}

}  // namespace chronofault::scenarios
