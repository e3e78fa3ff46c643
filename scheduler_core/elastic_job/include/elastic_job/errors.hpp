// Upstream's exceptions. They travel as Java's unchecked ones do and are caught where the specification says so. Those
// of the ports and of Curator travel beside them; the registry turns what a caller may see into RegError (elasticjob
// 2.3).
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace chronofault::elastic_job {

struct Failure {
  Failure(std::string_view type, std::string message) : type(type), message(std::move(message)) {}
  std::string_view type;  // "JobSystemException": upstream's class
  std::string message;
};

struct JobConfigurationError : Failure {
  explicit JobConfigurationError(std::string message) : Failure("JobConfigurationException", std::move(message)) {}
};
struct JobExecutionEnvironmentError : Failure {
  explicit JobExecutionEnvironmentError(std::string message)
      : Failure("JobExecutionEnvironmentException", std::move(message)) {}
};
struct JobSystemError : Failure {
  explicit JobSystemError(std::string message) : Failure("JobSystemException", std::move(message)) {}
};
/// A request failed loudly.
struct RegError : Failure {
  explicit RegError(std::string message) : Failure("RegException", std::move(message)) {}
};
struct IllegalArgumentError : Failure {
  explicit IllegalArgumentError(std::string message) : Failure("IllegalArgumentException", std::move(message)) {}
};
struct IllegalStateError : Failure {
  explicit IllegalStateError(std::string message) : Failure("IllegalStateException", std::move(message)) {}
};
/// What Java itself throws where upstream's code runs into it: null, an index, a division by zero, a cast.
struct JavaError : Failure {
  using Failure::Failure;
};
/// Thrown by user code.
struct UserError : Failure {
  explicit UserError(std::string message) : Failure("RuntimeException", std::move(message)) {}
};

/// "JobSystemException: why", for logs and error messages; also for the exceptions of the ports.
std::string describe(const std::exception_ptr& error);

}  // namespace chronofault::elastic_job
