// The steps are those of AbstractJobStoreTest: a clock that stands still half a minute before `base`, one durable job
// for all triggers unless a step names another, and acquisitions whose bounds are given relative to base, to the next
// fire time of the trigger that was stored last, or as an instant.
#include "quartz_upstream_job_store.hpp"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include <quartz/database_store.hpp>
#include <quartz/memory_store.hpp>

namespace chronofault::verify::quartz {

using namespace chronofault::quartz;

namespace {

/// A full minute.
constexpr WallTime upstream_base = WallTime::from_ms(1'600'000'020'000);

constexpr const char* shared_job_class = "MyJob";

/// The steps are half words: those that are not understood end the case, which then counts as left out.
struct UnknownWords {};

/// "triggerGroup1.trigger1", or a name in the group DEFAULT.
TriggerKey upstream_key(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return TriggerKey(triggers::default_group, text);
  return TriggerKey(text.substr(0, dot), text.substr(dot + 1));
}

std::string upstream_text(const TriggerKey& key) {
  return key.group == triggers::default_group ? key.name : key.group + "." + key.name;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view head) {
  const std::size_t at = text.find(head);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + head.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

std::string_view upstream_name(TriggerState state) {
  switch (state) {
    case TriggerState::none:
      return "NONE";
    case TriggerState::normal:
      return "NORMAL";
    case TriggerState::paused:
      return "PAUSED";
    case TriggerState::complete:
      return "COMPLETE";
    case TriggerState::error:
      return "ERROR";
    case TriggerState::blocked:
      return "BLOCKED";
  }
  return "";
}

class NobodySignalled final : public Signaler {
 public:
  Task<> trigger_misfired(const JobTrigger&) override { co_return; }
  Task<> trigger_finalized(const JobTrigger&) override { co_return; }
  Task<> job_deleted(const JobKey&) override { co_return; }
  Task<> scheduler_error(const std::string&) override { co_return; }
  void scheduling_changed(std::optional<WallTime>) override {}
};

/// SampleSignaler and one store; carries out step after step.
class UpstreamSteps {
 public:
  UpstreamSteps(const Case& c, StoreKind kind) : case_(c), kind_(kind) {
    classes_.add(shared_job_class, JobClass([](JobExecution&) -> Task<> { co_return; }));
  }
  UpstreamSteps(const UpstreamSteps&) = delete;
  UpstreamSteps& operator=(const UpstreamSteps&) = delete;

  static Task<> play(UpstreamSteps* steps, Ports* ports) {
    steps->store_ = make_store(steps->kind_, *ports, Duration::minutes(1), steps->classes_);
    steps->store_->initialize(steps->signaler_);
    co_await steps->set_up();
    for (const json& step : steps->case_["steps"]) {
      ++steps->number_;
      co_await steps->perform(&step);
    }
  }

 private:
  Task<> set_up() {
    if (case_.has("job") && case_["job"] != "allows concurrency") throw UnknownWords();
    co_await store_job(JobKey("jobGroup1", "job1"));
    if (!case_.has("triggers")) co_return;
    const json& triggers = case_["triggers"];
    if (triggers.is_array()) {
      for (const json& trigger : triggers) {
        if (trigger.size() != 2) throw UnknownWords();
        const WallTime start = upstream_base + Duration::ms(trigger.at(1).get<std::int64_t>());
        co_await store_trigger(upstream_key(trigger.at(0).get<std::string>()), start, JobKey("jobGroup1", "job1"));
      }
      co_return;
    }
    if (triggers != "as AcquireTriggers") throw UnknownWords();
    for (int i = 0; i < 10; ++i) {
      const TriggerKey key = upstream_key("job" + std::to_string(i));
      co_await store_job(key);
      co_await store_trigger(key, upstream_base + Duration::minutes(i), key);
    }
  }

  Task<> store_job(JobKey key) {
    JobDetail job;
    job.key = std::move(key);
    job.job_class = shared_job_class;
    job.durable = true;
    co_await store_->store_job(job, true);
  }

  Task<> store_trigger(TriggerKey key, WallTime start, JobKey job) {
    triggers::Trigger trigger;
    trigger.key = std::move(key);
    trigger.start = start;
    trigger.next = start;
    trigger.schedule = triggers::SimpleSchedule{2, Duration::seconds(2), 0};
    last_ = JobTrigger(std::move(trigger), std::move(job));
    co_await store_->store_trigger(last_, false);
  }

  WallTime instant(const json& value) const {
    if (value.is_number()) return upstream_base + Duration::ms(value.get<std::int64_t>());
    const auto text = value.get<std::string>();
    if (const auto ms = number_after(text, "epoch ms")) return WallTime::from_ms(*ms);
    if (const auto ms = number_after(text, "next+")) return *last_.trigger.next + Duration::ms(*ms);
    if (const auto minutes = number_after(text, "start +")) return upstream_base + Duration::minutes(*minutes);
    throw UnknownWords();
  }
  Duration span(const json& value) const {
    if (value.is_number()) return Duration::ms(value.get<std::int64_t>());
    const auto minutes = number_after(value.get<std::string>(), "");
    if (!minutes || !value.get<std::string>().ends_with(" min")) throw UnknownWords();
    return Duration::minutes(*minutes);
  }

  void compare(std::string_view operation, const json& expected, const json& seen) const {
    case_.compare(operation, expected, seen, fmt::format("{} {}", name_of(kind_), number_));
  }

  Task<> perform(const json* step) {
    const auto operation = step->at(0).get<std::string>();
    const std::string first = step->size() > 1 && step->at(1).is_string() ? step->at(1).get<std::string>() : "";
    const std::string of_job = "store trigger of ";
    if (operation == "acquire") {
      co_await acquire(step);
    } else if (operation == "release") {
      co_await store_->release(held_.at(first));
    } else if (operation == "state") {
      const bool names_it = step->size() > 2;
      const TriggerKey key = names_it ? upstream_key(first) : last_.trigger.key;
      const TriggerState state = co_await store_->trigger_state(key);
      compare(operation, names_it ? step->at(2) : step->at(1), upstream_name(state));
    } else if (operation == "store") {
      const auto seconds = number_after(first, "(in");
      if (!seconds) throw UnknownWords();
      const TriggerKey key = upstream_key(first.substr(0, first.find(' ')));
      co_await store_trigger(key, upstream_base + Duration::seconds(*seconds), JobKey("jobGroup1", "job1"));
    } else if (operation == "store job") {
      co_await store_job(upstream_key(first));
    } else if (operation.starts_with(of_job)) {
      const JobKey job = upstream_key(operation.substr(of_job.size()));
      co_await store_trigger(TriggerKey("triggers", job.name), upstream_base, job);
    } else {
      co_await change(operation, first);
    }
  }

  Task<> change(std::string operation, std::string argument) {
    const TriggerKey key = upstream_key(argument);
    if (operation == "pause") {
      co_await store_->pause_trigger(key);
    } else if (operation == "resume") {
      co_await store_->resume_trigger(key);
    } else if (operation == "pauseJob") {
      co_await store_->pause_job(key);
    } else if (operation == "resumeJob") {
      co_await store_->resume_job(key);
    } else if (operation == "pauseJobs") {
      co_await store_->pause_jobs(argument);
    } else if (operation == "resumeJobs") {
      co_await store_->resume_jobs(argument);
    } else if (operation == "pauseTriggers") {
      co_await store_->pause_triggers(argument);
    } else if (operation == "resumeTriggers") {
      co_await store_->resume_triggers(argument);
    } else if (operation == "pauseAll") {
      co_await store_->pause_all();
    } else if (operation == "resumeAll") {
      co_await store_->resume_all();
    } else {
      throw UnknownWords();
    }
  }

  Task<> acquire(const json* step) {
    const json& how = step->at(1);
    const WallTime no_later_than = instant(how.at("noLaterThan"));
    const int most = how.at("max").get<int>();
    const Duration window = span(how.at("window"));
    const std::vector<JobTrigger> acquired = co_await store_->acquire(no_later_than, most, window);
    json keys = json::array();
    for (const JobTrigger& trigger : acquired) {
      const std::string key = upstream_text(trigger.trigger.key);
      keys.push_back(key);
      held_.insert_or_assign(key, trigger);
    }
    compare("acquire", step->at(2), keys);
  }

  const Case& case_;
  StoreKind kind_;
  JobClasses classes_;
  NobodySignalled signaler_;
  std::unique_ptr<JobStore> store_;
  std::map<std::string, JobTrigger> held_;
  JobTrigger last_;
  int number_ = 0;
};

}  // namespace

std::string_view name_of(StoreKind kind) { return kind == StoreKind::memory ? "memory" : "database"; }

std::unique_ptr<JobStore> make_store(StoreKind kind, Ports& ports, Duration misfire_threshold,
                                     const JobClasses& classes) {
  if (kind == StoreKind::memory) {
    MemoryStoreSettings settings;
    settings.misfire_threshold = misfire_threshold;
    return std::make_unique<MemoryStore>(ports.clock, settings);
  }
  DatabaseStoreOptions options;
  options.misfire_threshold = misfire_threshold;
  return std::make_unique<DatabaseStore>(ports, options, classes);
}

void check_store_steps(const Case& c, StoreKind kind) {
  JobStoreWorld world(upstream_base - Duration::seconds(30), sim::Dialect::postgresql);
  UpstreamSteps steps(c, kind);  // its store goes before the world does
  const auto main = [&steps](Ports& ports) { return UpstreamSteps::play(&steps, &ports); };
  try {
    if (!world.play(main)) c.bad("a step did not end");
  } catch (const UnknownWords&) {
    c.skip("words");
  }
}

void check_upstream_job_store(const Case& c) {
  if (!c.has("steps")) {
    if (!check_scheduler_story(c)) c.skip("words");
    return;
  }
  check_store_steps(c, StoreKind::memory);
  const bool memory_only = c.has("stores") && c["stores"].dump().find("ram only") != std::string::npos;
  if (!memory_only) check_store_steps(c, StoreKind::database);
}

}  // namespace chronofault::verify::quartz
