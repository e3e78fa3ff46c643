#include <ports/loop.hpp>
#include <powerjob/worker/processor_tracker.hpp>
#include <powerjob/worker/reporters.hpp>
#include <powerjob/worker/server_discovery.hpp>
#include <powerjob/worker/task_trackers.hpp>
#include <powerjob/worker/worker.hpp>

namespace chronofault::powerjob {

struct Worker::Parts {
  explicit Parts(WorkerContext& worker)
      : discovery(worker), health(worker), logs(worker), task_trackers(worker), processor_trackers(worker) {
    worker.logs = &logs;
    worker.task_trackers = &task_trackers;
    worker.processor_trackers = &processor_trackers;
  }
  ServerDiscovery discovery;
  HealthReporter health;
  LogReporter logs;
  TaskTrackers task_trackers;
  ProcessorTrackers processor_trackers;
};

Worker::Worker(Ports& ports, WorkerConfig config)
    : context_(ports, std::move(config)), parts_(std::make_unique<Parts>(context_)) {}

Worker::~Worker() = default;

Task<> Worker::main() {
  Ports& ports = context_.ports;
  while (true) {
    auto known = co_await attempt(parts_->discovery.assert_app());
    if (known) break;
    co_await ports.clock.sleep_for(context_.config.restart_wait);
  }
  co_await parts_->discovery.round();
  listener_ = ports.network.listen(context_.config.port);
  context_.threads.spawn("actor system", receive());

  // W1 to W3 share a pool of 3 threads: none ever waits for another.
  const Profile& profile = context_.profile;
  LoopBody discovery = [this] { return parts_->discovery.round(); };
  LoopSpec w1("discovery", profile.discovery_period, profile.discovery_period, Duration::minutes(2));
  context_.threads.spawn("discovery", fixed_rate(ports.clock, ports.events, std::move(w1), std::move(discovery)));
  LoopBody heartbeat = [this]() -> Task<> {
    parts_->health.beat();
    co_return;
  };
  LoopSpec w2("heartbeat", Duration(), profile.heartbeat_period);
  context_.threads.spawn("heartbeat", fixed_rate(ports.clock, ports.events, std::move(w2), std::move(heartbeat)));
  LoopBody logs = [this]() -> Task<> {
    parts_->logs.submit();
    co_return;
  };
  LoopSpec w3("log submit", Duration(), profile.log_submit_period);
  context_.threads.spawn("log submit", fixed_delay(ports.clock, ports.events, std::move(w3), std::move(logs)));
}

/// The actors task_tracker, processor_tracker and worker. Their handlers never wait, so that one thread handles
/// messages as a pool of them would; V411's `worker` only hands on.
Task<> Worker::receive() {
  while (true) {
    Delivery message = co_await listener_->inbox().receive();
    context_.ports.events.begin_unit(message.record);
    handle(message);
  }
}

void Worker::handle(const Delivery& message) {
  const Body& body = message.body;
  if (const auto* run = body.as<ServerScheduleJobReq>()) {
    parts_->task_trackers.on_run_request(*run);
  } else if (const auto* stop = body.as<ServerStopInstanceReq>()) {
    parts_->task_trackers.on_stop(stop->instance_id);
  } else if (body.as<ProcessorReportTaskStatusReq>() != nullptr) {
    parts_->task_trackers.on_task_report(message);
  } else if (const auto* state = body.as<ProcessorTrackerStatusReportReq>()) {
    parts_->task_trackers.on_processor_report(*state);
  } else if (const auto* task = body.as<TaskTrackerStartTaskReq>()) {
    parts_->processor_trackers.on_start_task(*task);
  } else if (const auto* halt = body.as<TaskTrackerStopInstanceReq>()) {
    parts_->processor_trackers.on_stop(halt->instance_id);
  }
}

}  // namespace chronofault::powerjob
