#include <ports/task/result.hpp>
#include <quartz/cluster_manager.hpp>
#include <quartz/database_store.hpp>

namespace chronofault::quartz {

ClusterManager::ClusterManager(DatabaseStore& store)
    : DatabaseStoreThread(store, "ClusterManager", store.options().cluster_checkin_interval) {}

Task<bool> ClusterManager::pass() {
  const auto recovered = co_await as_result<JobPersistence>(store_.check_in());
  passed(recovered.has_value());
  co_return recovered.value_or(false);
}

Task<> ClusterManager::first_pass() { (void)co_await pass(); }

Task<> ClusterManager::run() {
  while (!stopping()) {
    const Duration since = store_.now() - store_.last_check_in();
    co_await sleep(store_.options().cluster_checkin_interval - since, Duration::ms(100));
    if (stopping()) break;
    begin_pass();
    const bool recovered = co_await pass();
    if (recovered) store_.signaler().scheduling_changed(std::nullopt);
  }
}

}  // namespace chronofault::quartz
