#include <ports/task/scope.hpp>
#include <sim/kernel/kernel.hpp>
#include <sim/kernel/task_executor.hpp>

namespace chronofault::sim {

TaskExecutor::TaskExecutor(Kernel& kernel, std::uint32_t id, const MonoMap* clock, Mortal* owner)
    : kernel_(kernel), id_(id), clock_(clock), owner_(owner) {}

TaskExecutor::TaskExecutor(Kernel& kernel, TaskExecutor& parent)
    : kernel_(kernel), parent_(&parent), id_(parent.id_), clock_(parent.clock_), owner_(parent.owner_) {}

TaskExecutor::~TaskExecutor() {
  for (Wake* wake : held_) CF_ASSERT(wake == nullptr);
  if (parent_ == nullptr) CF_ASSERT(ledger_.frames == 0);
}

void TaskExecutor::claim(Wake& wake) noexcept {
  CF_ASSERT(!wake.pending());
  wake.owner = this;
  wake.postponed = false;
  if (ExecutorObserver* listener = observer()) {
    wake.cause = listener->armed(wake);
  } else {
    wake.cause = 0;
  }
}

void TaskExecutor::post(Wake& wake) noexcept {
  if (dying()) return;
  wake.timer = false;
  claim(wake);
  kernel_.enqueue_now(wake);
}

void TaskExecutor::at(Wake& wake, MonoTime due) noexcept {
  if (dying()) return;
  wake.timer = true;
  wake.due = due;
  const TrueTime when = clock_ != nullptr ? clock_->when(due) : TrueTime::from_us(due.us());
  claim(wake);
  kernel_.enqueue(wake, std::max(when, kernel_.now()));
}

void TaskExecutor::cancel(Wake& wake) noexcept {
  if ((wake.position & held_bit) == 0) {
    kernel_.queue().erase(wake);
    return;
  }
  const std::uint32_t slot = wake.position & ~held_bit;
  TaskExecutor& keeper = slot < held_.size() && held_[slot] == &wake ? *this : root();
  CF_ASSERT(slot < keeper.held_.size() && keeper.held_[slot] == &wake);
  keeper.held_[slot] = nullptr;
  wake.position = Wake::nowhere;
}

void TaskExecutor::move(Wake& wake) noexcept {
  CF_ASSERT(wake.pending() && wake.timer && clock_ != nullptr);
  if ((wake.position & held_bit) != 0 || wake.postponed) return;
  kernel_.queue().move(wake, std::max(clock_->when(wake.due), kernel_.now()));
}

MonoTime TaskExecutor::now() const noexcept {
  return clock_ != nullptr ? clock_->at(kernel_.now()) : MonoTime::from_us(kernel_.now().us());
}

void TaskExecutor::request_kill() noexcept {
  CF_ASSERT(owner_ != nullptr);
  if (!dying()) kernel_.request_kill(*owner_);
}

void TaskExecutor::after_step(Deferred& what) noexcept { kernel_.after_step(what); }

bool TaskExecutor::interleaves() const noexcept { return kernel_.interleaving(); }

Executor& TaskExecutor::pool(std::string_view name) {
  TaskExecutor& process = root();
  auto found = process.pools_.find(name);
  if (found == process.pools_.end()) {
    std::unique_ptr<TaskExecutor> made(new TaskExecutor(kernel_, process));
    found = process.pools_.emplace(std::string(name), std::move(made)).first;
  }
  return *found->second;
}

TaskExecutor* TaskExecutor::find_pool(std::string_view name) noexcept {
  const auto found = root().pools_.find(name);
  return found == root().pools_.end() ? nullptr : found->second.get();
}

std::vector<std::string> TaskExecutor::pool_names() const {
  std::vector<std::string> names;
  for (const auto& [name, pool] : root().pools_) names.push_back(name);
  return names;
}

void TaskExecutor::hold(Wake& wake) noexcept {
  CF_ASSERT(!wake.pending());
  // A paused process keeps the order over all its pools; a hung pool keeps its own.
  (closed_ ? *this : root()).keep(wake);
}

void TaskExecutor::keep(Wake& wake) noexcept {
  wake.position = held_bit | static_cast<std::uint32_t>(held_.size());
  held_.push_back(&wake);
}

void TaskExecutor::open(std::uint64_t by) noexcept {
  closed_ = false;
  if (by != 0) opened_by_ = by;
  if (ExecutorObserver* listener = observer()) {
    for (Wake* wake : held_) {
      if (wake != nullptr) wake->cause = listener->released(*wake, by);
    }
  }
  if (!closed()) {
    release_held();
    return;
  }
  // A pool that is released in a paused process: what it held now waits for the process.
  for (Wake* wake : held_) {
    if (wake != nullptr) parent_->keep(*wake);
  }
  held_.clear();
}

void TaskExecutor::release_held() noexcept {
  std::vector<Wake*> held;
  held.swap(held_);
  for (Wake* wake : held) {
    if (wake == nullptr) continue;
    wake->position = Wake::nowhere;
    kernel_.enqueue(*wake, kernel_.now());
  }
}

void TaskExecutor::destroy_tasks() noexcept {
  while (Scope* newest = scopes_.back()) {
    newest->unregister();
    newest->destroy_all();
  }
}

}  // namespace chronofault::sim
