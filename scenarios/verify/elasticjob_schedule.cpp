#include <elastic_job/schedule_controller.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

namespace quartz = chronofault::quartz;

class PlayedQuartz final : public JobQuartz, Collaborator {
 public:
  explicit PlayedQuartz(Log& log) : Collaborator(log) {}

  bool is_shutdown() const override { return shut_down; }
  bool is_started() const override { return started; }
  Task<> start() override { return done("start"); }
  Task<> shutdown(bool wait) override { return done(wait ? "shutdown:wait=true" : "shutdown:wait=false"); }
  Task<bool> job_exists() override { return told("job_exists", exists); }
  Task<> schedule_cron(std::string, std::optional<std::string>) override { return done("schedule_job:cron"); }
  Task<> schedule_one_off() override { return done("schedule_job:one-off"); }
  Task<> trigger() override { return done("trigger_job"); }
  Task<std::optional<OwnTrigger>> own_trigger() override { return told("own_trigger", own); }
  Task<quartz::TriggerState> own_trigger_state() override { return told("own_trigger_state", state); }
  Task<> replace_with_cron(std::string, std::optional<std::string>) override { return done("reschedule_job:cron"); }
  Task<> replace_with_one_off() override { return done("reschedule_job:one-off"); }
  Task<> pause_all() override { return done("pause_all"); }
  Task<> resume_all() override { return done("resume_all"); }

  bool throws = false;
  bool shut_down = false;
  bool started = false;
  bool exists = false;
  std::optional<OwnTrigger> own;
  quartz::TriggerState state = quartz::TriggerState::none;

 private:
  void say(std::string call) {
    log().say(std::move(call));
    if (throws) throw quartz::SchedulerException("as the case says");
  }
  Task<> done(std::string call) {
    say(std::move(call));
    co_return;
  }
  template <class T>
  Task<T> told(std::string call, T value) {
    say(std::move(call));
    co_return value;
  }
};

class ControllerCheck final : public Check {
 public:
  explicit ControllerCheck(Case& of) : Check(of), quartz_(log), controller_(quartz_) {
    const json* const scheduler = given().find("scheduler");
    quartz_.throws = scheduler != nullptr && *scheduler == "throws";
    if (scheduler != nullptr && !quartz_.throws) c.bad("unknown value of given.scheduler");
    quartz_.shut_down = given().get("scheduler_shutdown", false);
    quartz_.started = given().get("started", false);
    quartz_.exists = given().get("job_exists", false);
    quartz_.state = state_of(given().get<std::string>("trigger_state", "NONE"));
    quartz_.own = trigger_of(given().get<std::string>("trigger", "none"));
  }

 private:
  quartz::TriggerState state_of(const std::string& name) const {
    static const std::map<std::string_view, quartz::TriggerState> all{
        {"NONE", quartz::TriggerState::none},     {"NORMAL", quartz::TriggerState::normal},
        {"PAUSED", quartz::TriggerState::paused}, {"COMPLETE", quartz::TriggerState::complete},
        {"ERROR", quartz::TriggerState::error},   {"BLOCKED", quartz::TriggerState::blocked}};
    const auto found = all.find(name);
    if (found == all.end()) c.bad("no trigger state is " + name);
    return found->second;
  }
  /// "none", "simple", "cron without expression", "cron 0/1 * * * * ?", "cron with the same expression".
  std::optional<JobQuartz::OwnTrigger> trigger_of(const std::string& text) const {
    if (text == "none") return std::nullopt;
    JobQuartz::OwnTrigger trigger;
    if (text.starts_with("simple")) return trigger;
    if (!text.starts_with("cron")) c.bad("no trigger is " + text);
    trigger.is_cron = true;
    trigger.cron = text.substr(std::min<std::size_t>(text.size(), 5));
    if (trigger.cron == "without expression") trigger.cron.clear();
    if (trigger.cron.find("same") != std::string::npos) trigger.cron = cron();
    return trigger;
  }
  std::string cron() const {
    const json named = c.arg_or_given("cron");
    return named.is_null() ? "0/1 * * * * ?" : named.get<std::string>();
  }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "is_paused") {
      const bool paused = co_await controller_.is_paused();
      result(paused);
    } else if (fn == "pause" || fn == "pause_job") {
      co_await controller_.pause_job();
    } else if (fn == "resume" || fn == "resume_job") {
      co_await controller_.resume_job();
    } else if (fn == "trigger" || fn == "trigger_job") {
      co_await controller_.trigger_job();
    } else if (fn == "shutdown") {
      const json wait = c.arg_or_given("wait");
      co_await controller_.shutdown(!wait.is_null() && wait.get<bool>());
    } else if (fn == "schedule" || fn == "schedule_job") {
      co_await controller_.schedule_job(cron(), std::nullopt);
    } else if (fn == "reschedule" || fn == "reschedule_cron") {
      co_await controller_.reschedule_cron(cron(), std::nullopt);
    } else if (fn == "reschedule_one_off") {
      co_await controller_.reschedule_one_off();
    } else {
      c.unknown_function();
    }
  }

  PlayedQuartz quartz_;
  ScheduleController controller_;
};

}  // namespace

void check_schedule_controller(Case& c) { play<ControllerCheck>(c); }

}  // namespace chronofault::verify::elasticjob
