// The bounds of a contract are made of what may lie between a due time and its start while some node is up (quartz 8):
// its node fails right before, a survivor finds that out at its own check-in, the trigger is then overdue and may have
// to wait for a misfire pass, and the survivor's thread may be idle.
#include "system_jobs.hpp"

#include "system_info.hpp"

namespace chronofault::quartz {

using namespace chronofault::triggers;

namespace {

int misfire_code(const JobSpec& job) {
  const std::string name = given<std::string>(job.native, key_misfire).value_or("SMART_POLICY");
  const bool simple = job.schedule.kind != ScheduleKind::cron;
  if (name == "IGNORE_MISFIRE_POLICY") return misfire::ignore;
  if (name == "FIRE_NOW") return simple ? misfire::fire_now : misfire::fire_once_now;
  if (name == "DO_NOTHING") return simple ? misfire::next_with_remaining_count : misfire::do_nothing;
  return misfire::smart_policy;
}

MisfireRule misfire_rule(const JobSpec& job) {
  const int code = misfire_code(job);
  if (code == misfire::ignore) return MisfireRule::all;
  if (job.schedule.kind == ScheduleKind::cron)
    return code == misfire::do_nothing ? MisfireRule::skip : MisfireRule::once;
  // SMART_POLICY of a simple trigger: endless ones go on at their next time, single ones fire now (quartz 7.9).
  if (code == misfire::smart_policy && job.schedule.kind == ScheduleKind::every) return MisfireRule::skip;
  return code == misfire::next_with_remaining_count ? MisfireRule::skip : MisfireRule::once;
}

void add(Bound& bound, std::string what, Duration length) { bound.parts.push_back({std::move(what), length}); }

void add_detection(Bound& bound, const DatabaseStoreOptions& store) {
  add(bound, "check-in interval of the failed node, quartz 7.17", store.cluster_checkin_interval);
  add(bound, "check-in grace, quartz 7.17", Duration::ms(7'500));
  add(bound, "check-in interval of a survivor, quartz 3.3", store.cluster_checkin_interval);
}

DatabaseStoreOptions options_of(const ClusterSpec& cluster) {
  for (const ProcessEntry& entry : cluster.processes) {
    if (entry.role == "node") return store_options(entry, cluster.profile);
  }
  return {};
}

}  // namespace

std::optional<Refused> refused(const JobSpec& job, int year_max) {
  const Schedule& schedule = job.schedule;
  if (schedule.kind == ScheduleKind::after) {
    return Refused{"after", "`after`: Quartz knows no order of jobs; use an action `run`"};
  }
  if (schedule.fixed_delay) {
    return Refused{"fixed_delay", "fixed_delay: a simple trigger counts from start to start; leave it out"};
  }
  if (!schedule.zone.empty()) {
    return Refused{"zone", "zone: the trigger has that of the nodes' hosts; set time_zone there"};
  }
  if (job.shards != 1) return Refused{"shards", "shards: a job has one; make a job for each"};
  if (job.retries != 0) return Refused{"retries", "retries: use native: {requestsRecovery: true}, or none"};
  if (job.overlap == Overlap::discard_new || job.overlap == Overlap::replace_old) {
    return Refused{"overlap", "overlap: Quartz runs jobs in parallel, or (overlap: queue) one after the other"};
  }
  if (schedule.kind == ScheduleKind::every && schedule.every < Duration::ms(1)) {
    return Refused{"every", "every: at least 1 ms"};
  }
  if (schedule.kind == ScheduleKind::cron) {
    const auto parsed = CronExpression::parse(schedule.cron, CronDialect::quartz, year_max);
    if (!parsed) return Refused{"cron", "cron '" + schedule.cron + "': " + parsed.error().message};
  }
  return std::nullopt;
}

JobDetail job_of(const JobSpec& job) {
  JobDetail detail;
  detail.key = JobKey(default_group, job.name);
  detail.job_class = job.overlap == Overlap::queue ? exclusive_work_class : work_class;
  detail.durable = true;  // it stays what it is when its trigger has fired for the last time
  detail.requests_recovery = given<bool>(job.native, key_recovery).value_or(false);
  return detail;
}

std::optional<JobTrigger> trigger_of(const JobSpec& job, const TriggerContext& context) {
  if (job.schedule.kind == ScheduleKind::on_demand) return std::nullopt;
  JobTrigger made;
  made.job = JobKey(default_group, job.name);
  Trigger& trigger = made.trigger;
  trigger.key = TriggerKey(default_group, job.name);
  WallTime start = context.now;
  if (job.schedule.kind == ScheduleKind::cron) {
    auto parsed = CronExpression::parse(job.schedule.cron, CronDialect::quartz, context.give_up_year);
    if (!parsed) return std::nullopt;
    trigger.schedule = CronSchedule(std::move(*parsed), *context.zone);
  } else if (job.schedule.kind == ScheduleKind::every) {
    trigger.schedule = SimpleSchedule{endless, job.schedule.every, 0};
    start += job.schedule.every;
  } else {
    trigger.schedule = SimpleSchedule{};
    start = job.schedule.at;
  }
  set_times(trigger, start, std::nullopt, context);
  set_misfire_instruction(trigger, misfire_code(job));
  trigger.priority = static_cast<int>(given<std::int64_t>(job.native, key_priority).value_or(trigger.priority));
  return made;
}

JobTrigger single_run_of(const std::string& job, const std::string& trigger, WallTime start,
                         const TriggerContext& context) {
  JobTrigger made;
  made.job = JobKey(default_group, job);
  made.trigger.key = TriggerKey(default_group, trigger);
  made.trigger.schedule = SimpleSchedule{};
  set_times(made.trigger, start, std::nullopt, context);
  return made;
}

JobContract contract_of(const JobSpec& job, const ClusterSpec& cluster) {
  const DatabaseStoreOptions store = options_of(cluster);
  JobContract contract;
  contract.job = job.name;
  contract.schedule = job.schedule;
  contract.schedule.cron_dialect = name_of(CronDialect::quartz);
  contract.misfire = misfire_rule(job);
  // A trigger has misfired by the oldest time that it missed; younger ones are skipped with it, however young they are.
  if (contract.misfire != MisfireRule::skip) contract.misfire_threshold = store.misfire_threshold;
  contract.overlap = job.overlap;
  if (job.overlap == Overlap::queue) contract.overlap_limit = 1;
  contract.guarantee =
      given<bool>(job.native, key_recovery).value_or(false) ? Guarantee::at_least_once : Guarantee::none;
  add_detection(contract.start_within, store);
  add(contract.start_within, "overdue: until the misfire handler's pass, quartz 7.9", store.misfire_threshold * 2);
  add(contract.start_within, "idle wait of the scheduler thread, quartz 3.1", Duration::seconds(30));
  add(contract.start_within, "database failed: retry of acquisition, quartz 3.1", store.db_retry_interval);
  add(contract.start_within, "allowance: statements and locks", Duration::seconds(5));
  add_detection(contract.end_within, store);
  add(contract.end_within, "database failed: retry of completion, quartz 7.14", store.db_retry_interval);
  add(contract.end_within, "allowance: statements and locks", Duration::seconds(5));
  return contract;
}

std::int64_t run_number(const std::string& fire_instance_id) {
  constexpr int bits = 48;
  return static_cast<std::int64_t>(hash_of(std::string_view(fire_instance_id)) >> (64 - bits));
}

}  // namespace chronofault::quartz
