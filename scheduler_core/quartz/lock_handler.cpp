#include <algorithm>

#include <quartz/lock_handler.hpp>
#include <quartz/rows.hpp>

namespace chronofault::quartz {

const char* name_of(LockName lock) { return lock == LockName::trigger_access ? "TRIGGER_ACCESS" : "STATE_ACCESS"; }

bool RowLockSemaphore::owns(const Fiber* fiber, LockName lock) const noexcept {
  return std::find(owners_.begin(), owners_.end(), std::pair(fiber, lock)) != owners_.end();
}

void RowLockSemaphore::release(const Fiber* owner, LockName lock) noexcept {
  std::erase(owners_, std::pair(owner, lock));
}

/// In auto-commit mode the row lock is given up with the statement that took it.
Task<> RowLockSemaphore::select_or_insert(db::Session* session, LockName lock) {
  const bool autocommit = session->autocommit();
  if (autocommit) co_await session->begin(std::nullopt);
  db::Values key{Value(sched_name_), Value(std::string(name_of(lock)))};
  db::Select select(LockRow::table, db::Where("pk", std::move(key)));
  select.lock = db::Lock::update;
  db::Statement locking = std::move(select);
  db::Result found = co_await session->execute(std::move(locking));
  if (found.rows.empty()) {
    LockRow row;
    row.sched_name = sched_name_;
    row.lock_name = name_of(lock);
    db::Statement insert = db::to_row(row);
    co_await session->execute(std::move(insert));
  }
  if (autocommit) co_await session->commit();
}

Task<LockHandler::Guard> RowLockSemaphore::obtain(db::Session* session, LockName lock) {
  Fiber& self = co_await this_fiber;
  if (owns(&self, lock)) co_return Guard(this, &self, lock);
  for (int tries = 1;; ++tries) {
    std::string failure;
    try {
      co_await select_or_insert(session, lock);
      break;
    } catch (const db::DatabaseError& error) {
      failure = error.what;
    }
    if (tries >= options_.max_retry) throw JobPersistence("Failure obtaining db row lock: " + failure);
    bool interrupted = false;
    try {
      if (options_.rolls_back_before_retry && session->usable()) {
        co_await session->rollback();
        co_await session->begin(std::nullopt);
      }
      co_await clock_.sleep_for(options_.retry_period);
    } catch (const db::DatabaseError&) {
    } catch (const Interrupted&) {
      interrupted = true;  // the next blocking call sees it
    }
    if (interrupted) self.interrupt();
  }
  owners_.emplace_back(&self, lock);
  co_return Guard(this, &self, lock);
}

Task<LockHandler::Guard> SimpleSemaphore::obtain(db::Session*, LockName lock) {
  Fiber& self = co_await this_fiber;
  Held& mine = held(lock);
  if (mine.owner != &self) {
    mine.guard = co_await mine.mutex.lock();
    mine.owner = &self;
  }
  co_return Guard(this, &self, lock);
}

void SimpleSemaphore::release(const Fiber* owner, LockName lock) noexcept {
  Held& mine = held(lock);
  if (mine.owner != owner) return;
  mine.owner = nullptr;
  mine.guard.unlock();
}

}  // namespace chronofault::quartz
