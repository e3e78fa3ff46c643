#include <ports/task/scope.hpp>

namespace chronofault {

// The outermost coroutine of a fiber: it owns the spawned task, and its promise holds the fiber and the list hook.
struct Root {
  struct promise_type : PromiseBase, Deferred, RootFrame {
    promise_type(Scope* scope, Executor* executor, std::string_view name, std::shared_ptr<Fiber*>& observer,
                 Task<>& /*task*/)
        : scope_(scope), fiber_(*executor), name_(name), observer_(observer) {
      fiber = &fiber_;
      start_.fiber = &fiber_;
      if (observer_) *observer_ = &fiber_;
    }
    ~promise_type() {
      if (observer_) *observer_ = nullptr;
    }
    Root get_return_object() noexcept { return Root{std::coroutine_handle<promise_type>::from_promise(*this)}; }

    // Nothing is destroyed during a step: an ended root waits on the executor's list of deferred ends.
    struct End {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        promise_type& promise = self.promise();
        promise.fiber_.executor().after_step(promise);
      }
      void await_resume() noexcept {}
    };
    End final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {
      if (scope_->on_error_) scope_->on_error_(name_, std::current_exception());
    }

    void run() noexcept override { destroy(); }
    void destroy() noexcept override { std::coroutine_handle<promise_type>::from_promise(*this).destroy(); }

    Scope* scope_;
    Fiber fiber_;
    Wake start_{StepKind::start};
    std::string name_;
    std::shared_ptr<Fiber*> observer_;
  };

  static Root run(Scope* /*scope*/, Executor* /*executor*/, std::string_view /*name*/,
                  std::shared_ptr<Fiber*> /*observer*/, Task<> task) {
    // Parameters outlive the promise, and with it the fiber on whose lists the task's awaiters are: a local does not.
    Task<> body = std::move(task);
    co_await std::move(body);
  }

  std::coroutine_handle<promise_type> handle;
};

namespace {

void launch(Executor& executor, Scope& scope, List<RootFrame>& roots, std::string_view name,
            std::shared_ptr<Fiber*> observer, Task<> task) {
  Root root = Root::run(&scope, &executor, name, std::move(observer), std::move(task));
  auto& promise = root.handle.promise();
  promise.start_.handle = root.handle;
  roots.push_back(promise.in_scope);
  executor.post(promise.start_);
}

}  // namespace

Scope::Scope(Executor& executor) : executor_(&executor) { executor.scopes().push_back(registered_); }

Scope::~Scope() {
  cancelled_ = true;  // destructors of its frames start nothing in it
  destroy_all();
}

void Scope::spawn(std::string_view name, Task<> task) { spawn_on(*executor_, name, std::move(task)); }

void Scope::spawn_on(Executor& executor, std::string_view name, Task<> task) {
  if (executor.dying() || cancelled_) return;
  launch(executor, *this, roots_, name, nullptr, std::move(task));
}

FiberHandle Scope::start(std::string_view name, Task<> task) {
  if (executor_->dying() || cancelled_) return FiberHandle();
  auto observer = std::make_shared<Fiber*>(nullptr);
  launch(*executor_, *this, roots_, name, observer, std::move(task));
  return FiberHandle(std::move(observer));
}

void Scope::cancel() noexcept {
  if (cancelled_) return;
  cancelled_ = true;
  executor_->after_step(*this);
}

void Scope::destroy_all() noexcept {
  while (RootFrame* newest = roots_.back()) {
    newest->in_scope.unlink();
    newest->destroy();
  }
}

namespace {

class Disposal final : public Deferred {
 public:
  explicit Disposal(std::shared_ptr<void> object) : object_(std::move(object)) {}
  void run() noexcept override { delete this; }

 private:
  std::shared_ptr<void> object_;
};

}  // namespace

void dispose(Executor& executor, std::shared_ptr<void> object) {
  if (executor.dying()) return;  // none of its code runs any more: the object may go at once
  executor.after_step(*new Disposal(std::move(object)));
}

}  // namespace chronofault
