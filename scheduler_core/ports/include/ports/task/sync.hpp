// What Java threads of one process meet at: mutex, condition, latch, semaphore, queue. All are FIFO. A hand-over posts
// the waiter's wake and never resumes it; what was handed to a waiter that dies before it resumes is given back.
// Interruptible calls throw at once when the flag is up, as Java's do, even if they would not have to wait.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include <ports/task/task.hpp>

namespace chronofault {

/// java.util.concurrent.Semaphore, fair. acquire() can be interrupted.
class [[nodiscard]] Semaphore : Counted {
 public:
  explicit Semaphore(std::int64_t permits) : permits_(permits) { CF_ASSERT(permits >= 0); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  class Awaiter : public InterruptibleSuspension {
   public:
    explicit Awaiter(Semaphore& semaphore) : InterruptibleSuspension(StepKind::acquire), semaphore_(semaphore) {}
    ~Awaiter() {
      if (granted_) semaphore_.release();
    }
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!enter(self) || semaphore_.try_acquire()) return false;
      block();
      semaphore_.waiters_.push_back(waiting_);
      return true;
    }
    void await_resume() {
      granted_ = false;
      check_interrupt();
    }

   private:
    friend class Semaphore;
    bool leave() noexcept override {
      waiting_.unlink();
      return !granted_;
    }
    void grant() noexcept {
      granted_ = true;
      executor().post(wake_);
    }
    Semaphore& semaphore_;
    Hook waiting_{this};
    bool granted_ = false;
  };

  struct Acquire {
    Semaphore* semaphore;
    Awaiter operator co_await() const noexcept { return Awaiter(*semaphore); }
  };
  [[nodiscard]] Acquire acquire() noexcept { return Acquire{this}; }
  bool try_acquire() noexcept {
    if (permits_ <= 0 || !waiters_.empty()) return false;
    --permits_;
    return true;
  }
  void release() noexcept {
    if (Awaiter* next = waiters_.pop_front()) {
      next->grant();
    } else {
      ++permits_;
    }
  }
  std::int64_t available() const noexcept { return permits_; }

 private:
  std::int64_t permits_;
  List<Awaiter> waiters_;
};

/// A mutex with a guard. Like `synchronized` and Lock.lock(), an interrupt does not end the wait for it. Not
/// re-entrant: where upstream relies on re-entrance, the code says so and passes the guard.
class Mutex : Counted {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    explicit Guard(Mutex* mutex) noexcept : mutex_(mutex) {}
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&& other) noexcept {
      if (this != &other) {
        unlock();
        mutex_ = std::exchange(other.mutex_, nullptr);
      }
      return *this;
    }
    ~Guard() { unlock(); }
    void unlock() noexcept {
      if (mutex_ != nullptr) std::exchange(mutex_, nullptr)->release();
    }
    bool owns() const noexcept { return mutex_ != nullptr; }

   private:
    Mutex* mutex_ = nullptr;
  };

  class Awaiter : public Suspension {
   public:
    explicit Awaiter(Mutex& mutex) : Suspension(StepKind::acquire), mutex_(mutex) {}
    ~Awaiter() {
      if (granted_) mutex_.release();
    }
    bool await_ready() noexcept { return !std::exchange(mutex_.locked_, true); }
    template <class P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
      suspend(self);
      mutex_.waiters_.push_back(waiting_);
    }
    Guard await_resume() noexcept {
      granted_ = false;
      return Guard(&mutex_);
    }

   private:
    friend class Mutex;
    void grant() noexcept {
      granted_ = true;
      executor().post(wake_);
    }
    Mutex& mutex_;
    Hook waiting_{this};
    bool granted_ = false;
  };
  struct Lock {
    Mutex* mutex;
    Awaiter operator co_await() const noexcept { return Awaiter(*mutex); }
  };
  /// `auto guard = co_await mutex.lock();`
  [[nodiscard]] Lock lock() noexcept { return Lock{this}; }
  bool locked() const noexcept { return locked_; }

 private:
  void release() noexcept {
    if (Awaiter* next = waiters_.pop_front()) {
      next->grant();  // stays locked: handed over
    } else {
      locked_ = false;
    }
  }
  bool locked_ = false;
  List<Awaiter> waiters_;
};

/// A one-shot gate that many may wait at: CountDownLatch. Interruptible.
class Latch : Counted {
 public:
  explicit Latch(std::int64_t count) : count_(count) {}
  Latch(const Latch&) = delete;
  Latch& operator=(const Latch&) = delete;

  class Awaiter : public InterruptibleSuspension {
   public:
    explicit Awaiter(Latch& latch) : InterruptibleSuspension(StepKind::notify), latch_(latch) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!enter(self) || latch_.count_ <= 0) return false;
      block();
      latch_.waiters_.push_back(waiting_);
      return true;
    }
    void await_resume() { check_interrupt(); }

   private:
    friend class Latch;
    bool leave() noexcept override {
      const bool waiting = waiting_.linked();
      waiting_.unlink();
      return waiting;
    }
    Latch& latch_;
    Hook waiting_{this};
  };
  struct Wait {
    Latch* latch;
    Awaiter operator co_await() const noexcept { return Awaiter(*latch); }
  };
  [[nodiscard]] Wait wait() noexcept { return Wait{this}; }
  void count_down() noexcept {
    if (count_ <= 0 || --count_ > 0) return;
    while (Awaiter* next = waiters_.pop_front()) next->executor().post(next->wake_);
  }
  std::int64_t count() const noexcept { return count_; }

 private:
  std::int64_t count_;
  List<Awaiter> waiters_;
};

/// Object.wait() / notify() for a predicate that the waiter checks itself after waking; there is no lock, since nothing
/// else runs between two awaits. Interruptible.
class Condition : Counted {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  class Awaiter : public InterruptibleSuspension {
   public:
    explicit Awaiter(Condition& condition) : InterruptibleSuspension(StepKind::notify), condition_(condition) {}
    ~Awaiter() {
      if (notified_) condition_.notify_one();
    }
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!suspend(self)) return false;
      condition_.waiters_.push_back(waiting_);
      return true;
    }
    void await_resume() {
      notified_ = false;
      check_interrupt();
    }

   private:
    friend class Condition;
    bool leave() noexcept override {
      const bool waiting = waiting_.linked();
      waiting_.unlink();
      return waiting;
    }
    Condition& condition_;
    Hook waiting_{this};
    bool notified_ = false;
  };
  struct Wait {
    Condition* condition;
    Awaiter operator co_await() const noexcept { return Awaiter(*condition); }
  };
  [[nodiscard]] Wait wait() noexcept { return Wait{this}; }
  void notify_one() noexcept {
    if (Awaiter* next = waiters_.pop_front()) {
      next->notified_ = true;
      next->executor().post(next->wake_);
    }
  }
  void notify_all() noexcept {
    while (Awaiter* next = waiters_.pop_front()) next->executor().post(next->wake_);
  }

 private:
  List<Awaiter> waiters_;
};

/// A FIFO queue without bound. receive() can be interrupted. An item that was handed to a receiver which dies before it
/// resumes goes to the next receiver, or back to the front.
template <class T>
class Queue : Counted {
 public:
  Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  class Awaiter : public InterruptibleSuspension {
   public:
    explicit Awaiter(Queue& queue) : InterruptibleSuspension(StepKind::receive), queue_(queue) {}
    ~Awaiter() {
      if (item_) queue_.give_back(std::move(*item_));
    }
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!enter(self)) return false;
      item_ = queue_.try_receive();
      if (item_) return false;
      block();
      queue_.receivers_.push_back(waiting_);
      return true;
    }
    T await_resume() {
      check_interrupt();
      T item = std::move(*item_);
      item_.reset();
      return item;
    }

   private:
    friend class Queue;
    bool leave() noexcept override {
      const bool waiting = waiting_.linked();
      waiting_.unlink();
      return waiting;
    }
    void serve(T item) {
      item_.emplace(std::move(item));
      executor().post(wake_);
    }
    Queue& queue_;
    Hook waiting_{this};
    std::optional<T> item_;
  };
  struct Receive {
    Queue* queue;
    Awaiter operator co_await() const noexcept { return Awaiter(*queue); }
  };
  [[nodiscard]] Receive receive() noexcept { return Receive{this}; }

  void push(T item) {
    if (Awaiter* next = receivers_.pop_front()) {
      next->serve(std::move(item));
    } else {
      items_.push_back(std::move(item));
    }
  }
  /// Takes only when nobody waits: a newcomer does not overtake.
  std::optional<T> try_receive() {
    if (items_.empty() || !receivers_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }
  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }
  bool has_receivers() const noexcept { return !receivers_.empty(); }
  void clear() noexcept { items_.clear(); }

 private:
  void give_back(T item) {
    if (Awaiter* next = receivers_.pop_front()) {
      next->serve(std::move(item));
    } else {
      items_.push_front(std::move(item));
    }
  }
  std::deque<T> items_;
  List<Awaiter> receivers_;
};

/// A named choice point: free unless the executor explores, then a step of its own (`co_await interleave("name")`).
struct Interleave {
  std::string_view name;
  class Awaiter : public Suspension {
   public:
    Awaiter() : Suspension(StepKind::interleave) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      suspend(self);
      if (!executor().interleaves()) return false;
      executor().post(wake_);
      return true;
    }
    void await_resume() const noexcept {}
  };
  Awaiter operator co_await() const noexcept { return {}; }
};
inline Interleave interleave(std::string_view name) { return Interleave{name}; }

}  // namespace chronofault
