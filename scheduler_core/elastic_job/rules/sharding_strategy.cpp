#include <algorithm>
#include <array>
#include <limits>

#include <coordination/java_hash_map.hpp>
#include <elastic_job/errors.hpp>
#include <elastic_job/rules/sharding_strategy.hpp>

namespace chronofault::elastic_job {

namespace {

constexpr std::array<std::string_view, 4> names{"AVG_ALLOCATION", "ODEVITY", "ROUND_ROBIN", "SINGLE_SHARDING_BALANCE"};

/// Math.abs of an int: the smallest one stays negative.
std::int32_t java_abs(std::int32_t n) { return n == std::numeric_limits<std::int32_t>::min() || n >= 0 ? n : -n; }

Assignment rotated(const std::vector<std::string>& instances, std::int32_t number, int total) {
  const auto count = static_cast<std::int32_t>(instances.size());
  if (count == 0) throw JavaError("ArithmeticException", "/ by zero");
  const std::int32_t offset = java_abs(number) % count;
  std::vector<std::string> turned;
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t index = (i + offset) % count;
    if (index < 0) throw JavaError("IndexOutOfBoundsException", std::to_string(index));
    turned.push_back(instances[static_cast<std::size_t>(index)]);
  }
  return average_allocation(turned, total);
}

}  // namespace

std::string_view name_of(ShardingStrategy strategy) noexcept { return names[static_cast<std::size_t>(strategy)]; }

ShardingStrategy sharding_strategy(const std::optional<std::string>& type, const Profile& profile) {
  if (!type || type->empty()) return ShardingStrategy::average_allocation;
  const auto found = std::find(names.begin(), names.end(), *type);
  const auto strategy = static_cast<ShardingStrategy>(found - names.begin());
  const bool known = found != names.end() &&
                     (strategy != ShardingStrategy::single_sharding_balance || profile.single_sharding_balance);
  if (!known) throw JobConfigurationError("Cannot find sharding strategy using type: '" + *type + "'.");
  return strategy;
}

// spec: elasticjob 7.5 AVG_ALLOCATION
Assignment average_allocation(const std::vector<std::string>& instances, int total) {
  Assignment result;
  if (instances.empty()) return result;
  const auto count = static_cast<int>(instances.size());
  const int each = total / count;
  const int rest = total % count;
  for (int j = 0; j < count; ++j) {
    std::vector<int> items;
    for (int i = j * each; i < (j + 1) * each; ++i) items.push_back(i);
    if (j < rest) items.push_back(each * count + j);
    result.emplace_back(instances[static_cast<std::size_t>(j)], std::move(items));
  }
  return result;
}

// spec: elasticjob 7.5 ODEVITY
Assignment odevity(std::vector<std::string> instances, std::string_view job, int total) {
  if (curator::java_hash(job) % 2 == 0) std::reverse(instances.begin(), instances.end());
  return average_allocation(instances, total);
}

// spec: elasticjob 7.5 ROUND_ROBIN
Assignment round_robin(const std::vector<std::string>& instances, std::string_view job, int total) {
  return rotated(instances, curator::java_hash(job), total);
}

// spec: elasticjob 7.5 SINGLE_SHARDING_BALANCE
Assignment single_sharding_balance(const std::vector<std::string>& instances, std::string_view job, int total,
                                   WallTime now) {
  // Java's ints wrap around.
  const auto clock = static_cast<std::uint32_t>(static_cast<std::uint64_t>(now.ms()));
  const auto sum = static_cast<std::uint32_t>(curator::java_hash(job)) + clock;
  return rotated(instances, static_cast<std::int32_t>(sum), total);
}

Assignment shard(ShardingStrategy strategy, const std::vector<std::string>& instances, std::string_view job, int total,
                 WallTime now) {
  switch (strategy) {
    case ShardingStrategy::average_allocation:
      return average_allocation(instances, total);
    case ShardingStrategy::odevity:
      return odevity(instances, job, total);
    case ShardingStrategy::round_robin:
      return round_robin(instances, job, total);
    case ShardingStrategy::single_sharding_balance:
      return single_sharding_balance(instances, job, total, now);
  }
  return {};
}

}  // namespace chronofault::elastic_job
