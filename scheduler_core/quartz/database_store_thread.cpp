#include <algorithm>

#include <quartz/database_store.hpp>
#include <quartz/database_store_thread.hpp>

namespace chronofault::quartz {

void DatabaseStoreThread::start(Scope& threads) {
  started_ = true;
  fiber_ = threads.start(loop_.name, main());
}

Task<> DatabaseStoreThread::stop() {
  stopping_ = true;
  fiber_.interrupt();
  if (started_) co_await ended_.wait();
}

Task<> DatabaseStoreThread::main() {
  declare();
  try {
    co_await run();
  } catch (const Interrupted&) {
  }
  ended_.count_down();
}

void DatabaseStoreThread::declare() {
  Event event(EventKind::LoopDeclared);
  event.detail = loop_.name;
  event.bound = loop_.bound;
  store_.ports().events.emit(event);
}

void DatabaseStoreThread::begin_pass() {
  Events& events = store_.ports().events;
  events.begin_unit();
  Event event(EventKind::LoopPassed);
  event.detail = loop_.name;
  events.begin_unit(events.emit(event));
}

Task<> DatabaseStoreThread::sleep(Duration wanted, Duration otherwise) {
  const DatabaseStoreOptions& options = store_.options();
  Duration length = wanted > Duration() ? wanted : otherwise;
  if (options.policies.clamp_sleeps_to_period) length = std::min(length, loop_.period);
  if (failures_ > 0) length = std::max(length, options.db_retry_interval);
  co_await store_.ports().clock.sleep_for(length);
}

}  // namespace chronofault::quartz
