#include "retry_loop.hpp"

#include <coordination/interrupts.hpp>

namespace chronofault::curator {

Task<bool> RetryLoop::again(std::exception_ptr error, zk::Code code) {
  if (gave_up_) std::rethrow_exception(gave_up_);
  if (retryable(code)) {
    const RetryPolicy::Decision decision = policy_.decide(retries_++, clock_.wall() - start_, draws_);
    bool interrupted = false;
    try {
      if (decision.sleep > Duration()) co_await clock_.sleep_for(decision.sleep);
    } catch (const Interrupted&) {
      interrupted = true;
    }
    if (interrupted) co_await keep_interrupt();
    if (decision.retry && !interrupted) co_return true;
  }
  gave_up_ = std::move(error);
  co_return false;
}

}  // namespace chronofault::curator
