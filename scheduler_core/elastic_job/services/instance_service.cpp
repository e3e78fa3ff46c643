#include <elastic_job/errors.hpp>
#include <elastic_job/services/instance_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.1 step 9
Task<> InstanceService::persist_online() {
  const JobInstance own = context_.own();
  std::string data = context_.profile.instance_carries_data ? instance_yaml(own) : std::string();
  co_await storage_.persist_ephemeral(node::instance(own.id), std::move(data));
}

Task<> InstanceService::remove_instance() {
  std::string own = node::instance(context_.own().id);
  co_await storage_.remove_if_exists(std::move(own));
}

// spec: elasticjob 4.2 L9
Task<> InstanceService::clear_trigger_flag() {
  const std::string own = context_.own().id;
  if (context_.profile.trigger_nodes) {
    co_await storage_.remove_if_exists(node::trigger_of(own));
  } else {
    co_await storage_.update(node::instance(own), "");
  }
}

// spec: elasticjob 7.4 getAvailableJobInstances
Task<std::vector<JobInstance>> InstanceService::available_instances() {
  std::vector<JobInstance> available;
  const std::vector<std::string> ids = co_await storage_.children(node::instances);
  for (const std::string& id : ids) {
    std::optional<JobInstance> instance;
    if (context_.profile.instance_carries_data) {
      instance = co_await described(id);
    } else {
      instance.emplace(id);
    }
    if (!instance) continue;
    const bool enabled = co_await servers_.is_enable_server(instance->ip);
    if (enabled) available.push_back(std::move(*instance));
  }
  co_return available;
}

// spec: elasticjob 11 instance data
Task<std::optional<JobInstance>> InstanceService::described(std::string id) {
  const Text data = co_await storage_.get(node::instance(id));
  if (!data) {
    if (context_.profile.missing_instance_data_is_skipped) co_return std::nullopt;
    throw JavaError("NullPointerException", "no data of instance " + id);
  }
  std::optional<JobInstance> instance = instance_from_yaml(*data);
  if (!instance && !context_.profile.empty_instance_data_is_skipped) {
    throw JavaError("NullPointerException", "empty data of instance " + id);
  }
  co_return instance;
}

Task<bool> InstanceService::own_instance_exists() { return storage_.exists(node::instance(context_.own().id)); }

// spec: elasticjob 4.1 TRIGGER
// spec: elasticjob 7.10
Task<> InstanceService::trigger_all_instances() {
  if (context_.profile.trigger_nodes) co_await storage_.remove_if_exists(node::trigger);
  const std::vector<std::string> ids = co_await storage_.children(node::instances);
  for (const std::string& id : ids) {
    if (context_.profile.trigger_nodes) {
      co_await storage_.create_if_needed(node::trigger_of(id));
    } else {
      co_await storage_.persist(node::instance(id), trigger_message);
    }
  }
}

}  // namespace chronofault::elastic_job
