// Statuses that the console derives from the tree (elasticjob 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chronofault::elastic_job {

enum class ItemStatus { disabled, running, sharding_flag, pending };
std::string_view name_of(ItemStatus status) noexcept;
/// `owner_absent`: the owner's instance node does not exist.
ItemStatus item_status(bool disabled, bool running, bool owner_absent) noexcept;

enum class JobStatus { ok, crashed, disabled, sharding_flag };
std::string_view name_of(JobStatus status) noexcept;
/// What stands in the tree: data of each node below `servers`, names below `instances`, and the data of each
/// `sharding/N/instance`.
struct JobTree {
  JobTree() = default;
  std::vector<std::optional<std::string>> servers;
  std::vector<std::string> instances;
  std::vector<std::optional<std::string>> owners;
};
JobStatus job_status(const JobTree& tree);

}  // namespace chronofault::elastic_job
