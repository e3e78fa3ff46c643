#include <algorithm>

#include <ports/loop.hpp>
#include <ports/task/race.hpp>
#include <quartz/scheduler_thread.hpp>

namespace chronofault::quartz {
namespace {

constexpr Duration retry_delay_min = Duration::ms(20);
constexpr Duration retry_delay_max = Duration::seconds(600);
// Due times that are no further away than this are not waited for.
constexpr Duration due_slack = Duration::ms(2);
constexpr const char* loop_name = "QuartzSchedulerThread";

bool is_scheduler_exception(const std::exception_ptr& error) {
  if (!error) return false;
  try {
    std::rethrow_exception(error);
  } catch (const SchedulerException&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

SchedulerThread::SchedulerThread(Ports& ports, JobStore& store, WorkerPool& workers, SchedulerThreadSettings settings,
                                 Run run, Report report)
    : ports_(ports),
      store_(store),
      workers_(workers),
      settings_(std::move(settings)),
      run_(std::move(run)),
      report_(std::move(report)),
      draws_(ports.random.stream("quartz/" + settings_.name)),
      scope_(ports.executor) {
  CF_ASSERT(settings_.idle_wait_variability > Duration{} && settings_.max_batch_size > 0);
}

void SchedulerThread::start() {
  CF_ASSERT(!running_ && !halted_);
  running_ = true;
  scope_.spawn(settings_.name + "_QuartzSchedulerThread", loop());
}

void SchedulerThread::pause(bool paused) {
  paused_ = paused;
  if (paused) {
    signal(std::nullopt);
  } else {
    signalled_.notify_all();
  }
}

void SchedulerThread::halt() {
  halted_ = true;
  signal(std::nullopt);
}

Task<> SchedulerThread::ended() {
  while (running_) co_await ended_.wait();
}

void SchedulerThread::signal(std::optional<WallTime> next_fire_time) {
  changed_ = true;
  changed_to_ = next_fire_time;
  signalled_.notify_all();
}

WallTime SchedulerThread::now() const { return WallTime::from_ms(ports_.clock.wall().ms()); }

bool SchedulerThread::worth_it(WallTime due) const {
  if (!changed_ || (changed_to_ && *changed_to_ >= due)) return false;
  return due - now() >= store_.worth_it_margin();
}

Task<> SchedulerThread::wait_for(Duration d) {
  // Each a named operation: the signal first, so that one that came at the same instant counts.
  co_await race(signalled_.wait(), ports_.clock.sleep_for(d));
}

Task<> SchedulerThread::loop() {
  if (settings_.loop_bound) declare_loop(ports_.events, loop_name, *settings_.loop_bound);
  while (true) {
    while (paused_ && !halted_) {
      co_await signalled_.wait();
      acquires_failed_ = 0;
    }
    if (halted_) break;
    try {
      co_await pass();
    } catch (...) {
      // "Runtime error occurred in main trigger firing loop."
    }
  }
  if (settings_.loop_bound) end_loop(ports_.events, loop_name);
  running_ = false;
  ended_.notify_all();
}

/// What woke the thread stays the cause of what it does in this pass.
void SchedulerThread::tell_pass() {
  if (settings_.loop_bound) (void)pass_loop(ports_.events, loop_name);
}

Task<int> SchedulerThread::wait_for_worker() {
  if (!settings_.loop_bound) co_return co_await workers_.wait_available();
  while (true) {
    const auto first = co_await race(workers_.wait_available(), ports_.clock.sleep_for(*settings_.loop_bound / 2));
    if (first.index() == 0) co_return std::get<0>(first);
    tell_pass();
  }
}

Task<> SchedulerThread::pass() {
  ports_.events.begin_unit();
  tell_pass();
  if (acquires_failed_ > 1) {
    const Duration delay = std::clamp(store_.acquire_retry_delay(), retry_delay_min, retry_delay_max);
    co_await ports_.clock.sleep_for(delay);
  }
  const int available = co_await wait_for_worker();
  if (available < 1) co_return;
  std::vector<JobTrigger> held;
  const bool acquired = co_await acquire(&held, available);
  if (!acquired) co_return;
  if (held.empty()) {
    co_await wait_idle();
    co_return;
  }
  const bool due = co_await wait_until_due(&held);
  if (due && !halted_) co_await fire(std::move(held));
}

Task<bool> SchedulerThread::acquire(std::vector<JobTrigger>* held, int available) {
  changed_ = false;
  bool persistence_failed = false;
  try {
    *held = co_await store_.acquire(now() + settings_.idle_wait_time, std::min(available, settings_.max_batch_size),
                                    settings_.batch_time_window);
    acquires_failed_ = 0;
    co_return true;
  } catch (const JobPersistence&) {
    persistence_failed = true;
  } catch (...) {
  }
  if (persistence_failed && acquires_failed_ == 0) {
    co_await report_("An error occurred while scanning for the next triggers to fire.");
  }
  ++acquires_failed_;
  co_return false;
}

Task<> SchedulerThread::wait_idle() {
  const auto less =
      static_cast<std::int64_t>(draws_.below(static_cast<std::uint64_t>(settings_.idle_wait_variability.count_ms())));
  if (!halted_ && !changed_) co_await wait_for(settings_.idle_wait_time - Duration::ms(less));
}

Task<bool> SchedulerThread::wait_until_due(const std::vector<JobTrigger>* held) {
  const WallTime due = *held->front().trigger.next;
  while (due - now() > due_slack) {
    if (halted_) co_return true;
    if (!worth_it(due)) co_await wait_for(due - now());
    const bool give_up = worth_it(due);
    changed_ = false;
    if (!give_up) continue;
    co_await release(held);
    co_return false;
  }
  co_return true;
}

Task<> SchedulerThread::fire(std::vector<JobTrigger> held) {
  std::vector<FiredResult> results;
  bool failed = false;
  try {
    results = co_await store_.fired(held);
  } catch (const SchedulerException&) {
    failed = true;
  }
  if (failed) {
    co_await report_("An error occurred while firing triggers.");
    co_await release(&held);
    co_return;
  }
  CF_ASSERT(results.size() <= held.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    FiredResult& result = results[i];
    if (!result.bundle || (result.error && !is_scheduler_exception(result.error))) {
      co_await store_.release(held[i]);
      continue;
    }
    const JobDetail job = result.bundle->job;
    const bool runs = co_await run_(std::move(*result.bundle));
    if (!runs) co_await store_.complete(held[i], job, CompletedExecution::set_all_job_triggers_error);
  }
}

Task<> SchedulerThread::release(const std::vector<JobTrigger>* held) {
  for (const JobTrigger& trigger : *held) co_await store_.release(trigger);
}

}  // namespace chronofault::quartz
