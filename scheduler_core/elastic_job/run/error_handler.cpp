#include <algorithm>
#include <array>
#include <string_view>

#include <elastic_job/error_handler.hpp>
#include <elastic_job/errors.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 7.6 handler
ErrorHandler error_handler(const std::optional<std::string>& type, const Profile& profile) {
  constexpr std::array<std::string_view, 6> types{"LOG", "IGNORE", "THROW", "EMAIL", "WECHAT", "DINGTALK"};
  if (!type || type->empty()) return ErrorHandler::log;
  const auto found = std::find(types.begin(), types.end(), *type);
  const auto handler = static_cast<ErrorHandler>(found - types.begin());
  const bool known = found != types.end() && (handler <= ErrorHandler::throws || profile.release >= Release::v3_0_0);
  if (!known) throw JobConfigurationError("Cannot find job error handler type '" + *type + "'.");
  return handler;
}

void handle_error(ErrorHandler handler, const std::string& job, const std::exception_ptr& error) {
  if (handler != ErrorHandler::throws) return;
  throw JobSystemError("Job '" + job + "' exception occur in job processing: " + describe(error));
}

// spec: elasticjob 1.1 T-POOL
ExecutorServiceHandler executor_service_handler(const std::optional<std::string>& type) {
  if (!type || type->empty() || *type == "CPU") return ExecutorServiceHandler::cpu;
  if (*type == "SINGLE_THREAD") return ExecutorServiceHandler::single_thread;
  throw JobConfigurationError("Cannot find executor service handler using type '" + *type + "'.");
}

int pool_threads(ExecutorServiceHandler handler, int processors) noexcept {
  return handler == ExecutorServiceHandler::cpu ? std::max(1, processors * 2) : 1;
}

}  // namespace chronofault::elastic_job
