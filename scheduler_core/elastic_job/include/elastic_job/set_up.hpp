// SetUpFacade.registerStartUpInfo and SchedulerFacade: the order in which a job joins and leaves (elasticjob 7.1 steps
// 6 to 11, 7.15).
#pragma once

#include <functional>

#include <elastic_job/journal.hpp>
#include <elastic_job/services.hpp>

namespace chronofault::elastic_job {

/// The reconcile loop of one job, T-RC(J).
class ReconcileThread {
 public:
  virtual ~ReconcileThread() = default;
  virtual bool is_running() const = 0;
  virtual void start() = 0;
  virtual void stop() = 0;
};

class SetUpFacade {
 public:
  SetUpFacade(const JobContext& context, Leader& leader, Servers& servers, Instances& instances, Sharding& sharding,
              ReconcileThread& reconcile, std::function<void()> start_listeners)
      : context_(context),
        leader_(leader),
        servers_(servers),
        instances_(instances),
        sharding_(sharding),
        reconcile_(reconcile),
        start_listeners_(std::move(start_listeners)) {}

  Task<> register_start_up_info(bool enabled);

 private:
  const JobContext& context_;
  Leader& leader_;
  Servers& servers_;
  Instances& instances_;
  Sharding& sharding_;
  ReconcileThread& reconcile_;
  std::function<void()> start_listeners_;
};

class SchedulerFacade final : public InstanceShutdown {
 public:
  /// `reconcile`: in the documented release the facade's own, which nobody ever starts. `remove_listeners`: called from
  /// 3.0.4 on.
  SchedulerFacade(const JobContext& context, Leader& leader, ReconcileThread& reconcile,
                  std::function<void()> remove_listeners)
      : context_(context), leader_(leader), reconcile_(reconcile), remove_listeners_(std::move(remove_listeners)) {}

  Task<> shutdown_instance() override;

 private:
  const JobContext& context_;
  Leader& leader_;
  ReconcileThread& reconcile_;
  std::function<void()> remove_listeners_;
};

}  // namespace chronofault::elastic_job
