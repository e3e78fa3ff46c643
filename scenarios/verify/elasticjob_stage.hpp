// Where one case is played: an executor on virtual time, a clock that may be told what to answer, and draws. Nobody
// else is there; the code under test gets collaborators that answer at once.
#pragma once

#include <exception>
#include <vector>

#include <ports/clock.hpp>
#include <ports/random.hpp>
#include <ports/task/task.hpp>
#include <sim/kernel/kernel.hpp>

namespace chronofault::verify::elasticjob {

class StageClock final : public Clock {
 public:
  explicit StageClock(Executor& executor) : executor_(executor), beginning_(executor.now()) {}

  WallTime wall() const noexcept override;
  MonoTime mono() const noexcept override { return executor_.now(); }
  const TimeZone& zone() const noexcept override { return utc(); }
  void wait(TickWaiter& waiter) noexcept override;

  /// wall() answers these from now on, in turn; the last one stays.
  void answer_ms(std::vector<std::int64_t> answers) { answers_ = std::move(answers); }

 private:
  Executor& executor_;
  MonoTime beginning_;
  std::vector<std::int64_t> answers_;
  mutable std::size_t given_ = 0;
};

class Stage {
 public:
  Stage();

  /// Runs the task to its end. What left it; null: nothing. Throws std::invalid_argument: it does not end within an
  /// hour.
  std::exception_ptr play(Task<> task);

  Executor& executor() noexcept { return kernel_.world(); }
  StageClock& clock() noexcept { return clock_; }
  RandomStream& draws() { return kernel_.streams().stream("case"); }

 private:
  sim::Kernel kernel_;
  StageClock clock_;
};

}  // namespace chronofault::verify::elasticjob
