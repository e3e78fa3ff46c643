#include <elastic_job/distribute_once.hpp>
#include <elastic_job/errors.hpp>
#include <ports/task/race.hpp>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

namespace {

[[noreturn]] void time_out(std::int64_t timeout_ms) {
  throw JobSystemError("Job timeout. timeout mills is " + std::to_string(timeout_ms) + ".");
}

}  // namespace

// spec: elasticjob 7.14 before
Task<> DistributeOnceListener::before_job_executed(ShardingContexts contexts) {
  const std::vector<int> items = contexts.items();
  if (items.empty() && profile_.empty_items_skip_barrier) co_return;
  co_await guarantee_.register_start(items);
  while (true) {
    const bool registered = co_await guarantee_.is_register_start_success(items);
    if (registered) break;
    co_await sleep_quietly(&clock_, short_wait);
  }
  const bool all = co_await guarantee_.is_all_started();
  if (all) {
    std::function<Task<>()> action = [this, contexts] { return run(&settings_.before, contexts); };
    if (profile_.barrier_latch) {
      co_await guarantee_.in_leader_for_last_started(std::move(action));
      co_return;
    }
    co_await action();
    co_await guarantee_.clear_started();
    co_return;
  }
  const bool in_vain = co_await wait_in_vain(&started_, settings_.started_timeout_ms);
  if (!in_vain) co_return;
  co_await guarantee_.clear_started();
  time_out(settings_.started_timeout_ms);
}

// spec: elasticjob 7.14 after
Task<> DistributeOnceListener::after_job_executed(ShardingContexts contexts) {
  const std::vector<int> items = contexts.items();
  if (items.empty() && profile_.empty_items_skip_barrier) co_return;
  co_await guarantee_.register_complete(items);
  while (true) {
    const bool registered = co_await guarantee_.is_register_complete_success(items);
    if (registered) break;
    co_await sleep_quietly(&clock_, short_wait);
  }
  const bool all = co_await guarantee_.is_all_completed();
  if (all) {
    std::function<Task<>()> action = [this, contexts] { return run(&settings_.after, contexts); };
    if (profile_.barrier_latch) {
      co_await guarantee_.in_leader_for_last_completed(std::move(action));
      co_return;
    }
    co_await action();
    co_await guarantee_.clear_completed();
    co_return;
  }
  const bool in_vain = co_await wait_in_vain(&completed_, settings_.completed_timeout_ms);
  if (!in_vain) co_return;
  co_await guarantee_.clear_completed();
  time_out(settings_.completed_timeout_ms);
}

Task<> DistributeOnceListener::run(const Action* action, ShardingContexts contexts) {
  if (*action) co_await (*action)(std::move(contexts));
}

Task<bool> DistributeOnceListener::wait_in_vain(Condition* woken, std::int64_t timeout_ms) {
  const std::int64_t before = clock_.wall().ms();
  // An interrupt ends the wait and is forgotten.
  try {
    if (timeout_ms <= 0) {
      co_await woken->wait();
    } else {
      auto waiting = woken->wait();
      auto timeout = clock_.sleep_for(Duration::ms(timeout_ms));
      (void)co_await race(waiting, timeout);
    }
  } catch (const Interrupted&) {
  }
  const std::int64_t after = clock_.wall().ms();
  co_return timeout_ms > 0 && after - before >= timeout_ms;
}

}  // namespace chronofault::elastic_job
