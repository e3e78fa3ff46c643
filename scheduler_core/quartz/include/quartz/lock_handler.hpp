// The locks of a job store (org.quartz.impl.jdbcjobstore.Semaphore, quartz 2.4): a row of QRTZ_LOCKS in the caller's
// transaction (StdRowLockSemaphore), or a mutex of the process (SimpleSemaphore). Both remember which thread owns what,
// and an owner that asks again gets nothing anew; whoever releases first ends the ownership for both.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ports/clock.hpp>
#include <ports/database.hpp>
#include <ports/task/sync.hpp>
#include <quartz/job_store.hpp>

namespace chronofault::quartz {

enum class LockName { trigger_access, state_access };
const char* name_of(LockName lock);

class LockHandler {
 public:
  /// Ends the ownership. The row lock itself ends with the transaction.
  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    Guard(LockHandler* handler, const Fiber* owner, LockName lock) : handler_(handler), owner_(owner), lock_(lock) {}
    Guard(Guard&& other) noexcept
        : handler_(std::exchange(other.handler_, nullptr)), owner_(other.owner_), lock_(other.lock_) {}
    Guard& operator=(Guard&& other) noexcept {
      release();
      handler_ = std::exchange(other.handler_, nullptr);
      owner_ = other.owner_;
      lock_ = other.lock_;
      return *this;
    }
    ~Guard() { release(); }
    void release() noexcept {
      if (handler_ != nullptr) std::exchange(handler_, nullptr)->release(owner_, lock_);
    }

   private:
    LockHandler* handler_ = nullptr;
    const Fiber* owner_ = nullptr;
    LockName lock_ = LockName::trigger_access;
  };

  virtual ~LockHandler() = default;
  /// True: obtain() needs the session of the transaction.
  virtual bool requires_connection() const noexcept = 0;
  /// Throws JobPersistence (upstream: LockException).
  virtual Task<Guard> obtain(db::Session* session, LockName lock) = 0;

 private:
  virtual void release(const Fiber* owner, LockName lock) noexcept = 0;
};

struct RowLockOptions {
  RowLockOptions() = default;
  int max_retry = 3;                             // lockHandler.maxRetry: tries in all
  Duration retry_period = Duration::seconds(1);  // lockHandler.retryPeriod
  bool rolls_back_before_retry = false;          // 2.4.0, #763
};

/// Selects the row "for update". No row: inserts it, which takes the lock. After an SQL error it tries again on the
/// same connection, which in a transaction that the database has given up is of no use (quartz 8).
class RowLockSemaphore final : public LockHandler {
 public:
  RowLockSemaphore(Clock& clock, std::string sched_name, RowLockOptions options)
      : clock_(clock), sched_name_(std::move(sched_name)), options_(options) {}
  bool requires_connection() const noexcept override { return true; }
  Task<Guard> obtain(db::Session* session, LockName lock) override;

 private:
  void release(const Fiber* owner, LockName lock) noexcept override;
  bool owns(const Fiber* fiber, LockName lock) const noexcept;
  Task<> select_or_insert(db::Session* session, LockName lock);

  Clock& clock_;
  std::string sched_name_;
  RowLockOptions options_;
  std::vector<std::pair<const Fiber*, LockName>> owners_;
};

class SimpleSemaphore final : public LockHandler {
 public:
  bool requires_connection() const noexcept override { return false; }
  Task<Guard> obtain(db::Session* session, LockName lock) override;

 private:
  struct Held {
    Mutex mutex;
    Mutex::Guard guard;
    const Fiber* owner = nullptr;
  };
  void release(const Fiber* owner, LockName lock) noexcept override;
  Held& held(LockName lock) noexcept { return lock == LockName::trigger_access ? trigger_access_ : state_access_; }

  Held trigger_access_;
  Held state_access_;
};

}  // namespace chronofault::quartz
