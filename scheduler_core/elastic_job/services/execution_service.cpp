#include <algorithm>

#include <elastic_job/services/execution_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.6 execute
Task<> ExecutionService::register_begin(std::vector<int> items) {
  context_.registry.set_running(context_.job, true);
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  if (!configuration->monitor_execution) co_return;
  const bool with_id = context_.profile.running_carries_id;
  const std::string data = with_id ? context_.own().id : std::string();
  for (const int item : items) {
    if (with_id && configuration->failover) {
      co_await storage_.persist(node::running(item), data);
    } else {
      co_await storage_.persist_ephemeral(node::running(item), data);
    }
  }
}

Task<> ExecutionService::register_completed(std::vector<int> items, std::vector<int> failed) {
  context_.registry.set_running(context_.job, false);
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  if (!configuration->monitor_execution) co_return;
  if (!context_.profile.failed_items_keep_marks) failed.clear();
  for (const int item : items) {
    if (std::find(failed.begin(), failed.end(), item) != failed.end()) continue;
    co_await storage_.remove_if_exists(node::running(item));
  }
}

Task<> ExecutionService::clear_running(std::vector<int> items) {
  for (const int item : items) co_await storage_.remove_if_exists(node::running(item));
}

// spec: elasticjob 7.12
Task<> ExecutionService::clear_all_running() {
  std::vector<int> items = co_await all_items();
  co_await clear_running(std::move(items));
}

Task<std::vector<int>> ExecutionService::all_items() {
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  std::vector<int> items;
  for (int item = 0; item < configuration->sharding_total_count; ++item) items.push_back(item);
  co_return items;
}

Task<bool> ExecutionService::has_running(std::vector<int> items) {
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  if (!configuration->monitor_execution) co_return false;
  for (const int item : items) {
    const bool running = co_await storage_.exists(node::running(item));
    if (running) co_return true;
  }
  co_return false;
}

Task<bool> ExecutionService::has_running_all() {
  std::vector<int> items = co_await all_items();
  co_return co_await has_running(std::move(items));
}

// spec: elasticjob 7.6 E4
Task<bool> ExecutionService::misfire_if_running(std::vector<int> items) {
  const bool running = co_await has_running(items);
  if (running) co_await set_misfire(std::move(items));
  co_return running;
}

// spec: elasticjob 7.8
Task<> ExecutionService::set_misfire(std::vector<int> items) {
  for (const int item : items) co_await storage_.create_if_needed(node::misfire(item));
}

Task<std::vector<int>> ExecutionService::misfired_items(std::vector<int> items) {
  std::vector<int> misfired;
  for (const int item : items) {
    const bool marked = co_await storage_.exists(node::misfire(item));
    if (marked) misfired.push_back(item);
  }
  co_return misfired;
}

Task<> ExecutionService::clear_misfire(std::vector<int> items) {
  for (const int item : items) co_await storage_.remove_if_exists(node::misfire(item));
}

// spec: elasticjob 7.11 Item disabled
Task<std::vector<int>> ExecutionService::disabled_items(std::vector<int> items) {
  std::vector<int> disabled;
  for (const int item : items) {
    const bool marked = co_await storage_.exists(node::disabled(item));
    if (marked) disabled.push_back(item);
  }
  co_return disabled;
}

Task<std::map<int, std::string>> ExecutionService::all_running_items() {
  const std::vector<int> items = co_await all_items();
  std::map<int, std::string> running;
  for (const int item : items) {
    Text id = co_await storage_.get(node::running(item));
    if (id && !id->empty()) running.emplace(item, std::move(*id));
  }
  co_return running;
}

}  // namespace chronofault::elastic_job
