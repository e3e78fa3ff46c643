#include <optional>

#include <powerjob/exception.hpp>
#include <powerjob/thread_pool.hpp>

namespace chronofault::powerjob {

ThreadPool::ThreadPool(Scope& scope, std::string name, int core, int max, std::size_t queue)
    : scope_(&scope),
      name_(std::move(name)),
      core_(core),
      max_(max),
      capacity_(queue),
      state_(std::make_shared<State>()) {}

bool ThreadPool::submit(Task<>& task) {
  if (state_->active >= core_ && state_->queue.size() < capacity_) {
    state_->queue.push_back(std::move(task));
    return true;
  }
  if (state_->active >= max_) return false;
  ++state_->active;
  scope_->spawn(name_, thread(state_, std::move(task)));
  return true;
}

Task<> ThreadPool::thread(std::shared_ptr<State> state, Task<> first) {
  std::optional<Task<>> next(std::move(first));
  while (next) {
    // Lost, as in a thread that dies of it: the pool makes another one.
    (void)co_await attempt(std::move(*next));
    next.reset();
    if (!state->queue.empty()) {
      next.emplace(std::move(state->queue.front()));
      state->queue.pop_front();
    }
  }
  --state->active;
}

}  // namespace chronofault::powerjob
