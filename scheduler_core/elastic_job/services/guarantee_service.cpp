#include <elastic_job/services/guarantee_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.14
Task<> GuaranteeService::register_start(std::vector<int> items) {
  for (const int item : items) co_await storage_.create_if_needed(node::started_item(item));
}
Task<> GuaranteeService::register_complete(std::vector<int> items) {
  for (const int item : items) co_await storage_.create_if_needed(node::completed_item(item));
}

Task<bool> GuaranteeService::all_exist(std::vector<int> items, std::string (*node_of)(int item)) {
  for (const int item : items) {
    const bool there = co_await storage_.exists(node_of(item));
    if (!there) co_return false;
  }
  co_return true;
}
Task<bool> GuaranteeService::is_register_start_success(std::vector<int> items) {
  return all_exist(std::move(items), node::started_item);
}
Task<bool> GuaranteeService::is_register_complete_success(std::vector<int> items) {
  return all_exist(std::move(items), node::completed_item);
}

Task<bool> GuaranteeService::is_all_started() {
  const bool root = co_await storage_.exists(node::started);
  if (!root) co_return false;
  const ConfigurationPtr configuration = co_await configurations_.load(false);
  const std::vector<std::string> items = co_await storage_.children(node::started);
  co_return static_cast<int>(items.size()) == configuration->sharding_total_count;
}

Task<bool> GuaranteeService::is_all_completed() {
  const bool root = co_await storage_.exists(node::completed);
  if (!root) co_return false;
  const ConfigurationPtr configuration = co_await configurations_.load(false);
  const std::vector<std::string> items = co_await storage_.children(node::completed);
  co_return static_cast<int>(items.size()) >= configuration->sharding_total_count;
}

Task<> GuaranteeService::clear_started() { return storage_.remove_if_exists(node::started); }
Task<> GuaranteeService::clear_completed() { return storage_.remove_if_exists(node::completed); }

// spec: elasticjob 7.14 3.0.3
Task<> GuaranteeService::in_leader_for_last_started(std::function<Task<>()> action) {
  std::function<Task<>()> body = [this, &action] { return run_if_still_full(true, &action); };
  co_await storage_.in_leader(node::started_latch, std::move(body));
}
Task<> GuaranteeService::in_leader_for_last_completed(std::function<Task<>()> action) {
  std::function<Task<>()> body = [this, &action] { return run_if_still_full(false, &action); };
  co_await storage_.in_leader(node::completed_latch, std::move(body));
}

Task<> GuaranteeService::run_if_still_full(bool started, const std::function<Task<>()>* action) {
  std::exception_ptr failed;
  try {
    bool full = false;
    if (started) {
      full = co_await is_all_started();
    } else {
      full = co_await is_all_completed();
    }
    if (full) co_await (*action)();
  } catch (...) {
    failed = std::current_exception();
  }
  if (started) {
    co_await clear_started();
  } else {
    co_await clear_completed();
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace chronofault::elastic_job
