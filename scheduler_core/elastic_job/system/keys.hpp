// Keys of settings and jobs that are read in more than one place.
#pragma once

namespace chronofault::elastic_job {

/// Of an application's endpoint.
inline constexpr int default_port = 8080;

// Of a process.
inline constexpr const char* key_jobs = "jobs";
inline constexpr const char* key_name_space = "namespace";
inline constexpr const char* key_session_timeout = "sessionTimeoutMilliseconds";
inline constexpr const char* key_connection_timeout = "connectionTimeoutMilliseconds";
inline constexpr const char* key_base_sleep = "baseSleepTimeMilliseconds";
inline constexpr const char* key_max_sleep = "maxSleepTimeMilliseconds";
inline constexpr const char* key_max_retries = "maxRetries";
inline constexpr const char* key_listener_lag = "listener-lag";
inline constexpr const char* key_restart_wait = "restart-after-failed-start";

// Of a job: upstream's names.
inline constexpr const char* key_parameters = "shardingItemParameters";
inline constexpr const char* key_job_parameter = "jobParameter";
inline constexpr const char* key_monitor = "monitorExecution";
inline constexpr const char* key_failover = "failover";
inline constexpr const char* key_misfire = "misfire";
inline constexpr const char* key_time_diff = "maxTimeDiffSeconds";
inline constexpr const char* key_reconcile = "reconcileIntervalMinutes";
inline constexpr const char* key_strategy = "jobShardingStrategyType";
inline constexpr const char* key_pool = "jobExecutorServiceHandlerType";
inline constexpr const char* key_error_handler = "jobErrorHandlerType";
inline constexpr const char* key_description = "description";
inline constexpr const char* key_overwrite = "overwrite";
inline constexpr const char* key_static = "staticSharding";
inline constexpr const char* key_time_zone = "timeZone";
inline constexpr const char* key_label = "label";
inline constexpr const char* key_class = "class";
inline constexpr const char* key_distribute_once = "distributeOnce";
inline constexpr const char* key_started_timeout = "startedTimeout";
inline constexpr const char* key_completed_timeout = "completedTimeout";

}  // namespace chronofault::elastic_job
