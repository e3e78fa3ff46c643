// Task<T>: a lazy coroutine with one owner. What blocks a thread upstream is a co_await here.
//
//   - A parent starts its child by a nested resume() and falls back into its own body when the child ended at once;
//     symmetric transfer serves completion only. So a loop of synchronous awaits does not grow the native stack on any
//     compiler at any level; the stack grows by call depth alone, which is bounded (max_depth).
//   - Results and exceptions come out of co_await. A task that is never awaited never starts.
//   - Destroying a Task destroys the frames below it, innermost first. Nobody may destroy a chain that is running;
//     kills and cancellations are carried out between steps (ports/executor.hpp).
//
// Rules of use, each from a compiler's defect or the language's (docs/coroutines.md): one co_await per statement, whose
// arguments are names, moves, literals or constructor calls; parameters by value; lambda coroutines capture nothing; a
// struct with non-trivial members that is passed to a coroutine has a constructor (checked at compile time below).
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <ports/assert.hpp>
#include <ports/task/fiber.hpp>
#include <ports/task/frame.hpp>

namespace chronofault {

template <class T = void>
class Task;

inline constexpr int max_depth = 2'000;

/// g++ 12 copies a braced aggregate that is passed to a coroutine bit by bit and destroys it twice.
template <class T>
inline constexpr bool safe_in_coroutine =
    !std::is_aggregate_v<std::remove_cvref_t<T>> || std::is_trivially_copyable_v<std::remove_cvref_t<T>>;

struct PromiseBase {
  std::coroutine_handle<> next = std::noop_coroutine();
  Fiber* fiber = nullptr;
  std::exception_ptr error;
  int depth = 0;
  bool starting = false;  // the parent's await_suspend is below us on the stack

  static void* operator new(std::size_t size) { return allocate_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
      PromiseBase& promise = self.promise();
      return promise.starting ? std::noop_coroutine() : promise.next;
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }

  /// Makes `child` run on this promise's fiber and starts it. True: it ended at once.
  template <class P>
  bool start(std::coroutine_handle<P> child, std::coroutine_handle<> self) {
    PromiseBase& promise = child.promise();
    CF_ASSERT(depth < max_depth);
    promise.next = self;
    promise.fiber = fiber;
    promise.depth = depth + 1;
    promise.starting = true;
    child.resume();
    if (child.done()) return true;
    promise.starting = false;
    return false;
  }
};

template <class T>
struct Promise : PromiseBase {
  template <class... A>
  explicit Promise(A&...) {
    static_assert((safe_in_coroutine<A> && ...),
                  "coroutine parameter: give this struct a constructor (docs/coroutines.md, trap 1)");
  }
  Task<T> get_return_object() noexcept;
  template <class U = T>
    requires std::constructible_from<T, U&&>
  void return_value(U&& value) {
    result.emplace(std::forward<U>(value));
  }
  T take() {
    if (error) std::rethrow_exception(std::exchange(error, nullptr));
    return std::move(*result);
  }
  std::optional<T> result;
};

template <>
struct Promise<void> : PromiseBase {
  template <class... A>
  explicit Promise(A&...) {
    static_assert((safe_in_coroutine<A> && ...),
                  "coroutine parameter: give this struct a constructor (docs/coroutines.md, trap 1)");
  }
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() {
    if (error) std::rethrow_exception(std::exchange(error, nullptr));
  }
};

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = Promise<T>;
  using value_type = T;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { reset(); }

  Handle handle() const noexcept { return handle_; }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) noexcept : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> parent) {
      return !parent.promise().start(handle_, parent);
    }
    T await_resume() { return handle_.promise().take(); }

   private:
    Handle handle_;
  };
  Awaiter operator co_await() && noexcept {
    CF_ASSERT(handle_ && !handle_.done());
    return Awaiter(handle_);
  }

 private:
  void reset() noexcept {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  Handle handle_;
};

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

/// The fiber that runs this coroutine: `Fiber& self = co_await this_fiber;`
struct ThisFiber {
  class Awaiter {
   public:
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      fiber_ = self.promise().fiber;
      return false;
    }
    Fiber& await_resume() const noexcept { return *fiber_; }

   private:
    Fiber* fiber_ = nullptr;
  };
  Awaiter operator co_await() const noexcept { return {}; }
};
inline constexpr ThisFiber this_fiber{};

/// Base of awaiters that suspend for one wake-up. `Derived::await_suspend` calls suspend() and then enqueues wake_.
class Suspension {
 public:
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;

 protected:
  explicit Suspension(StepKind kind) : wake_(kind) {}
  ~Suspension() = default;
  template <class P>
  void suspend(std::coroutine_handle<P> self) noexcept {
    wake_.handle = self;
    wake_.fiber = self.promise().fiber;
  }
  Executor& executor() const noexcept { return wake_.fiber->executor(); }
  Wake wake_;
};

/// The same for a call that Thread.interrupt() ends.
class InterruptibleSuspension : public Suspension, public Interruptible {
 protected:
  explicit InterruptibleSuspension(StepKind kind) : Suspension(kind) {}
  ~InterruptibleSuspension() {
    if (interrupted_) wake_.fiber->undelivered();
  }
  /// False: the flag was up already; do not enqueue, return false from await_suspend. Java's blocking calls look at the
  /// flag first, even when they would not have to wait.
  template <class P>
  bool enter(std::coroutine_handle<P> self) noexcept {
    Suspension::suspend(self);
    interrupted_ = wake_.fiber->take_interrupt();
    return !interrupted_;
  }
  /// After enter(): from here on an interrupt ends the call.
  void block() noexcept { wake_.fiber->blocked(*this); }
  /// Both, for calls that always wait.
  template <class P>
  bool suspend(std::coroutine_handle<P> self) noexcept {
    if (!enter(self)) return false;
    block();
    return true;
  }
  /// Leaves whatever it waits in, other than the executor's queue. False: it was served already.
  virtual bool leave() noexcept = 0;
  void check_interrupt() {
    Interruptible::hook.unlink();
    if (!std::exchange(interrupted_, false)) return;
    wake_.fiber->delivered();
    throw Interrupted{};
  }

 private:
  bool interrupt() noexcept override {
    if (!leave()) return false;
    wake_.cancel();
    interrupted_ = true;
    wake_.kind = StepKind::interrupt;
    wake_.timer = false;
    executor().post(wake_);
    return true;
  }
  bool interrupted_ = false;
};

}  // namespace chronofault
