#include "reconcile_thread.hpp"

namespace chronofault::elastic_job {

void ReconcileLoop::start() {
  if (state_ != State::created) return;
  state_ = State::running;
  threads_.spawn("ReconcileService", loop());
}

// spec: elasticjob 3 reconcile
Task<> ReconcileLoop::loop() {
  while (state_ == State::running) {
    events_.begin_unit();
    try {
      co_await service_.pass();
    } catch (...) {
      state_ = State::terminated;
    }
    if (state_ != State::running) co_return;
    co_await clock_.sleep_for(ReconcileService::period);
  }
}

}  // namespace chronofault::elastic_job
