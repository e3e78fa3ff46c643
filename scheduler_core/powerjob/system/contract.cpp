// The bounds of a version are the same for all its policies. They are those of P1 (powerjob 9.1): a fire whose app has
// a live worker with a path to the recorded owner is dispatched in the end, at the latest by the owner's check pass.
// What the pass rests on when ownership has just moved is in them too: the new owner's first pass and heartbeats.
#include "contract.hpp"

#include <powerjob/rows.hpp>
#include <triggers/cron.hpp>

namespace chronofault::powerjob {

namespace {

void add(Bound& bound, std::string what, Duration length) { bound.parts.push_back({std::move(what), length}); }

/// From a row in WAITING_DISPATCH that is dispatched now to the first line of user code, one lost request included.
void add_dispatch(Bound& bound, const Profile& profile) {
  add(bound, "run request lost: WWR check, powerjob 3.1.2", profile.waiting_receive_timeout);
  add(bound, "check pass period, powerjob 3.1", profile.status_check_period);
  if (profile.check_returns_rows_to_waiting) {
    add(bound, "the WD thread picks it up, powerjob 3.1.2", profile.status_check_period);
  }
  add(bound, "task request lost: unconfirmed after, powerjob 7.10.3", profile.unconfirmed_timeout);
  add(bound, "status pass of the TaskTracker, powerjob 3.2", profile.tracker_report_period);
  add(bound, "dispatcher of the TaskTracker, powerjob 3.2", profile.dispatcher_period);
  add(bound, "allowance: statements, messages, passes", Duration::seconds(5));
}

void add_schedule(Bound& bound, const Schedule& schedule, const Profile& profile) {
  if (schedule.kind != ScheduleKind::cron) return;
  add(bound, "discovery round after a move of the app, powerjob 3.2", profile.discovery_period);
  add(bound, "ping timeout, powerjob 7.2", profile.ping_timeout);
  add(bound, "schedule pass period, powerjob 3.1", profile.schedule_period);
}

Bound job_start(const Schedule& schedule, const Profile& profile) {
  Bound bound;
  add_schedule(bound, schedule, profile);
  add(bound, "WD check, powerjob 3.1.2", profile.waiting_dispatch_timeout);
  add(bound, "check pass period, powerjob 3.1", profile.status_check_period);
  add_dispatch(bound, profile);
  return bound;
}

Bound workflow_start(const Schedule& schedule, const Profile& profile) {
  Bound bound;
  add_schedule(bound, schedule, profile);
  add(bound, "WAITING check of workflow instances, powerjob 3.1.2", profile.workflow_waiting_timeout);
  add(bound, "check pass period, powerjob 3.1", profile.status_check_period);
  add_dispatch(bound, profile);
  return bound;
}

Bound job_end(const Profile& profile) {
  Bound bound;
  add(bound, "status pass of the TaskTracker, powerjob 3.2", profile.tracker_report_period);
  add(bound, "attempts of the final report, powerjob 7.10.4",
      (profile.tracker_report_period + profile.ask_timeout) * profile.final_report_attempts);
  add(bound, "silent TaskTracker: RUNNING check, powerjob 3.1.2", profile.running_timeout);
  add(bound, "check pass period, powerjob 3.1", profile.status_check_period);
  add(bound, "retry delay, powerjob 4.2", profile.retry_delay);
  add(bound, "WD check of a retry, powerjob 3.1.2", profile.waiting_dispatch_timeout);
  add(bound, "check pass period, powerjob 3.1", profile.status_check_period);
  add_dispatch(bound, profile);
  return bound;
}

JobContract common(const Schedule& schedule, const Profile& profile) {
  JobContract contract;
  contract.schedule = schedule;
  contract.schedule.cron_dialect =
      name_of(profile.quartz_cron ? triggers::CronDialect::quartz : triggers::CronDialect::powerjob);
  // A missed trigger fires once, at once; then the next time is computed from now (7.1).
  contract.misfire = MisfireRule::once;
  contract.guarantee = Guarantee::none;
  return contract;
}

}  // namespace

JobContract contract_of(const JobSpec& job, const ClusterSpec&, const Profile& profile) {
  JobContract contract = common(job.schedule, profile);
  contract.job = job.name;
  contract.start_within = job_start(job.schedule, profile);
  contract.end_within = job_end(profile);
  contract.overlap = job.overlap;
  contract.retries = job.retries;
  const auto retries = job.native.find("instanceRetryNum");
  if (retries != job.native.end()) contract.retries = static_cast<int>(std::get<std::int64_t>(retries->second));
  const auto limit = job.native.find("maxInstanceNum");
  if (limit != job.native.end()) contract.overlap_limit = static_cast<int>(std::get<std::int64_t>(limit->second));
  if (contract.overlap_limit == 0 && job.overlap == Overlap::discard_new) contract.overlap_limit = 1;
  // [V340] n > limit is compared: limit + 1 may run (7.4 step 2).
  if (contract.overlap_limit > 0 && !profile.dispatch_limit_is_strict) ++contract.overlap_limit;
  return contract;
}

JobContract contract_of(const WorkflowSpec& workflow, const ClusterSpec&, const Profile& profile) {
  JobContract contract = common(workflow.schedule, profile);
  contract.job = workflow.name;
  contract.workflow = true;
  contract.start_within = workflow_start(workflow.schedule, profile);
  contract.end_within = job_end(profile);
  for (const Bound::Part& part : job_start(Schedule(), profile).parts) contract.end_within.parts.push_back(part);
  const auto limit = workflow.native.find("maxWfInstanceNum");
  contract.overlap_limit = limit == workflow.native.end() ? 1 : static_cast<int>(std::get<std::int64_t>(limit->second));
  return contract;
}

}  // namespace chronofault::powerjob
