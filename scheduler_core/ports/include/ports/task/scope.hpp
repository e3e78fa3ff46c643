// A scope owns the tasks that were spawned into it. Destroying or cancelling it destroys their frames, newest task
// first, each innermost frame first. No task is detached: each belongs to one scope, each scope to one process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <ports/task/task.hpp>

namespace chronofault {

/// The outermost frame of a fiber, as its scope sees it.
class RootFrame {
 public:
  RootFrame() = default;
  RootFrame(const RootFrame&) = delete;
  RootFrame& operator=(const RootFrame&) = delete;
  virtual void destroy() noexcept = 0;  // the frame, and this with it
  Hook in_scope{this};

 protected:
  ~RootFrame() = default;
};

/// What is left of a spawned task for others: ask whether it runs, interrupt it. Valid after its end too.
class FiberHandle {
 public:
  FiberHandle() = default;
  explicit FiberHandle(std::shared_ptr<Fiber*> fiber) : fiber_(std::move(fiber)) {}

  bool running() const noexcept { return fiber_ && *fiber_ != nullptr; }
  void interrupt() const noexcept {
    if (running()) (*fiber_)->interrupt();
  }

 private:
  std::shared_ptr<Fiber*> fiber_;
};

class Scope final : private Deferred {
 public:
  /// What happens when an exception leaves a task: upstream's "the thread died". Default: nothing but its end.
  using OnError = std::function<void(std::string_view task, std::exception_ptr error)>;

  explicit Scope(Executor& executor);
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  /// Not from inside one of its own tasks: use cancel().
  ~Scope();

  /// Starts `task` as a fiber of its own; its first step is a later one. In a dying process or a cancelled scope:
  /// nothing. `name` is upstream's name of the thread.
  void spawn(std::string_view name, Task<> task);
  /// As spawn; the handle outlives the task.
  FiberHandle start(std::string_view name, Task<> task);
  /// The same on another executor of this process: a pool's.
  void spawn_on(Executor& executor, std::string_view name, Task<> task);

  /// Destroys all tasks after the present step, and refuses new ones for good. May be called from a task of its own.
  void cancel() noexcept;
  bool cancelled() const noexcept { return cancelled_; }
  bool idle() const noexcept { return roots_.empty(); }
  Executor& executor() const noexcept { return *executor_; }
  void on_error(OnError handler) { on_error_ = std::move(handler); }

  /// For executors: at the death of the process. After unregister() nothing of the scope is known to it.
  void unregister() noexcept { registered_.unlink(); }
  void destroy_all() noexcept;

 private:
  friend struct Root;
  void run() noexcept override { destroy_all(); }

  Executor* executor_;
  Hook registered_{this};
  List<RootFrame> roots_;
  OnError on_error_;
  bool cancelled_ = false;
};

/// Hands an object over to be destroyed after the present step: for an object that owns a scope and is given up by a
/// task of that very scope.
void dispose(Executor& executor, std::shared_ptr<void> object);

}  // namespace chronofault
