// What a scenario may say about Quartz, as data, and what it comes to.
#pragma once

#include <optional>
#include <string>

#include <ports/system.hpp>
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

const SystemInfo& system_info();

// Keys that are read in more than one place.
inline constexpr const char* key_store_class = "org.quartz.jobStore.class";
inline constexpr const char* key_clustered = "org.quartz.jobStore.isClustered";
inline constexpr const char* key_use_db_locks = "org.quartz.jobStore.useDBLocks";
inline constexpr const char* key_lock_on_insert = "org.quartz.jobStore.lockOnInsert";
inline constexpr const char* key_acquire_within_lock = "org.quartz.jobStore.acquireTriggersWithinLock";
inline constexpr const char* key_double_check = "org.quartz.jobStore.doubleCheckLockMisfireHandler";
inline constexpr const char* key_misfire_threshold = "org.quartz.jobStore.misfireThreshold";
inline constexpr const char* key_max_misfires = "org.quartz.jobStore.maxMisfiresToHandleAtATime";
inline constexpr const char* key_checkin_interval = "org.quartz.jobStore.clusterCheckinInterval";
inline constexpr const char* key_instance_id = "org.quartz.scheduler.instanceId";
inline constexpr const char* key_retry_interval = "org.quartz.scheduler.dbFailureRetryInterval";
inline constexpr const char* key_idle_wait = "org.quartz.scheduler.idleWaitTime";
inline constexpr const char* key_batch_size = "org.quartz.scheduler.batchTriggerAcquisitionMaxCount";
inline constexpr const char* key_batch_window = "org.quartz.scheduler.batchTriggerAcquisitionFireAheadTimeWindow";
inline constexpr const char* key_thread_count = "org.quartz.threadPool.threadCount";
inline constexpr const char* key_connections = "org.quartz.dataSource.maxConnections";
inline constexpr const char* key_wait_for_jobs = "waitForJobsToCompleteOnShutdown";

inline constexpr const char* key_recovery = "requestsRecovery";
inline constexpr const char* key_misfire = "misfireInstruction";
inline constexpr const char* key_priority = "priority";

/// What a version and its policies make of the store.
StorePolicies policies_of(const Profile& profile);

/// The store of the cluster's nodes by a node's settings; without an instance id.
DatabaseStoreOptions store_options(const ProcessEntry& node, const Profile& profile);

/// A checked value; none: it is not given, or null.
template <class T>
std::optional<T> given(const std::map<std::string, Value>& values, const char* key) {
  const auto found = values.find(key);
  if (found == values.end() || !std::holds_alternative<T>(found->second)) return std::nullopt;
  return std::get<T>(found->second);
}

}  // namespace chronofault::quartz
