#include <algorithm>

#include <elastic_job/errors.hpp>
#include <elastic_job/ops_api.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/rules/job_paths.hpp>
#include <elastic_job/rules/task_context.hpp>
#include <elastic_job/services/instance_service.hpp>
#include <elastic_job/services/server_service.hpp>

namespace chronofault::elastic_job {

namespace {

void check_named(const OpsApi::Name& job, const OpsApi::Name& ip) {
  if (!job && !ip) throw IllegalArgumentError("At least indicate jobName or serverIp.");
}

std::string item_mark(std::string_view item, std::string_view mark) {
  std::string node(node::sharding);
  return node.append("/").append(item).append("/").append(mark);
}

}  // namespace

// spec: elasticjob 7.16 trigger
Task<> OpsApi::trigger(std::string job) {
  if (profile_.ops_writes_trigger_nodes) {
    JobNodeStorage storage(registry_, job);
    co_await storage.remove_if_exists(node::trigger);
    const std::vector<std::string> ids = co_await storage.children(node::instances);
    for (const std::string& id : ids) co_await storage.create_if_needed(node::trigger_of(id));
    co_return;
  }
  const JobPaths paths(job);
  const std::vector<std::string> ids = co_await registry_.children(paths.full(node::instances));
  for (const std::string& id : ids) co_await registry_.persist(paths.full(node::instance(id)), trigger_message);
}

// spec: elasticjob 7.16 disable/enable
Task<> OpsApi::disable(Name job, Name ip) { return set_servers(std::move(job), std::move(ip), server_disabled); }
Task<> OpsApi::enable(Name job, Name ip) { return set_servers(std::move(job), std::move(ip), server_enabled); }

Task<> OpsApi::set_servers(Name job, Name ip, const char* status) {
  check_named(job, ip);
  if (job && ip) {
    co_await registry_.persist(JobPaths(*job).full(node::server(*ip)), status);
    co_return;
  }
  if (job) {
    const JobPaths paths(*job);
    const std::vector<std::string> servers = co_await registry_.children(paths.full(node::servers));
    for (const std::string& each : servers) co_await registry_.persist(paths.full(node::server(each)), status);
    co_return;
  }
  const std::vector<std::string> jobs = co_await registry_.children("/");
  for (const std::string& each : jobs) {
    const std::string server = JobPaths(each).full(node::server(*ip));
    const bool there = co_await registry_.exists(server);
    if (there) co_await registry_.persist(server, status);
  }
}

// spec: elasticjob 7.16 shutdown
Task<> OpsApi::shutdown(Name job, Name ip) {
  check_named(job, ip);
  std::vector<std::string> jobs;
  if (job) {
    jobs.push_back(*job);
  } else {
    jobs = co_await registry_.children("/");
  }
  for (const std::string& each : jobs) {
    const JobPaths paths(each);
    const std::vector<std::string> ids = co_await registry_.children(paths.full(node::instances));
    for (const std::string& id : ids) {
      if (!ip || ip_of(id) == *ip) co_await registry_.remove(paths.full(node::instance(id)));
    }
  }
}

// spec: elasticjob 7.16 remove
Task<> OpsApi::remove(Name job, Name ip) {
  co_await shutdown(job, ip);
  if (job && ip) {
    co_await registry_.remove(JobPaths(*job).full(node::server(*ip)));
    co_return;
  }
  if (job) {
    const JobPaths paths(*job);
    const std::vector<std::string> servers = co_await registry_.children(paths.full(node::servers));
    for (const std::string& each : servers) co_await registry_.remove(paths.full(node::server(each)));
    co_return;
  }
  const std::vector<std::string> jobs = co_await registry_.children("/");
  for (const std::string& each : jobs) co_await registry_.remove(JobPaths(each).full(node::server(*ip)));
}

// spec: elasticjob 7.16 Item disable/enable
Task<> OpsApi::disable_item(std::string job, std::string item) {
  return registry_.persist(JobPaths(std::move(job)).full(item_mark(item, "disabled")), "");
}
Task<> OpsApi::enable_item(std::string job, std::string item) {
  return registry_.remove(JobPaths(std::move(job)).full(item_mark(item, "disabled")));
}

// spec: elasticjob 7.16 updateJobConfiguration
Task<> OpsApi::update_job_configuration(JobConfiguration configuration) {
  if (configuration.job_name.empty()) throw IllegalArgumentError("jobName can not be empty.");
  if (configuration.sharding_total_count <= 0) {
    throw IllegalArgumentError("shardingTotalCount should larger than zero.");
  }
  std::string yaml = to_yaml(configuration, profile_);
  co_await registry_.update(JobPaths(configuration.job_name).full(node::config), std::move(yaml));
}

// spec: elasticjob 7.16 removeJobConfiguration
Task<> OpsApi::remove_job_configuration(std::string job) { return registry_.remove(JobPaths(std::move(job)).root()); }

Task<std::optional<JobConfiguration>> OpsApi::job_configuration(std::string job) {
  const Text text = co_await registry_.get(JobPaths(std::move(job)).full(node::config));
  if (!text) co_return std::nullopt;
  co_return load_yaml(*text, profile_);
}

// spec: elasticjob 5 Job (console)
Task<JobStatus> OpsApi::job_status(std::string job) {
  const JobPaths paths(std::move(job));
  JobTree tree;
  tree.instances = co_await registry_.children(paths.full(node::instances));
  const std::vector<std::string> servers = co_await registry_.children(paths.full(node::servers));
  for (const std::string& ip : servers) {
    Text data = co_await registry_.get(paths.full(node::server(ip)));
    tree.servers.push_back(std::move(data));
  }
  const std::vector<std::string> sharded = co_await registry_.children(paths.full(node::sharding));
  for (const std::string& item : sharded) {
    Text owner = co_await registry_.get(paths.full(item_mark(item, "instance")));
    tree.owners.push_back(std::move(owner));
  }
  co_return elastic_job::job_status(tree);
}

// spec: elasticjob 5 Item
Task<OpsApi::ItemInfo> OpsApi::item_info(std::string job, std::string item) {
  const JobPaths paths(std::move(job));
  ItemInfo info;
  info.item = parse_java_int(item);
  const Text owner = co_await registry_.get(paths.full(item_mark(item, "instance")));
  const bool disabled = co_await registry_.exists(paths.full(item_mark(item, "disabled")));
  const bool running = co_await registry_.exists(paths.full(item_mark(item, "running")));
  const bool online = co_await registry_.exists(paths.full(node::instance(owner.value_or("null"))));
  info.status = item_status(disabled, running, !online);
  info.failover = co_await registry_.exists(paths.full(item_mark(item, "failover")));
  if (owner) {
    info.ip = ip_of(*owner);
    const std::size_t pid = owner->find(id_delimiter);
    if (pid != std::string::npos) info.pid = owner->substr(pid + std::string_view(id_delimiter).size());
  }
  co_return info;
}

Task<std::vector<OpsApi::ItemInfo>> OpsApi::items(std::string job) {
  const std::vector<std::string> names = co_await registry_.children(JobPaths(job).full(node::sharding));
  std::vector<ItemInfo> infos;
  for (const std::string& name : names) {
    ItemInfo info = co_await item_info(job, name);
    infos.push_back(std::move(info));
  }
  std::sort(infos.begin(), infos.end(), [](const ItemInfo& a, const ItemInfo& b) { return a.item < b.item; });
  co_return infos;
}

}  // namespace chronofault::elastic_job
