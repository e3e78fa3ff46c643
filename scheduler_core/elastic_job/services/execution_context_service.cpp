#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/rules/java_order.hpp>
#include <elastic_job/rules/task_context.hpp>
#include <elastic_job/services/execution_context_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.6 E2 step 5
Task<ShardingContexts> ExecutionContextService::sharding_contexts(std::vector<int> items) {
  const ConfigurationPtr configuration = co_await configurations_.load(false);
  std::vector<int> free;
  for (const int item : items) {
    bool running = false;
    if (configuration->monitor_execution) running = co_await storage_.exists(node::running(item));
    if (!running) free.push_back(item);
  }
  ShardingContexts contexts;
  contexts.task_id = task_id(configuration->job_name, free, context_.own().id);
  contexts.job = configuration->job_name;
  contexts.total = configuration->sharding_total_count;
  contexts.job_parameter = configuration->job_parameter.value_or("");
  if (free.empty()) co_return contexts;
  const std::map<int, std::string> parameters =
      parse_item_parameters(configuration->sharding_item_parameters.value_or(""));
  for (const int item : item_map_order(free)) {
    const auto found = parameters.find(item);
    std::optional<std::string> parameter;
    if (found != parameters.end()) parameter = found->second;
    contexts.item_parameters.emplace_back(item, std::move(parameter));
  }
  co_return contexts;
}

}  // namespace chronofault::elastic_job
