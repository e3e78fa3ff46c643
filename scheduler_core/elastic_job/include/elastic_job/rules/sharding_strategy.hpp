// Which instance gets which items (elasticjob 7.5). Lists of instances come in the order of getAvailableJobInstances:
// descending ids; the order of the result is that of the sharding transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <elastic_job/profile.hpp>
#include <ports/time.hpp>

namespace chronofault::elastic_job {

enum class ShardingStrategy { average_allocation, odevity, round_robin, single_sharding_balance };
/// "AVG_ALLOCATION": upstream's type.
std::string_view name_of(ShardingStrategy strategy) noexcept;
/// None and empty: AVG_ALLOCATION. Throws JobConfigurationError: no such type in this release.
ShardingStrategy sharding_strategy(const std::optional<std::string>& type, const Profile& profile);

using Assignment = std::vector<std::pair<std::string, std::vector<int>>>;

Assignment average_allocation(const std::vector<std::string>& instances, int total);
Assignment odevity(std::vector<std::string> instances, std::string_view job, int total);
/// Throws JavaError: no instance, or the index is negative (a job name whose hash is -2147483648).
Assignment round_robin(const std::vector<std::string>& instances, std::string_view job, int total);
/// `now`: System.currentTimeMillis() of the leader. Throws as round_robin.
Assignment single_sharding_balance(const std::vector<std::string>& instances, std::string_view job, int total,
                                   WallTime now);

Assignment shard(ShardingStrategy strategy, const std::vector<std::string>& instances, std::string_view job, int total,
                 WallTime now);

}  // namespace chronofault::elastic_job
