// The services of one job as they see each other. Each has one real class (services/*.hpp) that is built on the others
// and on JobStorage; whoever wants to look at one alone gives it others of his own.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <elastic_job/job_configuration.hpp>
#include <elastic_job/job_registry.hpp>
#include <elastic_job/profile.hpp>
#include <elastic_job/rules/job_paths.hpp>
#include <ports/clock.hpp>
#include <ports/task/task.hpp>

namespace chronofault::elastic_job {

/// BlockUtils.waitingShortTime().
inline constexpr Duration short_wait = Duration::ms(100);

/// What all services of a job rest on; it outlives them.
struct JobContext {
  JobContext(std::string job, const Profile& profile, JobRegistry& registry, Clock& clock)
      : job(job),
        profile(profile),
        registry(registry),
        clock(clock),
        paths(std::move(job)),
        known_(registry.known(this->job)) {}

  bool is_shutdown() const { return known_.is_shutdown(); }
  /// Null: none.
  const JobInstance* instance() const { return known_.instance ? &*known_.instance : nullptr; }
  /// Throws JavaError where upstream runs into null: the job was shut down.
  const JobInstance& own() const;
  /// System.currentTimeMillis().
  std::int64_t now_ms() const { return clock.wall().ms(); }

  const std::string job;
  const Profile& profile;
  JobRegistry& registry;
  Clock& clock;
  const JobPaths paths;

 private:
  const JobRegistry::Known& known_;
};

/// ShardingContexts: what one run is about.
struct ShardingContexts {
  ShardingContexts() = default;
  std::string task_id;
  std::string job;
  int total = 0;
  std::string job_parameter;
  /// Item and its parameter, in the order of Java's map.
  std::vector<std::pair<int, std::optional<std::string>>> item_parameters;
  /// The keys, in the same order.
  std::vector<int> items() const;
};

/// 7.1 steps 2 and 3, 7.6 E1.
class Configurations {
 public:
  virtual ~Configurations() = default;
  /// Throws what load_yaml throws, also where the node is missing. Never null.
  virtual Task<ConfigurationPtr> load(bool from_cache) = 0;
  /// load(true) would not have to ask. Looks into the cache as that does.
  virtual bool is_cached() const { return false; }
  /// setUpJobConfiguration: the accepted one. Throws JobConfigurationError: the name belongs to another class.
  virtual Task<JobConfiguration> set_up(std::optional<std::string> class_name, JobConfiguration given) = 0;
  /// checkMaxTimeDiffSecondsTolerable: throws JobExecutionEnvironmentError.
  virtual Task<> check_time() = 0;
};

/// 7.2.
class Servers {
 public:
  virtual ~Servers() = default;
  virtual Task<> persist_online(bool enabled) = 0;
  virtual Task<bool> has_available_servers() = 0;
  virtual Task<bool> is_available_server(std::string ip) = 0;
  virtual Task<bool> is_enable_server(std::string ip) = 0;
  /// From 3.0.4 on (11).
  virtual Task<> remove_offline_servers() = 0;
};

/// 7.2.
class Leader {
 public:
  virtual ~Leader() = default;
  virtual Task<> elect() = 0;
  virtual Task<bool> is_leader() = 0;
  /// is_leader() would not have to ask. Looks into the cache as that does.
  virtual bool is_cached() const { return false; }
  virtual Task<bool> has_leader() = 0;
  virtual Task<bool> is_leader_until_block() = 0;
  virtual Task<> remove_leader() = 0;
};

/// 7.1 step 9, 7.4, 7.10.
class Instances {
 public:
  virtual ~Instances() = default;
  virtual Task<> persist_online() = 0;
  virtual Task<> remove_instance() = 0;
  /// Before 3.0.0: the own instance's data becomes empty again; from then on the own trigger node goes.
  virtual Task<> clear_trigger_flag() = 0;
  virtual Task<std::vector<JobInstance>> available_instances() = 0;
  virtual Task<bool> own_instance_exists() = 0;
  virtual Task<> trigger_all_instances() = 0;
};

/// Marks of items (7.4, 7.6, 7.8).
class Execution {
 public:
  virtual ~Execution() = default;
  virtual Task<> register_begin(std::vector<int> items) = 0;
  virtual Task<> register_completed(std::vector<int> items, std::vector<int> failed) = 0;
  virtual Task<> clear_running(std::vector<int> items) = 0;
  virtual Task<> clear_all_running() = 0;
  virtual Task<bool> has_running(std::vector<int> items) = 0;
  virtual Task<bool> has_running_all() = 0;
  virtual Task<bool> misfire_if_running(std::vector<int> items) = 0;
  virtual Task<> set_misfire(std::vector<int> items) = 0;
  virtual Task<std::vector<int>> misfired_items(std::vector<int> items) = 0;
  virtual Task<> clear_misfire(std::vector<int> items) = 0;
  virtual Task<std::vector<int>> disabled_items(std::vector<int> items) = 0;
  /// From 3.0.2 on: item -> id in its `running` mark, of those that have one.
  virtual Task<std::map<int, std::string>> all_running_items() = 0;
};

/// 7.3, 7.4.
class Sharding {
 public:
  virtual ~Sharding() = default;
  virtual Task<> set_resharding_flag() = 0;
  virtual Task<bool> is_need_sharding() = 0;
  virtual Task<> sharding_if_necessary() = 0;
  virtual Task<std::vector<int>> sharding_items(std::string instance_id) = 0;
  virtual Task<std::vector<int>> local_sharding_items() = 0;
  /// getCrashedShardingItems, from 3.0.0 on (7.9).
  virtual Task<std::vector<int>> crashed_items(std::string instance_id) = 0;
  /// hasShardingInfoInOfflineServers.
  virtual Task<bool> has_offline_owner() = 0;
  /// From 3.0.0 on: staticSharding, and items are there (7.3).
  virtual Task<bool> is_static_and_sharded() = 0;
};

/// 7.9.
class Failover {
 public:
  virtual ~Failover() = default;
  virtual Task<> set_crashed(int item) = 0;
  /// From 3.0.0 on: without a test.
  virtual Task<> set_crashed_directly(int item) = 0;
  virtual Task<> failover_if_necessary() = 0;
  virtual Task<> update_complete(std::vector<int> items) = 0;
  virtual Task<std::vector<int>> failover_items(std::string instance_id) = 0;
  virtual Task<std::vector<int>> failovering_items(std::string instance_id) = 0;
  virtual Task<std::vector<int>> local_failover_items() = 0;
  virtual Task<std::vector<int>> local_taken_off_items() = 0;
  virtual Task<> remove_failover_info() = 0;
  /// From 3.0.2 on: item -> id in its `failovering` mark.
  virtual Task<std::map<int, std::string>> all_failovering_items() = 0;
  virtual Task<> clear_failovering(int item) = 0;
};

/// 7.14.
class Guarantee {
 public:
  virtual ~Guarantee() = default;
  virtual Task<> register_start(std::vector<int> items) = 0;
  virtual Task<bool> is_register_start_success(std::vector<int> items) = 0;
  virtual Task<bool> is_all_started() = 0;
  virtual Task<> clear_started() = 0;
  virtual Task<> register_complete(std::vector<int> items) = 0;
  virtual Task<bool> is_register_complete_success(std::vector<int> items) = 0;
  virtual Task<bool> is_all_completed() = 0;
  virtual Task<> clear_completed() = 0;
  /// From 3.0.3 on: in the latch, if all have still started; the root goes in any case.
  virtual Task<> in_leader_for_last_started(std::function<Task<>()> action) = 0;
  virtual Task<> in_leader_for_last_completed(std::function<Task<>()> action) = 0;
};

/// 7.6 E2 step 5.
class ExecutionContexts {
 public:
  virtual ~ExecutionContexts() = default;
  virtual Task<ShardingContexts> sharding_contexts(std::vector<int> items) = 0;
};

/// 7.15: what L8 calls.
class InstanceShutdown {
 public:
  virtual ~InstanceShutdown() = default;
  virtual Task<> shutdown_instance() = 0;
};

}  // namespace chronofault::elastic_job
