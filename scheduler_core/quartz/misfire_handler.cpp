#include <ports/task/result.hpp>
#include <quartz/database_store.hpp>
#include <quartz/misfire_handler.hpp>

namespace chronofault::quartz {

MisfireHandler::MisfireHandler(DatabaseStore& store)
    : DatabaseStoreThread(store, "MisfireHandler", store.options().misfire_threshold) {}

Task<> MisfireHandler::run() {
  constexpr Duration short_pause = Duration::ms(50);
  while (!stopping()) {
    begin_pass();
    const WallTime began = store_.now();
    const auto recovered = co_await as_result<JobPersistence>(store_.recover_misfires());
    passed(recovered.has_value());
    const DatabaseStore::Misfires misfires = recovered.value_or(DatabaseStore::Misfires());
    // Long.MAX_VALUE lies before no acquired trigger: it wakes the thread, and no more.
    if (misfires.processed > 0) store_.signaler().scheduling_changed(misfires.earliest.value_or(WallTime::max()));
    if (stopping()) break;
    Duration pause = short_pause;
    if (!misfires.more) pause = store_.options().misfire_threshold - (store_.now() - began);
    // While more remain the pause is short even after failures; there are none then.
    co_await sleep(pause, short_pause);
  }
}

}  // namespace chronofault::quartz
