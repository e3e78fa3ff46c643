// AbstractDistributeOnceElasticJobListener: a barrier over all items of a round, whose last arrival runs an action
// (elasticjob 7.14). Before 3.0.3 two instances that both see the full count both run it. A wake-up that comes between
// a thread's count and its wait does not end that wait.
#pragma once

#include <elastic_job/job_facade.hpp>
#include <elastic_job/listeners.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::elastic_job {

class DistributeOnceListener final : public JobListener, public BarrierWaiters {
 public:
  using Action = std::function<Task<>(ShardingContexts contexts)>;
  struct Settings {
    Settings() = default;
    std::int64_t started_timeout_ms = 0;  // <= 0: unlimited
    std::int64_t completed_timeout_ms = 0;
    Action before;  // doBeforeJobExecutedAtLastStarted
    Action after;   // doAfterJobExecutedAtLastCompleted
  };

  DistributeOnceListener(Guarantee& guarantee, Clock& clock, const Profile& profile, Settings settings)
      : guarantee_(guarantee), clock_(clock), profile_(profile), settings_(std::move(settings)) {}

  /// Throw JobSystemError: the timeout has passed.
  Task<> before_job_executed(ShardingContexts contexts) override;
  Task<> after_job_executed(ShardingContexts contexts) override;
  void notify_start() override { started_.notify_all(); }
  void notify_complete() override { completed_.notify_all(); }

 private:
  static Task<> run(const Action* action, ShardingContexts contexts);
  /// synchronized (o) { o.wait(timeout) }: the time that passed is at least `timeout_ms`.
  Task<bool> wait_in_vain(Condition* woken, std::int64_t timeout_ms);

  Guarantee& guarantee_;
  Clock& clock_;
  const Profile& profile_;
  Settings settings_;
  Condition started_;
  Condition completed_;
};

}  // namespace chronofault::elastic_job
