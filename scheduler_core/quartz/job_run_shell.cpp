#include "job_run_shell.hpp"

#include <fmt/format.h>

namespace chronofault::quartz {

Task<> JobRunShell::run() {
  while (true) {
    const Beginning beginning = co_await tell_beginning();
    if (beginning == Beginning::failed) co_return;
    if (beginning == Beginning::vetoed) {
      co_await end(execution_complete(execution_.fired.trigger, nullptr));
      co_await tell_finalized();
      co_return;
    }
    const std::optional<JobFailed> failure = co_await execute();
    const JobFailed* failed = failure ? &*failure : nullptr;
    const bool heard = co_await told(tell_executed(failed), "job that was executed");
    if (!heard) co_return;
    const CompletedExecution instruction = execution_complete(execution_.fired.trigger, failed);
    const bool heard_end = co_await told(tell_complete(instruction), "trigger that is complete");
    if (!heard_end) co_return;
    co_await tell_finalized();
    if (instruction != CompletedExecution::re_execute_job) {
      co_await end(instruction);
      co_return;
    }
    ++execution_.refire_count;
  }
}

Task<JobRunShell::Beginning> JobRunShell::tell_beginning() {
  bool vetoed = false;
  const bool asked = co_await told(ask_trigger_listeners(&vetoed), "trigger that fires");
  if (!asked) co_return Beginning::failed;
  if (vetoed) {
    co_await told(tell_vetoed(), "vetoed execution");
    co_return Beginning::vetoed;
  }
  Fiber& self = co_await this_fiber;
  scheduler_.running_.push_back(&self);
  for (JobListener* listener : scheduler_.job_listeners_) {
    const bool heard = co_await told(listener->job_to_be_executed(execution_), "job to be executed");
    if (heard) continue;
    std::erase(scheduler_.running_, &self);
    co_return Beginning::failed;
  }
  co_return Beginning::runs;
}

Task<> JobRunShell::ask_trigger_listeners(bool* vetoed) {
  for (TriggerListener* listener : scheduler_.trigger_listeners_) {
    co_await listener->trigger_fired(execution_);
    const bool veto = co_await listener->veto_job_execution(execution_);
    if (veto) *vetoed = true;
  }
}

Task<> JobRunShell::tell_vetoed() {
  for (JobListener* listener : scheduler_.job_listeners_) co_await listener->job_vetoed(execution_);
}

Task<std::optional<JobFailed>> JobRunShell::execute() {
  const WallTime began = WallTime::from_ms(scheduler_.ports_.clock.wall().ms());
  std::optional<JobFailed> failed;
  bool unhandled = false;
  try {
    co_await job_class_.execute(execution_);
  } catch (const JobFailed& error) {
    failed = error;
  } catch (...) {
    unhandled = true;
  }
  execution_.run_time = WallTime::from_ms(scheduler_.ports_.clock.wall().ms()) - began;
  if (unhandled) {
    co_await scheduler_.tell_error(fmt::format("Job ({} threw an exception.", execution_.fired.job.key.name));
    failed.emplace("Job threw an unhandled exception.");
  }
  co_return failed;
}

Task<> JobRunShell::tell_executed(const JobFailed* failed) {
  Fiber& self = co_await this_fiber;
  std::erase(scheduler_.running_, &self);
  for (JobListener* listener : scheduler_.job_listeners_) co_await listener->job_executed(execution_, failed);
}

Task<> JobRunShell::tell_complete(CompletedExecution instruction) {
  for (TriggerListener* listener : scheduler_.trigger_listeners_) {
    co_await listener->trigger_complete(execution_, instruction);
  }
}

Task<> JobRunShell::tell_finalized() {
  if (execution_.fired.trigger.trigger.next) co_return;
  co_await scheduler_.tell_finalized(execution_.fired.trigger);
}

Task<> JobRunShell::end(CompletedExecution instruction) {
  co_await scheduler_.store_->complete(execution_.fired.trigger, execution_.fired.job, instruction);
}

Task<bool> JobRunShell::told(Task<> listeners, std::string_view what) {
  try {
    co_await std::move(listeners);
    co_return true;
  } catch (...) {
  }
  co_await scheduler_.tell_error(fmt::format("Unable to notify listeners of {}.", what));
  co_return false;
}

}  // namespace chronofault::quartz
