// T-RC(J): Guava's AbstractScheduledService around the reconcile pass (elasticjob 3, 7.13). A pass that throws ends it
// for good; so does stop(), after the pass in progress.
#pragma once

#include <elastic_job/services/reconcile_service.hpp>
#include <elastic_job/set_up.hpp>
#include <ports/events.hpp>
#include <ports/task/scope.hpp>

namespace chronofault::elastic_job {

class ReconcileLoop final : public ReconcileThread {
 public:
  ReconcileLoop(Executor& executor, Clock& clock, Events& events, ReconcileService& service)
      : clock_(clock), events_(events), service_(service), threads_(executor) {}

  bool is_running() const override { return state_ == State::running; }
  void start() override;
  void stop() override { state_ = State::terminated; }

 private:
  enum class State { created, running, terminated };
  Task<> loop();

  Clock& clock_;
  Events& events_;
  ReconcileService& service_;
  State state_ = State::created;
  Scope threads_;  // last: its task uses all of the above
};

/// The service object of SchedulerFacade in the documented release, which is never started.
class IdleReconcile final : public ReconcileThread {
 public:
  bool is_running() const override { return false; }
  void start() override {}
  void stop() override {}
};

}  // namespace chronofault::elastic_job
