#include <algorithm>
#include <utility>

#include <ports/task/pool.hpp>

namespace chronofault {

// A thread in getTask(): it waits for a job, for ever or for the keep-alive time.
class ThreadPool::Idle : public InterruptibleSuspension {
 public:
  Idle(ThreadPool& pool, bool timed) : InterruptibleSuspension(StepKind::acquire), pool_(pool), timed_(timed) {}
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> self) noexcept {
    if (!suspend(self)) return false;
    pool_.idle_.push_back(waiting_);
    if (timed_) executor().at(wake_, executor().now() + pool_.settings_.keep_alive);
    return true;
  }
  /// Empty: the time is up, or the pool was shut down.
  Job await_resume() {
    waiting_.unlink();
    check_interrupt();
    return std::move(job_);
  }
  void serve(Job job) {
    job_ = std::move(job);
    wake();
  }
  void wake() noexcept {
    waiting_.unlink();
    wake_.cancel();
    executor().post(wake_);
  }

 private:
  friend class ThreadPool;
  bool leave() noexcept override {
    const bool waiting = waiting_.linked();
    waiting_.unlink();
    return waiting;
  }
  ThreadPool& pool_;
  bool timed_;
  Hook waiting_{this};
  Job job_;
};

ThreadPool::ThreadPool(Executor& executor, Settings settings)
    : executor_(executor), settings_(std::move(settings)), scope_(executor) {
  CF_ASSERT(0 <= settings_.core && settings_.core <= settings_.max && settings_.max >= 1);
  CF_ASSERT(settings_.rejection != Rejection::discard_oldest || settings_.queue_capacity > 0);
  CF_ASSERT(!settings_.core_timeout || settings_.keep_alive > Duration{});
}

ThreadPool::~ThreadPool() = default;

Task<> ThreadPool::submit(Job job) {
  Job left = place(std::move(job));
  if (left) co_await left();
}

void ThreadPool::execute(Job job) {
  CF_ASSERT(settings_.rejection != Rejection::caller_runs);
  place(std::move(job));
}

ThreadPool::Job ThreadPool::place(Job job) {
  CF_ASSERT(static_cast<bool>(job));
  if (executor_.dying()) return {};
  if (is_shutdown()) return reject(std::move(job));
  if (workers_ < settings_.core) {  // NOLINT(bugprone-branch-clone): the order is the pool's rule
    add_thread(std::move(job));
  } else if (offer(job)) {
    if (workers_ == 0) add_thread({});
  } else if (workers_ < settings_.max) {
    add_thread(std::move(job));
  } else {
    return reject(std::move(job));
  }
  return {};
}

bool ThreadPool::offer(Job& job) {
  if (Idle* idle = settings_.queue_capacity == 0 ? idle_.back() : idle_.front()) {
    ++active_;
    idle->serve(std::move(job));
    return true;
  }
  if (queue_.size() >= settings_.queue_capacity) return false;
  queue_.push_back(std::move(job));
  return true;
}

ThreadPool::Job ThreadPool::reject(Job job) {
  if (settings_.rejection == Rejection::abort) throw RejectedExecution(settings_.name);
  if (is_shutdown()) return {};
  switch (settings_.rejection) {
    case Rejection::caller_runs:
      return job;
    case Rejection::discard_oldest:
      queue_.pop_front();
      return place(std::move(job));
    case Rejection::new_thread:
      // The closure must outlive its coroutine, so it travels as a parameter.
      scope_.spawn(settings_.name + "-outside", [](Job own) -> Task<> { co_await own(); }(std::move(job)));
      return {};
    case Rejection::abort:
    case Rejection::discard:
      break;
  }
  return {};
}

void ThreadPool::add_thread(Job first) {
  ++workers_;
  workers_max_ = std::max(workers_max_, workers_);
  if (first) ++active_;
  const Threads::iterator self = threads_.emplace(threads_.end());
  const std::string name = settings_.name + "-" + std::to_string(++named_);
  scope_.spawn_on(executor_.pool(settings_.name), name, work(self, std::move(first)));
}

// runWorker and getTask in one.
Task<> ThreadPool::work(Threads::iterator self, Job first) {
  Fiber& fiber = co_await this_fiber;
  self->fiber = &fiber;
  if (state_ == State::stop) fiber.interrupt();
  Job job = std::move(first);
  bool timed_out = false;
  while (true) {
    if (!job && !queue_.empty() && state_ != State::stop) {
      job = std::move(queue_.front());
      queue_.pop_front();
      ++active_;
    }
    if (job) {
      // Interrupts that were meant for an earlier job are forgotten; those of shutdown_now() are not.
      if (state_ != State::stop) fiber.take_interrupt();
      std::exception_ptr error;
      try {
        co_await job();
      } catch (...) {
        error = std::current_exception();
      }
      job = nullptr;
      run_ended();
      if (error) {
        leave(self, true);
        std::rethrow_exception(error);
      }
      timed_out = false;
      continue;
    }
    const bool timed = settings_.core_timeout || workers_ > settings_.core;
    if (may_leave(timed, timed_out)) break;
    try {
      job = co_await Idle(*this, timed);
      timed_out = !job;
    } catch (const Interrupted&) {
      timed_out = false;
    }
  }
  leave(self, false);
}

void ThreadPool::run_ended() noexcept {
  --active_;
  ++completed_;
}

// The queue is empty, or the pool is stopping.
bool ThreadPool::may_leave(bool timed, bool timed_out) const noexcept {
  return state_ != State::running || (timed && timed_out);
}

void ThreadPool::leave(Threads::iterator self, bool abruptly) {
  threads_.erase(self);
  --workers_;
  const bool needed = state_ == State::running || (state_ == State::shutdown && !queue_.empty());
  int least = settings_.core_timeout ? 0 : settings_.core;
  if (least == 0 && !queue_.empty()) least = 1;
  if (needed && (abruptly || workers_ < least)) add_thread({});
  if (state_ != State::running && workers_ == 0) terminated_.count_down();
}

void ThreadPool::shutdown() {
  if (state_ == State::running) state_ = State::shutdown;
  wake_idle();
}

std::deque<ThreadPool::Job> ThreadPool::shutdown_now() {
  state_ = State::stop;
  std::deque<Job> left = std::exchange(queue_, {});
  wake_idle();
  for (Thread& thread : threads_) {
    if (thread.fiber != nullptr) thread.fiber->interrupt();
  }
  return left;
}

void ThreadPool::wake_idle() noexcept {
  while (Idle* idle = idle_.front()) idle->wake();
  if (workers_ == 0 && queue_.empty()) terminated_.count_down();
}

}  // namespace chronofault
