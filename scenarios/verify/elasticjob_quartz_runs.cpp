#include <cstdlib>

#include <elastic_job/host/quartz_job.hpp>

#include "elasticjob_groups.hpp"
#include "zookeeper_world.hpp"

namespace chronofault::verify::elasticjob {

namespace {

namespace quartz = chronofault::quartz;

constexpr std::int64_t tolerance_ms = 25;
constexpr const char* job_name = "J";

/// A job's controller on its scheduler, both as ElasticJob makes them; instants are ms since T, a whole even second.
class QuartzRun final : public quartz::TriggerListener {
 public:
  explicit QuartzRun(Case& c)
      : c_(c),
        cron_(text_or_none(member("cron"))),
        created_at_(member("created_at").get<std::int64_t>()),
        durations_(member("durations").get<std::vector<std::int64_t>>()),
        actions_(member("actions")),
        until_(member("until").get<std::int64_t>()) {
    if (durations_.empty()) c.bad("no durations");
  }

  void play() {
    const json settings{{"tickTime", 2000}, {"minSessionTimeout", 4000}, {"maxSessionTimeout", 40000}};
    ZooKeeperWorld world(settings, false, 1);
    world.play([this](Ports& ports) { return act(this, &ports); }, Duration::minutes(10));
    c_.compare(outcome());
  }

  Task<> trigger_fired(const quartz::JobExecution& execution) override {
    const triggers::Trigger& trigger = execution.fired.trigger.trigger;
    const bool cron = std::holds_alternative<triggers::CronSchedule>(trigger.schedule);
    const char* const other = trigger.key.name.starts_with("MT_") ? "manual" : "one-off";
    starts_.push_back(json::array({now_ms(), cron ? "cron" : other}));
    co_return;
  }
  Task<> trigger_misfired(const quartz::JobTrigger& trigger) override {
    if (trigger.trigger.previous) {
      misfires_.push_back(json::array({now_ms(), (*trigger.trigger.next - beginning_).count_ms()}));
    }
    co_return;
  }

 private:
  json member(const char* key) const {
    const json* const found = c_.all().find(key);
    if (found == nullptr) c_.bad(std::string("no ") + key);
    return *found;
  }
  std::int64_t now_ms() const { return (clock_->wall() - beginning_).count_ms(); }
  Clock::Sleep until(std::int64_t ms) const { return clock_->sleep_for(Duration::ms(ms - now_ms())); }

  static Task<> act(QuartzRun* run, Ports* ports) {
    run->clock_ = &ports->clock;
    const std::int64_t whole_minute = (ports->clock.wall().ms() / 60'000 + 1) * 60'000;
    run->beginning_ = WallTime::from_ms(whole_minute);
    co_await run->until(run->created_at_);
    QuartzSchedulers schedulers;
    NamedScheduler& named = schedulers.get(*ports, job_name, run->c_.profile());
    named.scheduler().add_trigger_listener(*run);
    RunJob work = [run](std::optional<WallTime>) { return QuartzRun::work(run); };
    std::function<Task<>()> plug_in = nothing;
    QuartzJob job(named, job_name, std::move(work), std::move(plug_in));
    ScheduleController controller(job);
    if (run->cron_) {
      std::string cron = *run->cron_;
      co_await controller.schedule_job(std::move(cron), std::nullopt);
    }
    for (const json& action : run->actions_) {
      co_await run->until(action.at(0).get<std::int64_t>());
      co_await perform(run, &controller, action.at(1).get<std::string>());
    }
    co_await run->until(run->until_ - 1);
    run->exists_ = co_await job.job_exists();
  }
  static Task<> nothing() { co_return; }

  static Task<> perform(QuartzRun* run, ScheduleController* controller, std::string action) {
    constexpr std::string_view reschedule_cron = "rescheduleCron ";
    if (action == "pauseJob") {
      co_await controller->pause_job();
    } else if (action == "resumeJob") {
      co_await controller->resume_job();
    } else if (action == "triggerJob") {
      co_await controller->trigger_job();
    } else if (action == "rescheduleOneOff") {
      co_await controller->reschedule_one_off();
    } else if (action.starts_with(reschedule_cron)) {
      co_await controller->reschedule_cron(action.substr(reschedule_cron.size()), std::nullopt);
    } else {
      run->c_.bad("unknown action " + action);
    }
  }

  static Task<> work(QuartzRun* run) {
    const std::size_t i = std::min(run->starts_.size(), run->durations_.size()) - 1;
    co_await run->clock_->sleep_for(Duration::ms(run->durations_[i]));
  }

  /// The second of each pair equal, the first within the tolerance of the recording: then the recording itself.
  static json as_expected(const json& expected, const json& seen) {
    if (expected.size() != seen.size()) return seen;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto difference = seen[i].at(0).get<std::int64_t>() - expected[i].at(0).get<std::int64_t>();
      if (expected[i].at(1) != seen[i].at(1) || std::abs(difference) > tolerance_ms) return seen;
    }
    return expected;
  }

  Outcome outcome() const {
    Outcome outcome;
    outcome.values["starts"] = as_expected(c_.expect().value("starts", json::array()), starts_);
    outcome.values["cron_misfires"] = as_expected(c_.expect().value("cron_misfires", json::array()), misfires_);
    outcome.values["job_exists_at_end"] = exists_;
    return outcome;
  }

  Case& c_;
  std::optional<std::string> cron_;
  std::int64_t created_at_;
  std::vector<std::int64_t> durations_;
  json actions_;
  std::int64_t until_;
  Clock* clock_ = nullptr;
  WallTime beginning_;
  json starts_ = json::array();
  json misfires_ = json::array();
  bool exists_ = false;
};

}  // namespace

// spec: elasticjob 7.7
void check_quartz_runs(Case& c) { QuartzRun(c).play(); }

}  // namespace chronofault::verify::elasticjob
