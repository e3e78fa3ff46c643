#include <fmt/format.h>

#include <quartz/process_years.hpp>
#include <quartz/scheduler.hpp>

#include "job_run_shell.hpp"

namespace chronofault::quartz {
namespace {

SchedulerThreadSettings thread_settings(const SchedulerSettings& settings) {
  SchedulerThreadSettings thread;
  thread.name = settings.name;
  if (settings.idle_wait_time) {
    CF_ASSERT(*settings.idle_wait_time >= Duration::seconds(1));
    thread.idle_wait_time = *settings.idle_wait_time;
    thread.idle_wait_variability = *settings.idle_wait_time / 5;
  }
  thread.max_batch_size = settings.max_batch_size;
  thread.batch_time_window = settings.batch_time_window;
  thread.loop_bound = settings.loop_bound;
  return thread;
}

}  // namespace

/// SchedulerSignalerImpl: listeners' exceptions end here.
class Scheduler::Signals final : public Signaler {
 public:
  explicit Signals(Scheduler& scheduler) : scheduler_(scheduler) {}

  Task<> trigger_misfired(const JobTrigger& trigger) override {
    try {
      for (TriggerListener* listener : scheduler_.trigger_listeners_) co_await listener->trigger_misfired(trigger);
      co_return;
    } catch (...) {
    }
    co_await scheduler_.tell_error("Error notifying listeners of trigger misfire.");
  }
  Task<> trigger_finalized(const JobTrigger& trigger) override { return scheduler_.tell_finalized(trigger); }
  Task<> job_deleted(const JobKey& job) override { return scheduler_.tell_deleted(job); }
  Task<> scheduler_error(const std::string& message) override { return scheduler_.tell_error(message); }
  void scheduling_changed(std::optional<WallTime> next_fire_time) override {
    scheduler_.thread_.signal(next_fire_time);
  }

 private:
  Scheduler& scheduler_;
};

Scheduler::Scheduler(Ports& ports, SchedulerSettings settings, std::unique_ptr<JobStore> store,
                     const JobClasses& classes)
    : ports_(ports),
      settings_(std::move(settings)),
      classes_(classes),
      give_up_year_(give_up_year_of(ports.clock)),
      draws_(ports.random.stream("quartz/" + settings_.name + "/trigger names")),
      signals_(std::make_unique<Signals>(*this)),
      store_(std::move(store)),
      workers_(ports.executor, settings_.name + "_Worker", settings_.thread_count),
      thread_(
          ports, *store_, workers_, thread_settings(settings_),
          [this](FiredBundle bundle) { return run(std::move(bundle)); },
          [this](std::string message) { return tell_error(std::move(message)); }) {
  store_->initialize(*signals_);
}

Scheduler::~Scheduler() = default;

void Scheduler::add_trigger_listener(TriggerListener& listener) { trigger_listeners_.push_back(&listener); }
void Scheduler::add_job_listener(JobListener& listener) { job_listeners_.push_back(&listener); }
void Scheduler::add_scheduler_listener(SchedulerListener& listener) { scheduler_listeners_.push_back(&listener); }

// --- life ----------------------------------------------------------------------------------------------------------

Task<> Scheduler::start() {
  if (shutting_down_ || closed_) {
    throw SchedulerException("The Scheduler cannot be restarted after shutdown() has been called.");
  }
  CF_ASSERT(settings_.thread_count > 0);
  if (ever_started_) {
    store_->scheduler_resumed();
  } else {
    ever_started_ = true;
    co_await store_->scheduler_started();
    thread_.start();
  }
  thread_.pause(false);
  const auto what = [](SchedulerListener& listener) { return listener.scheduler_started(); };
  co_await tell(what);
}

Task<> Scheduler::standby() {
  store_->scheduler_paused();
  thread_.pause(true);
  const auto what = [](SchedulerListener& listener) { return listener.scheduler_in_standby(); };
  co_await tell(what);
}

Task<> Scheduler::shutdown(bool wait_for_jobs) {
  if (shutting_down_ || closed_) co_return;
  shutting_down_ = true;
  co_await standby();
  thread_.halt();
  if (wait_for_jobs) co_await thread_.ended();
  const auto shutting_down = [](SchedulerListener& listener) { return listener.scheduler_shutting_down(); };
  co_await tell(shutting_down);
  if (wait_for_jobs ? settings_.interrupt_jobs_on_shutdown_with_wait : settings_.interrupt_jobs_on_shutdown) {
    const std::vector<Fiber*> running = running_;
    for (Fiber* job : running) job->interrupt();
  }
  co_await workers_.shutdown(wait_for_jobs);
  closed_ = true;
  co_await store_->shutdown();
  const auto shut_down = [](SchedulerListener& listener) { return listener.scheduler_shut_down(); };
  co_await tell(shut_down);
}

bool Scheduler::is_started() const noexcept {
  return !shutting_down_ && !closed_ && !thread_.paused() && ever_started_;
}

void Scheduler::validate_state() const {
  if (closed_) throw SchedulerException("The Scheduler has been shutdown.");
}

triggers::TriggerContext Scheduler::context() const {
  return {WallTime::from_ms(ports_.clock.wall().ms()), ports_.clock.zone(), give_up_year_};
}

// --- runs ----------------------------------------------------------------------------------------------------------

Task<bool> Scheduler::run(FiredBundle bundle) {
  const JobClass* job_class = classes_.find(bundle.job.job_class);
  if (job_class == nullptr) {
    co_await tell_error(
        fmt::format("An error occured instantiating job to be executed. job= '{}'", bundle.job.key.name));
    co_return false;
  }
  const auto shell = std::make_shared<JobRunShell>(*this, *job_class, std::move(bundle));
  WorkerPool::Job job = [shell] { return shell->run(); };
  co_await workers_.run(std::move(job));
  co_return true;
}

Task<> Scheduler::tell(std::function<Task<>(SchedulerListener&)> what) {
  for (SchedulerListener* listener : scheduler_listeners_) {
    try {
      co_await what(*listener);
    } catch (...) {
    }
  }
}

Task<> Scheduler::tell_error(std::string message) {
  const std::string* text = &message;
  const auto what = [text](SchedulerListener& listener) { return listener.scheduler_error(*text); };
  co_await tell(what);
}

Task<> Scheduler::tell_finalized(const JobTrigger& trigger) {
  const JobTrigger* finalized = &trigger;
  const auto what = [finalized](SchedulerListener& listener) { return listener.trigger_finalized(*finalized); };
  co_await tell(what);
}

Task<> Scheduler::tell_deleted(const JobKey& job) {
  const JobKey* deleted = &job;
  const auto what = [deleted](SchedulerListener& listener) { return listener.job_deleted(*deleted); };
  co_await tell(what);
}

}  // namespace chronofault::quartz
