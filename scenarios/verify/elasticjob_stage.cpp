#include "elasticjob_stage.hpp"

#include <algorithm>
#include <stdexcept>

#include <ports/task/scope.hpp>

namespace chronofault::verify::elasticjob {

namespace {

constexpr sim::TrueTime curtain = sim::TrueTime::from_us(1'645'671'600'000'000);
constexpr Duration patience = Duration::hours(1);

Task<> watched(Task<> task, bool* done, std::exception_ptr* error) {
  try {
    co_await std::move(task);
  } catch (...) {
    *error = std::current_exception();
  }
  *done = true;
}

}  // namespace

WallTime StageClock::wall() const noexcept {
  if (answers_.empty()) return WallTime::from_us(curtain.us()) + (mono() - beginning_);
  const std::size_t i = std::min(given_++, answers_.size() - 1);
  return WallTime::from_ms(answers_[i]);
}

void StageClock::wait(TickWaiter& waiter) noexcept { executor_.at(waiter.wake, mono() + (waiter.until - wall())); }

Stage::Stage() : kernel_(1, curtain), clock_(kernel_.world()) {}

std::exception_ptr Stage::play(Task<> task) {
  bool done = false;
  std::exception_ptr error;
  Scope scope(executor());
  scope.spawn("case", watched(std::move(task), &done, &error));
  const sim::TrueTime until = kernel_.now() + patience;
  while (!done && kernel_.step(until)) {
  }
  if (!done) throw std::invalid_argument("the call does not end");
  return error;
}

}  // namespace chronofault::verify::elasticjob
