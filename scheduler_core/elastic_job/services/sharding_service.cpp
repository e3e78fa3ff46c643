#include <algorithm>
#include <utility>

#include <elastic_job/rules/task_context.hpp>
#include <elastic_job/services/sharding_service.hpp>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

// spec: elasticjob 7.3
// spec: elasticjob 9.6
Task<> ShardingService::set_resharding_flag() {
  if (context_.profile.only_leader_sets_flag) {
    const bool leader = co_await others_.leader.is_leader_until_block();
    if (!leader) co_return;
  }
  co_await storage_.create_if_needed(node::necessary);
}

Task<bool> ShardingService::is_need_sharding() { return storage_.exists(node::necessary); }

// spec: elasticjob 7.4 S1
Task<> ShardingService::sharding_if_necessary() {
  const std::vector<JobInstance> available = co_await others_.instances.available_instances();
  // spec: elasticjob 7.4 S2
  const bool necessary = co_await is_need_sharding();
  if (!necessary || available.empty()) co_return;
  // spec: elasticjob 7.4 S3
  const bool leader = co_await others_.leader.is_leader_until_block();
  if (!leader) {
    co_await block_until_sharded();
    co_return;
  }
  // spec: elasticjob 7.4 S4
  while (true) {
    const bool running = co_await others_.execution.has_running_all();
    if (!running) break;
    co_await sleep_quietly(&context_.clock, short_wait);
  }
  // spec: elasticjob 7.4 S5
  const ConfigurationPtr configuration = co_await others_.configurations.load(false);
  const int total = configuration->sharding_total_count;
  // spec: elasticjob 7.4 S6
  co_await storage_.persist_ephemeral(node::processing, "");
  co_await reset_sharding_info(total);
  // spec: elasticjob 7.4 S8
  std::vector<std::string> ids;
  for (const JobInstance& instance : available) ids.push_back(instance.id);
  const ShardingStrategy strategy = sharding_strategy(configuration->job_sharding_strategy_type, context_.profile);
  const Assignment assignment = shard(strategy, ids, context_.job, total, context_.clock.wall());
  // spec: elasticjob 7.4 S9
  TxBuilder build = [this, &assignment] {
    std::vector<TxOp> members;
    for (const auto& [id, items] : assignment) {
      for (const int item : items) members.push_back(TxOp::create(context_.paths.full(node::owner(item)), id));
    }
    members.push_back(TxOp::remove(context_.paths.full(node::necessary)));
    members.push_back(TxOp::remove(context_.paths.full(node::processing)));
    return members;
  };
  co_await storage_.transaction(std::move(build));
  if (journal_ != nullptr) journal_->sharded(assignment);
}

// A follower that becomes leader here returns without sharding.
Task<> ShardingService::block_until_sharded() {
  bool told = false;
  while (true) {
    const bool leader = co_await others_.leader.is_leader_until_block();
    if (leader) co_return;
    bool unfinished = co_await storage_.exists(node::necessary);
    if (!unfinished) unfinished = co_await storage_.exists(node::processing);
    if (!unfinished) co_return;
    if (journal_ != nullptr && !std::exchange(told, true)) journal_->waits_for_sharding();
    co_await sleep_quietly(&context_.clock, short_wait);
  }
}

// spec: elasticjob 7.4 S7
Task<> ShardingService::reset_sharding_info(int total) {
  for (int item = 0; item < total; ++item) {
    co_await storage_.remove_if_exists(node::owner(item));
    co_await storage_.create_if_needed(node::item(item));
  }
  const std::vector<std::string> children = co_await storage_.children(node::sharding);
  const int count = static_cast<int>(children.size());
  for (int item = total; item < count; ++item) co_await storage_.remove_if_exists(node::item(item));
}

// spec: elasticjob 7.4 getShardingItems
Task<std::vector<int>> ShardingService::sharding_items(std::string instance_id) {
  std::vector<int> items;
  const bool available = co_await others_.servers.is_available_server(ip_of(instance_id));
  if (!available) co_return items;
  const ConfigurationPtr configuration = co_await others_.configurations.load(true);
  for (int item = 0; item < configuration->sharding_total_count; ++item) {
    const std::string owner_node = node::owner(item);
    if (const Text* const cached = storage_.cached(owner_node)) {
      if (*cached == instance_id) items.push_back(item);
      continue;
    }
    const Text owner = co_await storage_.get(owner_node);
    if (owner == instance_id) items.push_back(item);
  }
  co_return items;
}

// spec: elasticjob 7.4 getLocalShardingItems
Task<std::vector<int>> ShardingService::local_sharding_items() {
  if (context_.is_shutdown()) co_return std::vector<int>();
  std::string ip = context_.own().ip;
  const bool available = co_await others_.servers.is_available_server(std::move(ip));
  if (!available) co_return std::vector<int>();
  std::string id = context_.own().id;
  co_return co_await sharding_items(std::move(id));
}

// spec: elasticjob 11 failover source list
Task<std::vector<int>> ShardingService::crashed_items(std::string instance_id) {
  std::vector<int> items;
  const bool enabled = co_await others_.servers.is_enable_server(ip_of(instance_id));
  if (!enabled) co_return items;
  const ConfigurationPtr configuration = co_await others_.configurations.load(true);
  for (int item = 0; item < configuration->sharding_total_count; ++item) {
    if (context_.profile.failover_only_of_running_items) {
      const bool running = co_await storage_.exists(node::running(item));
      if (!running) continue;
    }
    const Text owner = co_await storage_.get(node::owner(item));
    if (owner == instance_id) items.push_back(item);
  }
  co_return items;
}

// spec: elasticjob 7.13
Task<bool> ShardingService::has_offline_owner() {
  const std::vector<std::string> online = co_await storage_.children(node::instances);
  const ConfigurationPtr configuration = co_await others_.configurations.load(true);
  for (int item = 0; item < configuration->sharding_total_count; ++item) {
    const Text owner = co_await storage_.get(node::owner(item));
    if (!owner || std::find(online.begin(), online.end(), *owner) == online.end()) co_return true;
  }
  co_return false;
}

// spec: elasticjob 11 static sharding
Task<bool> ShardingService::is_static_and_sharded() {
  if (!context_.profile.static_sharding) co_return false;
  const ConfigurationPtr configuration = co_await others_.configurations.load(true);
  if (!configuration->static_sharding) co_return false;
  const std::vector<std::string> items = co_await storage_.children(node::sharding);
  co_return !items.empty();
}

}  // namespace chronofault::elastic_job
