// The retry loop around a foreground operation (upstream: RetryLoop, ThreadLocalRetryLoop; zookeeper 10).
#pragma once

#include <exception>

#include <coordination/options.hpp>
#include <ports/clock.hpp>
#include <ports/coordination/errors.hpp>

namespace chronofault::curator {

/// One count of retries, which operations that are nested in one another share.
class RetryLoop {
 public:
  RetryLoop(Clock& clock, const RetryPolicy& policy, RandomStream& draws)
      : clock_(clock), policy_(policy), draws_(draws), start_(clock.wall()) {}

  /// After a failed attempt: true, after the policy's sleep, if there is to be another one. Throws the error of a
  /// nested operation that gave up. An interrupt of the sleep stays up and ends the retrying.
  Task<bool> again(std::exception_ptr error, zk::Code code);

 private:
  Clock& clock_;
  const RetryPolicy& policy_;
  RandomStream& draws_;
  WallTime start_;
  int retries_ = 0;
  std::exception_ptr gave_up_;
};

}  // namespace chronofault::curator
