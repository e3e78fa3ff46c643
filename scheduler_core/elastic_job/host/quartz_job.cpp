#include <elastic_job/errors.hpp>
#include <elastic_job/host/quartz_job.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <quartz/memory_store.hpp>
#include <triggers/errors.hpp>

namespace chronofault::elastic_job {

namespace {

constexpr const char* lite_job = "org.apache.shardingsphere.elasticjob.lite.internal.schedule.LiteJob";
constexpr const char* executor_key = "jobExecutor";

// spec: elasticjob 6.2 Quartz
quartz::SchedulerSettings scheduler_settings(const std::string& job, const Profile& profile) {
  quartz::SchedulerSettings settings;
  settings.name = job;
  settings.thread_count = 1;
  settings.interrupt_jobs_on_shutdown = profile.shutdown_interrupts_run;
  return settings;
}

std::unique_ptr<quartz::JobStore> memory_store(Clock& clock) {
  quartz::MemoryStoreSettings settings;
  settings.misfire_threshold = Duration::ms(1);
  return std::make_unique<quartz::MemoryStore>(clock, settings);
}

/// TimeZone.getTimeZone of a custom id: "GMT+8", "GMT+8:30", "GMT+0830"; anything else that begins with GMT is GMT.
Duration custom_offset(const std::string& id) {
  if (id.size() < 5 || (id[3] != '+' && id[3] != '-')) return {};
  std::string digits = id.substr(4);
  std::string minutes = "0";
  if (const std::size_t colon = digits.find(':'); colon != std::string::npos) {
    minutes = digits.substr(colon + 1);
    digits.resize(colon);
    if (minutes.size() != 2) return {};
  } else if (digits.size() > 2) {
    minutes = digits.substr(digits.size() - 2);
    digits.resize(digits.size() - 2);
  }
  const auto numeric = [](const std::string& text) {
    return !text.empty() && text.size() <= 2 && text.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!numeric(digits) || !numeric(minutes)) return {};
  const int hour = parse_java_int(digits);
  const int minute = parse_java_int(minutes);
  if (hour > 23 || minute > 59) return {};
  const Duration offset = Duration::hours(hour) + Duration::minutes(minute);
  return id[3] == '-' ? -offset : offset;
}

}  // namespace

NamedScheduler::NamedScheduler(Ports& ports, const std::string& job, const Profile& profile)
    : clock_(ports.clock), scheduler_(ports, scheduler_settings(job, profile), memory_store(ports.clock), classes_) {
  quartz::JobClass job_class([this](quartz::JobExecution& execution) {
    const auto found = execution.fired.job.data.find(executor_key);
    return run(found->second, execution.fired.scheduled_fire_time);
  });
  classes_.add(lite_job, std::move(job_class));
}

std::string NamedScheduler::add(RunJob run) {
  runs_.push_back(std::move(run));
  return std::to_string(runs_.size() - 1);
}

Task<> NamedScheduler::run(std::string number, std::optional<WallTime> fire) {
  const RunJob run = runs_[static_cast<std::size_t>(parse_java_int(number))];
  co_await run(fire);
}

// spec: elasticjob 11 timeZone
const TimeZone* NamedScheduler::zone(const std::optional<std::string>& name) {
  if (!name || name->empty()) return &clock_.zone();
  if (!name->starts_with("GMT")) throw IllegalArgumentError("Invalid time zone specification '" + *name + "'.");
  return &zones_.emplace_back(*name, custom_offset(*name));
}

NamedScheduler& QuartzSchedulers::get(Ports& ports, const std::string& job, const Profile& profile) {
  const auto found = newest_.find(job);
  if (found != newest_.end() && !found->second->scheduler().is_shutdown()) return *found->second;
  all_.push_back(std::make_unique<NamedScheduler>(ports, job, profile));
  newest_.insert_or_assign(job, all_.back().get());
  return *all_.back();
}

QuartzJob::QuartzJob(NamedScheduler& named, std::string job, RunJob run, std::function<Task<>()> plug_in)
    : named_(named),
      scheduler_(named.scheduler()),
      key_(triggers::default_group, std::move(job)),
      number_(named.add(std::move(run))),
      plug_in_(std::move(plug_in)) {}

Task<> QuartzJob::shutdown(bool wait) {
  co_await scheduler_.shutdown(wait);
  co_await plug_in_();
}

quartz::JobDetail QuartzJob::detail() const {
  quartz::JobDetail detail;
  detail.key = key_;
  detail.job_class = lite_job;
  detail.data[executor_key] = number_;
  return detail;
}

quartz::JobTrigger QuartzJob::trigger_with(triggers::Trigger::Schedule schedule) const {
  triggers::Trigger trigger;
  trigger.key = key_;
  trigger.schedule = std::move(schedule);
  const WallTime now = WallTime::from_ms(named_.clock().wall().ms());
  triggers::set_times(trigger, now, std::nullopt, scheduler_.context());
  return quartz::JobTrigger(std::move(trigger), key_);
}

// spec: elasticjob 7.7 cron trigger named J
quartz::JobTrigger QuartzJob::cron_trigger(const std::string& cron, const std::optional<std::string>& time_zone) const {
  const TimeZone* const zone = named_.zone(time_zone);
  auto parsed = triggers::CronExpression::parse(cron, triggers::CronDialect::quartz);
  if (!parsed) {
    throw JavaError("RuntimeException", "CronExpression '" + cron + "' is invalid.: " + parsed.error().message);
  }
  quartz::JobTrigger trigger = trigger_with(triggers::CronSchedule(std::move(*parsed), *zone));
  trigger.trigger.misfire_instruction = triggers::misfire::do_nothing;
  return trigger;
}

quartz::JobTrigger QuartzJob::one_off_trigger() const { return trigger_with(triggers::SimpleSchedule()); }

Task<> QuartzJob::schedule_cron(std::string cron, std::optional<std::string> time_zone) {
  co_await scheduler_.schedule_job(detail(), cron_trigger(cron, time_zone));
}

Task<> QuartzJob::schedule_one_off() { co_await scheduler_.schedule_job(detail(), one_off_trigger()); }

Task<> QuartzJob::trigger() { return scheduler_.trigger_job(key_, quartz::JobData()); }

Task<std::optional<JobQuartz::OwnTrigger>> QuartzJob::own_trigger() {
  const std::optional<quartz::JobTrigger> stored = co_await scheduler_.trigger(key_);
  if (!stored) co_return std::nullopt;
  OwnTrigger own;
  if (const auto* cron = std::get_if<triggers::CronSchedule>(&stored->trigger.schedule)) {
    own.is_cron = true;
    own.cron = cron->expression.text();
  }
  co_return own;
}

Task<> QuartzJob::replace_with_cron(std::string cron, std::optional<std::string> time_zone) {
  co_await scheduler_.reschedule_job(key_, cron_trigger(cron, time_zone));
}

Task<> QuartzJob::replace_with_one_off() { co_await scheduler_.reschedule_job(key_, one_off_trigger()); }

}  // namespace chronofault::elastic_job
