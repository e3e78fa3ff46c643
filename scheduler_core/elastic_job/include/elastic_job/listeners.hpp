// The data listeners of one job (elasticjob 4.2), L1 to L12 and, from 3.0.2 on, L13. Each is told of every event of the
// job's cache, on the process's listener thread; what it throws is dropped, and the next one is told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <elastic_job/services.hpp>

namespace chronofault::elastic_job {

/// A CuratorCache event as upstream's AbstractJobListener hands it on. `data`: the new data, or the old one for
/// deleted; "" where there is none.
struct DataChanged {
  enum class Type { created, changed, deleted };
  DataChanged() = default;
  DataChanged(std::string path, Type type, std::string data)
      : path(std::move(path)), type(type), data(std::move(data)) {}
  std::string path;
  Type type = Type::created;
  std::string data;
};

class DataListener {
 public:
  virtual ~DataListener() = default;
  /// "LeaderElection": for logs.
  virtual std::string_view name() const noexcept = 0;
  /// False: data_changed() would neither ask, wait nor do anything. Most events concern hardly any listener, so this is
  /// asked at the listener's turn, before there is a task for it.
  virtual bool concerns(const DataChanged& event) const = 0;
  virtual Task<> data_changed(DataChanged event) = 0;
};

/// What one `wait` of the distribute-once listener is woken by (7.14).
class BarrierWaiters {
 public:
  virtual ~BarrierWaiters() = default;
  virtual void notify_start() = 0;
  virtual void notify_complete() = 0;
};

/// L1.
class LeaderElectionListener final : public DataListener {
 public:
  LeaderElectionListener(const JobContext& context, Leader& leader, Servers& servers)
      : context_(context), leader_(leader), servers_(servers) {}
  std::string_view name() const noexcept override { return "LeaderElection"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Leader& leader_;
  Servers& servers_;
};

/// L2.
class LeaderAbdicationListener final : public DataListener {
 public:
  LeaderAbdicationListener(const JobContext& context, Leader& leader) : context_(context), leader_(leader) {}
  std::string_view name() const noexcept override { return "LeaderAbdication"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  bool is_disabled(const DataChanged& event) const;

  const JobContext& context_;
  Leader& leader_;
};

/// L3.
class ShardingTotalCountChangedListener final : public DataListener {
 public:
  ShardingTotalCountChangedListener(const JobContext& context, Sharding& sharding)
      : context_(context), sharding_(sharding) {}
  std::string_view name() const noexcept override { return "ShardingTotalCountChanged"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Sharding& sharding_;
};

/// L4.
class ListenServersChangedListener final : public DataListener {
 public:
  ListenServersChangedListener(const JobContext& context, Sharding& sharding)
      : context_(context), sharding_(sharding) {}
  std::string_view name() const noexcept override { return "ListenServersChanged"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Sharding& sharding_;
};

/// L5.
class JobCrashedListener final : public DataListener {
 public:
  JobCrashedListener(const JobContext& context, Configurations& configurations, Sharding& sharding, Failover& failover,
                     Execution& execution)
      : context_(context),
        configurations_(configurations),
        sharding_(sharding),
        failover_(failover),
        execution_(execution) {}
  std::string_view name() const noexcept override { return "JobCrashed"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  bool is_instance_gone(const DataChanged& event) const;

  const JobContext& context_;
  Configurations& configurations_;
  Sharding& sharding_;
  Failover& failover_;
  Execution& execution_;
};

/// L6.
class FailoverSettingsChangedListener final : public DataListener {
 public:
  FailoverSettingsChangedListener(const JobContext& context, Failover& failover)
      : context_(context), failover_(failover) {}
  std::string_view name() const noexcept override { return "FailoverSettingsChanged"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Failover& failover_;
};

/// L7.
class MonitorExecutionSettingsChangedListener final : public DataListener {
 public:
  MonitorExecutionSettingsChangedListener(const JobContext& context, Execution& execution)
      : context_(context), execution_(execution) {}
  std::string_view name() const noexcept override { return "MonitorExecutionSettingsChanged"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Execution& execution_;
};

/// L8.
class InstanceShutdownStatusListener final : public DataListener {
 public:
  InstanceShutdownStatusListener(const JobContext& context, Instances& instances, InstanceShutdown& shutdown)
      : context_(context), instances_(instances), shutdown_(shutdown) {}
  std::string_view name() const noexcept override { return "InstanceShutdownStatus"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Instances& instances_;
  InstanceShutdown& shutdown_;
};

/// L9.
class JobTriggerStatusListener final : public DataListener {
 public:
  JobTriggerStatusListener(const JobContext& context, Instances& instances)
      : context_(context), instances_(instances) {}
  std::string_view name() const noexcept override { return "JobTriggerStatus"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  Instances& instances_;
};

/// L10.
class RescheduleListener final : public DataListener {
 public:
  explicit RescheduleListener(const JobContext& context) : context_(context) {}
  std::string_view name() const noexcept override { return "Reschedule"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
};

/// L11.
class StartedNodeRemovedListener final : public DataListener {
 public:
  StartedNodeRemovedListener(const JobContext& context, std::vector<BarrierWaiters*> waiters)
      : context_(context), waiters_(std::move(waiters)) {}
  std::string_view name() const noexcept override { return "StartedNodeRemoved"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  std::vector<BarrierWaiters*> waiters_;
};

/// L12.
class CompletedNodeRemovedListener final : public DataListener {
 public:
  CompletedNodeRemovedListener(const JobContext& context, std::vector<BarrierWaiters*> waiters)
      : context_(context), waiters_(std::move(waiters)) {}
  std::string_view name() const noexcept override { return "CompletedNodeRemoved"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  const JobContext& context_;
  std::vector<BarrierWaiters*> waiters_;
};

/// L13, from 3.0.2 on (11).
class LegacyCrashedRunningItemListener final : public DataListener {
 public:
  LegacyCrashedRunningItemListener(const JobContext& context, Configurations& configurations, Instances& instances,
                                   Execution& execution, Failover& failover)
      : context_(context),
        configurations_(configurations),
        instances_(instances),
        execution_(execution),
        failover_(failover) {}
  std::string_view name() const noexcept override { return "LegacyCrashedRunningItem"; }
  bool concerns(const DataChanged& event) const override;
  Task<> data_changed(DataChanged event) override;

 private:
  Task<> take_over(std::string own);

  const JobContext& context_;
  Configurations& configurations_;
  Instances& instances_;
  Execution& execution_;
  Failover& failover_;
};

/// All services that listeners may need.
struct ListenerServices {
  ListenerServices(Configurations& configurations, Servers& servers, Leader& leader, Instances& instances,
                   Execution& execution, Sharding& sharding, Failover& failover, InstanceShutdown& shutdown)
      : configurations(configurations),
        servers(servers),
        leader(leader),
        instances(instances),
        execution(execution),
        sharding(sharding),
        failover(failover),
        shutdown(shutdown) {}
  Configurations& configurations;
  Servers& servers;
  Leader& leader;
  Instances& instances;
  Execution& execution;
  Sharding& sharding;
  Failover& failover;
  InstanceShutdown& shutdown;
};
/// Those of the release, in the order L1, L2, ...
std::vector<std::unique_ptr<DataListener>> make_listeners(const JobContext& context, const ListenerServices& services,
                                                          const std::vector<BarrierWaiters*>& waiters);

}  // namespace chronofault::elastic_job
