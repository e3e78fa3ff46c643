#include <algorithm>

#include <elastic_job/job_facade.hpp>

namespace chronofault::elastic_job {

namespace {

void remove_all(std::vector<int>& items, const std::vector<int>& gone) {
  std::erase_if(items, [&gone](int item) { return std::find(gone.begin(), gone.end(), item) != gone.end(); });
}

}  // namespace

Task<JobConfiguration> LiteJobFacade::load_configuration(bool from_cache) {
  const ConfigurationPtr configuration = co_await services_.configurations.load(from_cache);
  co_return *configuration;
}

// spec: elasticjob 7.6 E1
Task<> LiteJobFacade::check_environment() { return services_.configurations.check_time(); }

// spec: elasticjob 7.6 E8
Task<> LiteJobFacade::failover_if_necessary() {
  const ConfigurationPtr configuration = co_await services_.configurations.load(true);
  if (configuration->failover) co_await services_.failover.failover_if_necessary();
}

Task<> LiteJobFacade::register_begin(ShardingContexts contexts) {
  std::vector<int> items = contexts.items();
  co_await services_.execution.register_begin(std::move(items));
}

Task<> LiteJobFacade::register_completed(ShardingContexts contexts, std::vector<int> failed) {
  std::vector<int> items = contexts.items();
  co_await services_.execution.register_completed(items, failed);
  const ConfigurationPtr configuration = co_await services_.configurations.load(true);
  if (!configuration->failover) co_return;
  if (context_.profile.failed_items_keep_marks) remove_all(items, failed);
  co_await services_.failover.update_complete(std::move(items));
}

// spec: elasticjob 7.6 E2
Task<ShardingContexts> LiteJobFacade::sharding_contexts() {
  const ConfigurationPtr configuration = co_await services_.configurations.load(true);
  if (configuration->failover) {
    std::vector<int> taken_over = co_await services_.failover.local_failover_items();
    if (!taken_over.empty()) co_return co_await services_.contexts.sharding_contexts(std::move(taken_over));
  }
  std::vector<int> items = co_await own_items();
  if (configuration->failover) {
    const std::vector<int> taken_off = co_await services_.failover.local_taken_off_items();
    remove_all(items, taken_off);
  }
  const std::vector<int> disabled = co_await services_.execution.disabled_items(items);
  remove_all(items, disabled);
  co_return co_await services_.contexts.sharding_contexts(std::move(items));
}

Task<std::vector<int>> LiteJobFacade::own_items() {
  co_await services_.sharding.sharding_if_necessary();
  co_return co_await services_.sharding.local_sharding_items();
}

Task<bool> LiteJobFacade::misfire_if_running(std::vector<int> items) {
  return services_.execution.misfire_if_running(std::move(items));
}
Task<> LiteJobFacade::clear_misfire(std::vector<int> items) {
  return services_.execution.clear_misfire(std::move(items));
}

// spec: elasticjob 7.6 E7
Task<bool> LiteJobFacade::is_execute_misfired(std::vector<int> items) {
  if (!context_.profile.misfire_tested_before_necessary) {
    const bool necessary = co_await is_need_sharding();
    if (necessary) co_return false;
  }
  const ConfigurationPtr configuration = co_await services_.configurations.load(true);
  if (!configuration->misfire) co_return false;
  if (context_.profile.misfire_tested_before_necessary) {
    const bool necessary = co_await is_need_sharding();
    if (necessary) co_return false;
  }
  const std::vector<int> misfired = co_await services_.execution.misfired_items(std::move(items));
  co_return !misfired.empty();
}

Task<bool> LiteJobFacade::is_need_sharding() { return services_.sharding.is_need_sharding(); }

// spec: elasticjob 7.6 E5
Task<> LiteJobFacade::before_job_executed(ShardingContexts contexts) {
  for (JobListener* each : listeners_) co_await each->before_job_executed(contexts);
}
// spec: elasticjob 7.6 E9
Task<> LiteJobFacade::after_job_executed(ShardingContexts contexts) {
  for (JobListener* each : listeners_) co_await each->after_job_executed(contexts);
}

// spec: elasticjob 7.17 the bus; nobody waits for it
void LiteJobFacade::post(const ExecutionEvent& event) {
  if (tracing_ != nullptr) tracing_->post(event);
}
void LiteJobFacade::post(const StatusTrace& trace) {
  if (tracing_ != nullptr) tracing_->post(trace);
}

// spec: elasticjob 7.5 SINGLE_SHARDING_BALANCE
Task<std::vector<int>> SingleShardingJobFacade::own_items() {
  const bool necessary = co_await is_need_sharding();
  if (necessary) co_return co_await LiteJobFacade::own_items();
  const Text next = co_await storage_.get_direct(node::next_instance_ip);
  if (!next || next->find_first_not_of(" \t\r\n") == std::string::npos) co_return co_await LiteJobFacade::own_items();
  std::vector<int> items;
  if (*next == context_.own().ip) items.push_back(0);
  co_return items;
}

Task<> SingleShardingJobFacade::register_completed(ShardingContexts contexts, std::vector<int> failed) {
  co_await LiteJobFacade::register_completed(std::move(contexts), std::move(failed));
  const JobInstance* const own = context_.instance();
  if (own == nullptr) co_return;
  const std::string ip = own->ip;
  const std::vector<JobInstance> available = co_await instances_.available_instances();
  const auto here =
      std::find_if(available.begin(), available.end(), [&ip](const JobInstance& each) { return each.ip == ip; });
  if (here == available.end()) co_return;
  const auto after = here + 1 == available.end() ? available.begin() : here + 1;
  co_await storage_.persist_ephemeral(node::next_instance_ip, after->ip);
}

}  // namespace chronofault::elastic_job
