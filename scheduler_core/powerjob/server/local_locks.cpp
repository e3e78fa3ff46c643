#include <powerjob/server/local_locks.hpp>

namespace chronofault::powerjob {

namespace {
constexpr Duration entry_life = Duration::minutes(30);
}

LocalLocks::Guard::~Guard() {
  if (!lock_ || --lock_->depth > 0) return;
  lock_->holder = nullptr;
  lock_->free.release();
}

std::shared_ptr<LocalLocks::Lock> LocalLocks::find_or_make(Key key) {
  const MonoTime now = clock_.mono();
  while (!by_age_.empty() && now - by_age_.front().first >= entry_life) {
    entries_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second.lock;
  auto lock = std::make_shared<Lock>();
  entries_.emplace(key, Entry{now, lock});
  if (key.first != segment) by_age_.emplace_back(now, std::move(key));
  return lock;
}

Task<LocalLocks::Guard> LocalLocks::lock(std::string type, std::int64_t key) {
  Fiber& self = co_await this_fiber;
  std::shared_ptr<Lock> lock = find_or_make(Key(std::move(type), key));
  if (lock->holder != &self) {
    co_await lock->free.acquire();
    lock->holder = &self;
  }
  ++lock->depth;
  co_return Guard(std::move(lock));
}

}  // namespace chronofault::powerjob
