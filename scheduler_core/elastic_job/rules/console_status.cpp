#include <algorithm>

#include <elastic_job/rules/console_status.hpp>

namespace chronofault::elastic_job {

std::string_view name_of(ItemStatus status) noexcept {
  switch (status) {
    case ItemStatus::disabled:
      return "DISABLED";
    case ItemStatus::running:
      return "RUNNING";
    case ItemStatus::sharding_flag:
      return "SHARDING_FLAG";
    case ItemStatus::pending:
      return "PENDING";
  }
  return "?";
}

// spec: elasticjob 5 Item
ItemStatus item_status(bool disabled, bool running, bool owner_absent) noexcept {
  if (disabled) return ItemStatus::disabled;
  if (running) return ItemStatus::running;
  return owner_absent ? ItemStatus::sharding_flag : ItemStatus::pending;
}

std::string_view name_of(JobStatus status) noexcept {
  switch (status) {
    case JobStatus::ok:
      return "OK";
    case JobStatus::crashed:
      return "CRASHED";
    case JobStatus::disabled:
      return "DISABLED";
    case JobStatus::sharding_flag:
      return "SHARDING_FLAG";
  }
  return "?";
}

// spec: elasticjob 5 Job (console)
JobStatus job_status(const JobTree& tree) {
  if (tree.instances.empty()) return JobStatus::crashed;
  const bool all_disabled =
      std::all_of(tree.servers.begin(), tree.servers.end(), [](const auto& data) { return data == "DISABLED"; });
  if (all_disabled) return JobStatus::disabled;
  bool owned = false;
  for (const auto& owner : tree.owners) {
    if (!owner || owner->empty()) continue;
    owned = true;
    if (std::find(tree.instances.begin(), tree.instances.end(), *owner) == tree.instances.end()) {
      return JobStatus::sharding_flag;
    }
  }
  return owned ? JobStatus::ok : JobStatus::sharding_flag;
}

}  // namespace chronofault::elastic_job
