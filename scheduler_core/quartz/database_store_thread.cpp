#include <algorithm>

#include <ports/loop.hpp>
#include <quartz/database_store.hpp>
#include <quartz/database_store_thread.hpp>

#include "loop_bound.hpp"

namespace chronofault::quartz {

void DatabaseStoreThread::start(Scope& threads) {
  started_ = true;
  fiber_ = threads.start(name_, main());
}

Task<> DatabaseStoreThread::stop() {
  stopping_ = true;
  fiber_.interrupt();
  if (started_) co_await ended_.wait();
}

Task<> DatabaseStoreThread::main() {
  const DatabaseStoreOptions& options = store_.options();
  declare_loop(store_.ports().events, name_, loop_bound_of(period_, options.db_retry_interval));
  try {
    co_await run();
  } catch (const Interrupted&) {
  }
  ended_.count_down();
}

void DatabaseStoreThread::begin_pass() {
  Events& events = store_.ports().events;
  events.begin_unit();
  events.begin_unit(pass_loop(events, name_));
}

Task<> DatabaseStoreThread::sleep(Duration wanted, Duration otherwise) {
  const DatabaseStoreOptions& options = store_.options();
  Duration length = wanted > Duration() ? wanted : otherwise;
  if (options.policies.clamp_sleeps_to_period) length = std::min(length, period_);
  if (failures_ > 0) length = std::max(length, options.db_retry_interval);
  co_await store_.ports().clock.sleep_for(length);
}

}  // namespace chronofault::quartz
