#include <algorithm>

#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/services/failover_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.9 setCrashed
Task<> FailoverService::set_crashed(int item) {
  const bool taken = co_await storage_.exists(node::failover(item));
  if (taken) co_return;
  co_await storage_.create_if_needed(node::failover_item(item));
  if (context_.profile.failover_only_of_running_items) co_await storage_.remove_if_exists(node::running(item));
}

Task<> FailoverService::set_crashed_directly(int item) { return storage_.create_if_needed(node::failover_item(item)); }

// spec: elasticjob 7.9 failoverIfNecessary
Task<> FailoverService::failover_if_necessary() {
  const bool needed = co_await need_failover();
  if (!needed) co_return;
  std::function<Task<>()> body = [this] { return takeover(); };
  co_await storage_.in_leader(node::failover_latch, std::move(body));
}

Task<bool> FailoverService::need_failover() {
  const bool root = co_await storage_.exists(node::failover_items);
  if (!root) co_return false;
  const std::vector<std::string> waiting = co_await storage_.children(node::failover_items);
  co_return !waiting.empty() && !context_.registry.is_running(context_.job);
}

// spec: elasticjob 7.9 takeover
Task<> FailoverService::takeover() {
  if (context_.is_shutdown()) co_return;
  const bool needed = co_await need_failover();
  if (!needed) co_return;
  const std::vector<std::string> waiting = co_await storage_.children(node::failover_items);
  if (waiting.empty()) co_return;  // upstream runs into IndexOutOfBounds, which the latch wraps
  const int item = parse_java_int(waiting.front());
  const std::string own = context_.own().id;
  co_await storage_.persist_ephemeral(node::failover(item), own);
  if (context_.profile.failovering_node) co_await storage_.persist(node::failovering(item), own);
  co_await storage_.remove_if_exists(node::failover_item(item));
  ScheduleControl* const controller = context_.registry.controller(context_.job);
  if (controller != nullptr) co_await controller->trigger_job();
}

// spec: elasticjob 7.6 execute
Task<> FailoverService::update_complete(std::vector<int> items) {
  for (const int item : items) {
    co_await storage_.remove_if_exists(node::failover(item));
    if (context_.profile.failovering_node) co_await storage_.remove_if_exists(node::failovering(item));
  }
}

Task<std::vector<int>> FailoverService::items_marked(std::string instance_id, std::string (*of)(int item)) {
  const std::vector<std::string> children = co_await storage_.children(node::sharding);
  std::vector<int> items;
  for (const std::string& child : children) {
    const int item = parse_java_int(child);
    const bool marked = co_await storage_.exists(of(item));
    if (!marked) continue;
    const Text id = co_await storage_.get_direct(of(item));
    if (id == instance_id) items.push_back(item);
  }
  std::sort(items.begin(), items.end());
  co_return items;
}

// spec: elasticjob 7.9 L5 step 1
Task<std::vector<int>> FailoverService::failover_items(std::string instance_id) {
  return items_marked(std::move(instance_id), node::failover);
}
Task<std::vector<int>> FailoverService::failovering_items(std::string instance_id) {
  return items_marked(std::move(instance_id), node::failovering);
}

// spec: elasticjob 7.6 E2 step 1
Task<std::vector<int>> FailoverService::local_failover_items() {
  if (context_.is_shutdown()) co_return std::vector<int>();
  std::string own = context_.own().id;
  co_return co_await failover_items(std::move(own));
}

// spec: elasticjob 7.6 E2 step 3
Task<std::vector<int>> FailoverService::local_taken_off_items() {
  const std::vector<int> own = co_await sharding_.local_sharding_items();
  std::vector<int> taken;
  for (const int item : own) {
    const bool marked = co_await storage_.exists(node::failover(item));
    if (marked) taken.push_back(item);
  }
  co_return taken;
}

// spec: elasticjob 4.2 L6
Task<> FailoverService::remove_failover_info() {
  const std::vector<std::string> children = co_await storage_.children(node::sharding);
  for (const std::string& child : children) {
    const int item = parse_java_int(child);
    co_await storage_.remove_if_exists(node::failover(item));
  }
}

Task<std::map<int, std::string>> FailoverService::all_failovering_items() {
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  std::map<int, std::string> items;
  for (int item = 0; item < configuration->sharding_total_count; ++item) {
    Text id = co_await storage_.get(node::failovering(item));
    if (id && !id->empty()) items.emplace(item, std::move(*id));
  }
  co_return items;
}

Task<> FailoverService::clear_failovering(int item) { return storage_.remove_if_exists(node::failovering(item)); }

}  // namespace chronofault::elastic_job
