#include <algorithm>

#include <fmt/format.h>

#include <sim/kernel/kernel.hpp>

namespace chronofault::sim {

namespace {

std::string describe(const void* world) {
  const auto& kernel = *static_cast<const Kernel*>(world);
  const TaskExecutor* running = kernel.current_executor();
  return fmt::format("seed {}, step {}, true time {} us, process {}, cause: record {}", kernel.seed(), kernel.steps(),
                     kernel.now().us(), running != nullptr ? running->id() : 0, kernel.current_cause());
}

}  // namespace

Kernel::Kernel(std::uint64_t seed, TrueTime start)
    : now_(start), streams_(seed, &digest_), outside_streams_(seed, nullptr), world_(*this, 0, nullptr, nullptr) {
  digest_.fold(seed, static_cast<std::uint64_t>(start.us()));
  set_assertion_context(describe, this);
}

Kernel::~Kernel() {
  settle();
  CF_ASSERT(queue_.empty());
  set_assertion_context(nullptr, nullptr);
}

void Kernel::enqueue(Wake& wake, TrueTime due) noexcept { queue_.push(wake, due, ++sequence_); }

void Kernel::enqueue_now(Wake& wake) noexcept { queue_.push_present(wake, now_, ++sequence_); }

void Kernel::at(WorldEvent& event, TrueTime due) noexcept {
  world_.at(event, MonoTime::from_us(std::max(due, now_).us()));
}

void Kernel::agenda(TrueTime at, std::function<void()> act) { agenda_.emplace(std::max(at, now_), std::move(act)); }

void Kernel::do_agenda(TrueTime until) {
  while (!agenda_.empty() && agenda_.begin()->first <= until) {
    auto first = agenda_.extract(agenda_.begin());
    now_ = std::max(now_, first.key());
    first.mapped()();
    settle();
  }
}

bool Kernel::step(TrueTime until) {
  set_assertion_context(describe, this);
  while (true) {
    // An act may put something earlier into the queue, so ask again after each.
    const TrueTime next = queue_.empty() ? TrueTime::max() : queue_.top().time;
    const TrueTime limit = std::min(next, until);
    if (!agenda_.empty() && agenda_.begin()->first <= limit) {
      do_agenda(agenda_.begin()->first);
      continue;
    }
    if (queue_.empty() || next > until) {
      now_ = std::max(now_, until);
      return false;
    }
    Wake& wake = take_next();
    auto& owner = *static_cast<TaskExecutor*>(wake.owner);
    if (owner.closed()) {
      owner.hold(wake);
      continue;
    }
    const Duration late = owner.lateness();
    if (late > Duration{} && !wake.postponed) {
      wake.postponed = true;
      enqueue(wake, now_ + late);
      continue;
    }
    fire(wake);
    return true;
  }
}

Wake& Kernel::take_next() {
  EventQueue::Entry next = queue_.top();
  if (chooser_ != nullptr) {
    queue_.due_at_top(due_);
    if (due_.size() > 1) {
      const std::size_t chosen = chooser_->choose(due_);
      CF_ASSERT(chosen < due_.size());
      next = due_[chosen];
    }
    queue_.erase(*next.wake);
  } else {
    queue_.pop();
  }
  CF_ASSERT(next.time >= now_);
  now_ = next.time;
  return *next.wake;
}

void Kernel::fire(Wake& wake) {
  auto& owner = *static_cast<TaskExecutor*>(wake.owner);
  ++step_;
  digest_.fold(step_, static_cast<std::uint64_t>(now_.us()),
               std::uint64_t{owner.id()} << 32 | static_cast<std::uint64_t>(wake.kind));
  current_fiber_ = wake.fiber;
  current_executor_ = &owner;
  current_cause_ = owner.observer() != nullptr ? owner.observer()->fired(wake) : 0;
  set_current_ledger(&owner.ledger());
  if (wake.handle) {
    const std::coroutine_handle<> handle = wake.handle;
    handle.resume();
  } else {
    static_cast<WorldEvent&>(wake).fire();
  }
  // The wake may be gone.
  current_fiber_ = nullptr;
  current_executor_ = nullptr;
  current_cause_ = 0;
  set_current_ledger(nullptr);
  settle();
  if (after_each_step_) {
    after_each_step_();
    settle();
  }
  if (checkpoint_interval_ != 0 && step_ % checkpoint_interval_ == 0) {
    checkpoints_.push_back(Checkpoint{step_, now_, digest_.value()});
  }
}

void Kernel::run_to_step(std::uint64_t step_number, TrueTime until) {
  while (step_ < step_number && step(until)) {
  }
}

void Kernel::request_kill(Mortal& victim) {
  if (std::find(kill_requests_.begin(), kill_requests_.end(), &victim) == kill_requests_.end()) {
    kill_requests_.push_back(&victim);
  }
}

void Kernel::settle() noexcept {
  while (true) {
    if (Deferred* next = deferred_.pop_front()) {
      next->run();
      continue;
    }
    if (kill_requests_.empty()) return;
    Mortal* victim = kill_requests_.front();
    kill_requests_.erase(kill_requests_.begin());
    victim->kill();
  }
}

void Kernel::rekey(const MonoMap& map) noexcept {
  std::vector<Wake*> timers;
  for (const EventQueue::Entry& entry : queue_.timed()) {
    // One that an overloaded host postponed has run out already.
    if (entry.wake->timer && !entry.wake->postponed && static_cast<TaskExecutor*>(entry.wake->owner)->clock() == &map) {
      timers.push_back(entry.wake);
    }
  }
  for (Wake* wake : timers) queue_.move(*wake, std::max(map.when(wake->due), now_));
}

}  // namespace chronofault::sim
