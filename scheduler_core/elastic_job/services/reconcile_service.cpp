#include <elastic_job/services/reconcile_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.13
Task<> ReconcileService::pass() {
  const ConfigurationPtr configuration = co_await configurations_.load(true);
  const std::int64_t interval_ms = std::int64_t{configuration->reconcile_interval_minutes} * 60'000;
  if (interval_ms <= 0 || context_.now_ms() - last_ms_ < interval_ms) co_return;
  last_ms_ = context_.now_ms();
  if (!context_.profile.only_leader_sets_flag) {
    const bool leader = co_await leader_.is_leader_until_block();
    if (!leader) co_return;
  }
  const bool necessary = co_await sharding_.is_need_sharding();
  if (necessary) co_return;
  const bool offline = co_await sharding_.has_offline_owner();
  if (!offline) co_return;
  const bool spared = co_await sharding_.is_static_and_sharded();
  if (!spared) co_await sharding_.set_resharding_flag();
}

}  // namespace chronofault::elastic_job
