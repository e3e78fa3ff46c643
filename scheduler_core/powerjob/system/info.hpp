// What a scenario may say about PowerJob, as data.
#pragma once

#include <ports/system.hpp>

namespace chronofault::powerjob {

const SystemInfo& system_info();

// Keys that are read in more than one place.
inline constexpr const char* key_percentage = "oms.accurate.select.server.percentage";
inline constexpr const char* key_retention = "oms.instanceinfo.retention";
inline constexpr const char* key_metadata_cache = "oms.instance.metadata.cache.size";
inline constexpr const char* key_http_port = "server.port";
inline constexpr const char* key_frequency_max = "powerjob.server.frequency-job.max-interval";
inline constexpr const char* key_pool_size = "spring.datasource.core.hikari.maximum-pool-size";
inline constexpr const char* key_pool_idle = "spring.datasource.core.hikari.minimum-idle";
inline constexpr const char* key_servers = "powerjob.worker.server-address";
inline constexpr const char* key_tag = "powerjob.worker.tag";
inline constexpr const char* key_report_period = "powerjob.worker.status-check.normal.period";
inline constexpr const char* key_health_period = "powerjob.worker.health-report-interval";
inline constexpr const char* key_light_max = "powerjob.worker.max-lightweight-task-num";
inline constexpr const char* key_heavy_max = "powerjob.worker.max-heavyweight-task-num";
inline constexpr const char* key_restart_wait = "restart-after-failed-start";

}  // namespace chronofault::powerjob
