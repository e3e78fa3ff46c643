// Whether a failed operation is tried again, and after which sleep (zookeeper 10; Curator's RetryPolicy). One policy
// serves many operations at once: who counts is the operation.
#pragma once

#include <memory>

#include <ports/coordination/types.hpp>
#include <ports/random.hpp>
#include <ports/time.hpp>

namespace chronofault::curator {

class RetryPolicy {
 public:
  struct Decision {
    Duration sleep;  // before the answer is acted upon, whatever it is
    bool retry = false;
  };
  virtual ~RetryPolicy() = default;
  /// `retry` counts from 0; `elapsed` is the wall-clock time since the operation began.
  virtual Decision decide(int retry, Duration elapsed, RandomStream& draws) const = 0;
};
using RetryPolicyPtr = std::shared_ptr<const RetryPolicy>;

/// ExponentialBackoffRetry: retry k < min(retries_max, 29) after min(sleep_max, base x max(1, U)), U uniform in
/// [0, 2^(k+1)).
RetryPolicyPtr exponential_backoff(Duration base, int retries_max, Duration sleep_max = Duration::max());
/// BoundedExponentialBackoffRetry: the same law.
RetryPolicyPtr bounded_exponential_backoff(Duration base, Duration sleep_max, int retries_max);
RetryPolicyPtr retry_n_times(int n, Duration sleep);
RetryPolicyPtr retry_one_time(Duration sleep);
RetryPolicyPtr retry_forever(Duration sleep);
/// RetryUntilElapsed: sleeps once more before it gives up, as upstream does.
RetryPolicyPtr retry_until_elapsed(Duration elapsed_max, Duration sleep);

/// CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONMOVED, SESSIONEXPIRED. All others are thrown at once.
bool retryable(zk::Code code) noexcept;

}  // namespace chronofault::curator
