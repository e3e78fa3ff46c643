#include <algorithm>
#include <limits>

#include <coordination/retry.hpp>

namespace chronofault::curator {
namespace {

class ExponentialBackoff final : public RetryPolicy {
 public:
  static constexpr int retries_limit = 29;

  ExponentialBackoff(Duration base, int retries_max, Duration sleep_max)
      : base_(base), retries_max_(std::min(retries_max, retries_limit)), sleep_max_(sleep_max) {}

  Decision decide(int retry, Duration, RandomStream& draws) const override {
    if (retry >= retries_max_) return {Duration(), false};
    const auto factor = static_cast<std::int64_t>(draws.below(std::uint64_t{1} << (retry + 1)));
    return {std::min(sleep_max_, base_ * std::max<std::int64_t>(1, factor)), true};
  }

 private:
  Duration base_;
  int retries_max_;
  Duration sleep_max_;
};

class Counted final : public RetryPolicy {
 public:
  Counted(int n, Duration sleep) : n_(n), sleep_(sleep) {}
  Decision decide(int retry, Duration, RandomStream&) const override {
    return retry < n_ ? Decision{sleep_, true} : Decision{Duration(), false};
  }

 private:
  int n_;
  Duration sleep_;
};

class UntilElapsed final : public RetryPolicy {
 public:
  UntilElapsed(Duration elapsed_max, Duration sleep) : elapsed_max_(elapsed_max), sleep_(sleep) {}
  Decision decide(int, Duration elapsed, RandomStream&) const override { return {sleep_, elapsed < elapsed_max_}; }

 private:
  Duration elapsed_max_;
  Duration sleep_;
};

}  // namespace

RetryPolicyPtr exponential_backoff(Duration base, int retries_max, Duration sleep_max) {
  return std::make_shared<ExponentialBackoff>(base, retries_max, sleep_max);
}
RetryPolicyPtr bounded_exponential_backoff(Duration base, Duration sleep_max, int retries_max) {
  return exponential_backoff(base, retries_max, sleep_max);
}
RetryPolicyPtr retry_n_times(int n, Duration sleep) { return std::make_shared<Counted>(n, sleep); }
RetryPolicyPtr retry_one_time(Duration sleep) { return retry_n_times(1, sleep); }
RetryPolicyPtr retry_forever(Duration sleep) { return retry_n_times(std::numeric_limits<int>::max(), sleep); }
RetryPolicyPtr retry_until_elapsed(Duration elapsed_max, Duration sleep) {
  return std::make_shared<UntilElapsed>(elapsed_max, sleep);
}

bool retryable(zk::Code code) noexcept {
  return code == zk::Code::connection_loss || code == zk::Code::operation_timeout || code == zk::Code::session_moved ||
         code == zk::Code::session_expired;
}

}  // namespace chronofault::curator
