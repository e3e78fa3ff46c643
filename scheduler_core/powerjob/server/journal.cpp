#include <powerjob/server/journal.hpp>

namespace chronofault::powerjob {

void Journal::job_fire_taken(const JobInfo& job, WallTime fire, std::int64_t run) {
  Event event(EventKind::FireTaken);
  event.job = server_.config.names.job(job.id);
  event.fire = fire;
  event.run = run;
  event.scope = server_.config.names.app(job.app_id);
  server_.ports.events.emit(event);
}

void Journal::workflow_fire_taken(const WorkflowInfo& workflow, WallTime fire, std::int64_t run) {
  Event event(EventKind::FireTaken);
  event.job = server_.config.names.workflow(workflow.id);
  event.fire = fire;
  event.run = run;
  event.scope = server_.config.names.app(workflow.app_id);
  server_.ports.events.emit(event);
  event.kind = EventKind::RunCreated;
  server_.ports.events.emit(event);
}

Event Journal::of_instance(EventKind kind, const InstanceInfo& row) const {
  Event event(kind);
  event.job = server_.config.names.job(row.job_id);
  event.run = row.instance_id;
  event.scope = server_.config.names.app(row.app_id);
  if (row.wf_instance_id) {
    event.parent_run = *row.wf_instance_id;
    event.node = event.job;
  }
  return event;
}

void Journal::run_created(const InstanceInfo& row) {
  Event event = of_instance(EventKind::RunCreated, row);
  if (!row.wf_instance_id) event.fire = row.expected_trigger_time;  // a node's run belongs to its workflow's fire
  server_.ports.events.emit(event);
}

void Journal::run_dispatched(const InstanceInfo& row, const std::string& worker) {
  Event event = of_instance(EventKind::RunDispatched, row);
  event.member = worker;
  server_.ports.events.emit(event);
}

void Journal::run_unplaced(const InstanceInfo& row, const std::string& why) {
  Event event = of_instance(EventKind::RunUnplaced, row);
  event.detail = why;
  server_.ports.events.read(server_.ports.events.emit(event));
}

void Journal::run_rejected(const InstanceInfo& row, const std::string& why) {
  Event event = of_instance(EventKind::RunRejected, row);
  event.detail = why;
  server_.ports.events.emit(event);
}

void Journal::run_rejected(const WorkflowInstanceInfo& row, const std::string& why) {
  Event event(EventKind::RunRejected);
  event.job = server_.config.names.workflow(row.workflow_id);
  event.run = row.wf_instance_id;
  event.scope = server_.config.names.app(row.app_id);
  event.detail = why;
  server_.ports.events.emit(event);
}

void Journal::outcome(const InstanceInfo& row, InstanceStatus status, const std::string& result) {
  Event event = of_instance(EventKind::OutcomeRecorded, row);
  event.ok = status == InstanceStatus::succeed;
  event.detail = result;
  server_.ports.events.emit(event);
}

void Journal::outcome(const WorkflowInstanceInfo& row) {
  Event event(EventKind::OutcomeRecorded);
  event.job = server_.config.names.workflow(row.workflow_id);
  event.run = row.wf_instance_id;
  event.scope = server_.config.names.app(row.app_id);
  event.ok = row.status == WorkflowStatus::succeed;
  event.detail = row.result.value_or("");
  server_.ports.events.emit(event);
}

void Journal::alarm(const InstanceInfo& row, const std::string& why) {
  Event event = of_instance(EventKind::AlarmRaised, row);
  event.detail = why;
  server_.ports.events.emit(event);
}

void Journal::alarm(const WorkflowInstanceInfo& row, const std::string& why) {
  Event event(EventKind::AlarmRaised);
  event.job = server_.config.names.workflow(row.workflow_id);
  event.run = row.wf_instance_id;
  event.scope = server_.config.names.app(row.app_id);
  event.detail = why;
  server_.ports.events.emit(event);
}

void Journal::workflow_advanced(const WorkflowInstanceInfo& row, std::int64_t job_id, std::int64_t run) {
  Event event(EventKind::WorkflowAdvanced);
  event.job = server_.config.names.workflow(row.workflow_id);
  event.node = server_.config.names.job(job_id);
  event.run = run;
  event.parent_run = row.wf_instance_id;
  event.scope = server_.config.names.app(row.app_id);
  server_.ports.events.emit(event);
}

void Journal::ownership_taken(const AppInfo& app) {
  Event event(EventKind::OwnershipTaken);
  event.scope = app.app_name;
  event.member = server_.address;
  server_.ports.events.emit(event);
}

void Journal::owns_nothing(std::string_view loop) {
  Event event(EventKind::OwnsNothing);
  event.detail = loop;
  server_.ports.events.emit(event);
}

void Journal::member_seen(const std::string& app, const std::string& worker) {
  Event event(EventKind::MemberSeen);
  event.scope = app;
  event.member = worker;
  server_.ports.events.emit(event);
}

void Journal::member_lost(const std::string& app, const std::string& worker, const std::string& why) {
  Event event(EventKind::MemberLost);
  event.scope = app;
  event.member = worker;
  event.detail = why;
  server_.ports.events.emit(event);
}

}  // namespace chronofault::powerjob
