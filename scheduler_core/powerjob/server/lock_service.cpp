#include <powerjob/server/lock_service.hpp>

namespace chronofault::powerjob {

Task<bool> LockService::try_lock(std::string name, Duration max_hold) {
  while (true) {
    OmsLock lock;
    lock.lock_name = name;
    lock.owner_ip = server_.ports.host.ip();
    lock.max_lock_time = max_hold.count_ms();
    lock.gmt_create = lock.gmt_modified = server_.now();
    // Any failure of the insert counts as a held lock (database 7.1).
    auto inserted = co_await attempt(server_.tables.locks.insert(lock));
    if (inserted) {
      failures_.reset(name);
      co_return true;
    }
    if (failures_.after_conflict(name, server_.profile) == LockStep::refused) co_return false;

    db::Where held("uidx01_oms_lock", db::Values(1, Value(name)));
    std::vector<OmsLock> rows = co_await server_.tables.locks.select(std::move(held));
    std::optional<OmsLock> row;
    if (!rows.empty()) row = rows.front();
    const LockStep step = judge_held(row, server_.now(), failures_, server_.profile);
    if (step == LockStep::vanished) throw Failure("lock row vanished: " + name);
    if (step == LockStep::refused) co_return false;
    co_await unlock(name);
    if (step == LockStep::delete_and_refuse) co_return false;
  }
}

Task<> LockService::unlock(std::string name) {
  for (int i = 0; i < server_.profile.unlock_tries; ++i) {
    db::Where held("uidx01_oms_lock", db::Values(1, Value(name)));
    auto removed = co_await attempt(server_.tables.locks.remove(std::move(held)));
    if (removed) co_return;
    co_await server_.ports.clock.sleep_for(server_.profile.unlock_retry_wait);
  }
}

Task<> LockService::release_all() {
  db::Where mine(db::eq(&OmsLock::owner_ip, server_.ports.host.ip()));
  std::vector<OmsLock> rows = co_await server_.tables.locks.select(std::move(mine));
  for (const OmsLock& row : rows) {
    db::Where one("pk", db::Values(1, Value(row.id)));
    co_await server_.tables.locks.remove(std::move(one));
  }
}

}  // namespace chronofault::powerjob
