// JobErrorHandler: what becomes of an error of a run (elasticjob 7.6).
#pragma once

#include <exception>
#include <optional>
#include <string>

#include <elastic_job/profile.hpp>

namespace chronofault::elastic_job {

enum class ErrorHandler { log, ignore, throws, email, wechat, dingtalk };
/// None and empty: LOG. Throws JobConfigurationError: no such type in this release.
ErrorHandler error_handler(const std::optional<std::string>& type, const Profile& profile);
/// Returns, or for THROW throws JobSystemError.
void handle_error(ErrorHandler handler, const std::string& job, const std::exception_ptr& error);

enum class ExecutorServiceHandler { cpu, single_thread };
/// None and empty: CPU. Throws JobConfigurationError: no such type.
ExecutorServiceHandler executor_service_handler(const std::optional<std::string>& type);
/// Threads of the item pool on a machine of so many processors (1.1 T-POOL).
int pool_threads(ExecutorServiceHandler handler, int processors) noexcept;

}  // namespace chronofault::elastic_job
