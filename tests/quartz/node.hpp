// One scheduler over a memory store, in a process of its own. Instants are durations since T, a whole minute; what
// happens is written down as "TIME text", TIME in milliseconds since T.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <quartz/memory_store.hpp>
#include <quartz/scheduler.hpp>
#include <support/cluster.hpp>

namespace quartz_test {

using namespace chronofault;
using namespace chronofault::literals;
using namespace chronofault::quartz;
using Lines = std::vector<std::string>;

/// Of the clusters' machines: 2022-02-24T03:00:00Z, and a minute later.
inline const WallTime epoch = WallTime::from_us(support::Cluster::start.us() + 60'000'000);
inline WallTime at(Duration d) { return epoch + d; }

inline JobTrigger simple_trigger(const std::string& name, Duration start, int repeats = 0, Duration every = 1_s) {
  JobTrigger trigger;
  trigger.trigger.key = TriggerKey("g", name);
  trigger.trigger.schedule = triggers::SimpleSchedule{repeats, every, 0};
  trigger.trigger.start = at(start);
  return trigger;
}

inline JobTrigger cron_trigger(const std::string& name, const std::string& expression, Duration start) {
  auto parsed = triggers::CronExpression::parse(expression, triggers::CronDialect::quartz, 2122);
  JobTrigger trigger = simple_trigger(name, start);
  trigger.trigger.schedule = triggers::CronSchedule(std::move(*parsed), utc());
  return trigger;
}

inline JobDetail job_of(const std::string& name, const std::string& job_class = "job") {
  JobDetail job;
  job.key = JobKey("j", name);
  job.job_class = job_class;
  return job;
}

struct Node {
  using Story = std::function<Task<>(Node* node)>;

  Node() { settings.name = "quartz"; }

  /// Runs the story from T - 60 s on, and everything until T + `until`.
  void play(const Story& story, Duration until) {
    cluster.add("node", [this, story](Ports& given) { return tell(&given, story); });
    cluster.run_until(until + 60_s);
    if (error) std::rethrow_exception(error);
  }

  Duration now() const { return ports->clock.wall() - epoch; }
  void say(const std::string& text) { said.push_back(std::to_string(now().count_ms()) + " " + text); }
  Clock::Sleep until(Duration d) const { return ports->clock.sleep_for(at(d) - ports->clock.wall()); }
  MemoryStore& store() const { return static_cast<MemoryStore&>(scheduler->store()); }
  std::string state(const std::string& trigger) const {
    const MemorySnapshot seen = store().snapshot();
    const auto found = seen.triggers.find(TriggerKey("g", trigger));
    if (found == seen.triggers.end()) return "none";
    return std::string(name_of(found->second.state)) + (found->second.queued ? " q" : "");
  }

  support::Cluster cluster;
  SchedulerSettings settings;
  MemoryStoreSettings store_settings;
  JobClasses classes;
  Lines said;
  Ports* ports = nullptr;
  std::exception_ptr error;
  std::unique_ptr<Scheduler> scheduler;  // made when the process starts

 private:
  Task<> tell(Ports* given, Story story) {
    ports = given;
    scheduler = std::make_unique<Scheduler>(*ports, settings,
                                            std::make_unique<MemoryStore>(ports->clock, store_settings), classes);
    try {
      co_await story(this);
    } catch (...) {
      error = std::current_exception();
    }
  }
};

/// A job that says its trigger's name when it begins, takes so long, and throws if told.
struct SpokenJob {
  Node* node;
  Duration takes;
  std::string name = "runs";

  static Task<> run(SpokenJob* work, JobExecution* execution) {
    work->node->say(work->name + " " + execution->fired.trigger.trigger.key.name);
    if (work->takes > Duration{}) co_await work->node->ports->clock.sleep_for(work->takes);
  }
  JobClass job_class() {
    return JobClass([this](JobExecution& execution) { return run(this, &execution); });
  }
};

}  // namespace quartz_test
