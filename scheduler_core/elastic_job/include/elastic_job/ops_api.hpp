// The console's and lifecycle API's writes and reads (elasticjob 7.16, 5). They go to the tree directly, and take part
// in nothing.
#pragma once

#include <elastic_job/job_configuration.hpp>
#include <elastic_job/registry.hpp>
#include <elastic_job/rules/console_status.hpp>

namespace chronofault::elastic_job {

class OpsApi {
 public:
  using Name = std::optional<std::string>;

  OpsApi(Registry& registry, const Profile& profile) : registry_(registry), profile_(profile) {}

  // JobOperateAPI. Throw IllegalArgumentError: neither a job nor an ip is given.
  Task<> trigger(std::string job);
  Task<> disable(Name job, Name ip);
  Task<> enable(Name job, Name ip);
  Task<> shutdown(Name job, Name ip);
  Task<> remove(Name job, Name ip);

  // ShardingOperateAPI.
  Task<> disable_item(std::string job, std::string item);
  Task<> enable_item(std::string job, std::string item);

  // JobConfigurationAPI. Throws IllegalArgumentError: no name, or no item.
  Task<> update_job_configuration(JobConfiguration configuration);
  Task<> remove_job_configuration(std::string job);
  /// Throws what load_yaml throws; none: no such node.
  Task<std::optional<JobConfiguration>> job_configuration(std::string job);

  // JobStatisticsAPI, ShardingStatisticsAPI.
  Task<JobStatus> job_status(std::string job);
  struct ItemInfo {
    ItemInfo() = default;
    int item = 0;
    ItemStatus status = ItemStatus::pending;
    std::string ip;  // empty: no owner
    std::string pid;
    bool failover = false;
  };
  Task<ItemInfo> item_info(std::string job, std::string item);
  /// In order of items.
  Task<std::vector<ItemInfo>> items(std::string job);

 private:
  Task<> set_servers(Name job, Name ip, const char* status);

  Registry& registry_;
  const Profile& profile_;
};

}  // namespace chronofault::elastic_job
