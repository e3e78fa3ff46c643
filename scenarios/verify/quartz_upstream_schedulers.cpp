// Facts of upstream's tests that run a whole scheduler, retold: the case's words say what is set up and what must then
// hold, its name says which test that is.
#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>

#include <quartz/database_store.hpp>
#include <quartz/scheduler.hpp>

#include "quartz_upstream_job_store.hpp"

namespace chronofault::verify::quartz {

using namespace chronofault::quartz;

namespace {

constexpr WallTime story_start = WallTime::from_ms(1'600'000'000'000);
const JobKey story_job(triggers::default_group, "test");

/// What a story needs: its world, its schedulers in the order of their making, and when its job was started.
struct SchedulerStory {
  SchedulerStory() : world(story_start, sim::Dialect::postgresql) {
    world.world().machine("nodes.host")->clock().set_wall_rate(0);
  }

  JobTrigger trigger(const std::string& name, int repeats, Duration every) const {
    triggers::Trigger trigger;
    trigger.key = TriggerKey(triggers::default_group, name);
    trigger.start = WallTime::from_ms(ports->clock.wall().ms());
    trigger.schedule = triggers::SimpleSchedule{repeats, every, 0};
    return {std::move(trigger), story_job};
  }
  JobDetail job() const {
    JobDetail job;
    job.key = story_job;
    job.job_class = "job";
    return job;
  }
  Scheduler& add(const SchedulerSettings& settings, std::unique_ptr<JobStore> store) {
    schedulers.push_back(std::make_unique<Scheduler>(*ports, settings, std::move(store), classes));
    return *schedulers.back();
  }
  Duration since_start() const { return ports->clock.wall() - story_start; }
  std::vector<std::map<std::string, Value>> rows(const char* table) { return world.world().view().rows(table); }
  std::int64_t triggers_in(const std::string& state) {
    const auto all = rows("QRTZ_TRIGGERS");
    return std::count_if(all.begin(), all.end(), [&state](const auto& row) {
      const auto* text = std::get_if<std::string>(&row.at("TRIGGER_STATE"));
      return text != nullptr && *text == state;
    });
  }
  /// Its job notes its start and takes so long.
  void add_class(Duration takes, bool one_at_a_time) {
    JobClass job_class([this, takes](JobExecution&) { return run(this, takes); });
    job_class.disallow_concurrent_execution = one_at_a_time;
    classes.add("job", job_class);
  }
  static Task<> run(SchedulerStory* story, Duration takes) {
    story->starts.push_back(story->since_start());
    co_await story->ports->clock.sleep_for(takes);
    ++story->ended;
  }

  JobStoreWorld world;
  Ports* ports = nullptr;
  JobClasses classes;
  std::vector<Duration> starts;
  int ended = 0;
  std::vector<std::unique_ptr<Scheduler>> schedulers;
};

using Story = Task<json> (*)(SchedulerStory* story, StoreKind kind);

/// DisallowConcurrentExecutionJobTest.
Task<json> no_concurrent_execution(SchedulerStory* story, StoreKind kind) {
  story->add_class(Duration::ms(300), true);
  SchedulerSettings settings;
  settings.thread_count = 2;
  settings.idle_wait_time = Duration::ms(1'500);
  Scheduler& scheduler = story->add(settings, make_store(kind, *story->ports, Duration::minutes(1), story->classes));
  co_await scheduler.schedule_job(story->job(), story->trigger("one", 0, Duration()));
  co_await scheduler.schedule_job(story->trigger("two", 0, Duration()));
  co_await scheduler.start();
  co_await story->ports->clock.sleep_for(Duration::seconds(10));
  const bool apart = story->starts.size() == 2 && story->starts[1] - story->starts[0] >= Duration::ms(300);
  co_return apart ? json("2 executions, starts at least 300 ms apart") : json(story->starts.size());
}

/// RecoverJobsTest.
Task<json> recovers_repeating_job(SchedulerStory* story, StoreKind kind) {
  story->add_class(Duration::hours(1), true);
  SchedulerSettings settings;
  Scheduler& first = story->add(settings, make_store(kind, *story->ports, Duration::seconds(1), story->classes));
  co_await first.schedule_job(story->job(), story->trigger("one", triggers::endless, Duration::seconds(1)));
  co_await first.start();
  co_await story->ports->clock.sleep_for(Duration::seconds(2));
  co_await first.shutdown(false);
  const std::int64_t blocked = story->triggers_in("BLOCKED");
  const std::size_t fired = story->rows("QRTZ_FIRED_TRIGGERS").size();
  co_await story->ports->clock.sleep_for(Duration::seconds(4));
  story->starts.clear();
  Scheduler& second = story->add(settings, make_store(kind, *story->ports, Duration::seconds(1), story->classes));
  co_await second.start();
  co_await story->ports->clock.sleep_for(Duration::seconds(2));
  json seen = json::array();
  seen.push_back(blocked == 1 && fired == 1
                     ? std::string("trigger state BLOCKED and 1 fired-trigger row after shutdown")
                     : fmt::format("{} triggers BLOCKED, {} fired-trigger rows", blocked, fired));
  seen.push_back(!story->starts.empty()
                     ? "a new scheduler on the same store started 4 s later executes the job within 2 s"
                     : "no execution within 2 s");
  co_return seen;
}

/// Lets something happen between the fire and the hand-over to a worker.
class LingeringStore final : public DatabaseStore {
 public:
  LingeringStore(Ports& ports, const JobClasses& classes, bool* fired)
      : DatabaseStore(ports, DatabaseStoreOptions(), classes), ports_(ports), fired_(fired) {}
  Task<std::vector<FiredResult>> fired(std::vector<JobTrigger> batch) override {
    std::vector<FiredResult> results = co_await DatabaseStore::fired(std::move(batch));
    *fired_ = true;
    co_await ports_.clock.sleep_for(Duration::seconds(1));
    co_return results;
  }

 private:
  Ports& ports_;
  bool* fired_;
};

/// QTZ385Test.
Task<json> shutdown_order(SchedulerStory* story, StoreKind kind) {
  story->add_class(Duration::ms(100), false);
  SchedulerSettings settings;
  bool fired = false;
  Scheduler& first = story->add(settings, std::make_unique<LingeringStore>(*story->ports, story->classes, &fired));
  JobDetail job = story->job();
  job.requests_recovery = true;
  co_await first.schedule_job(job, story->trigger("one", 0, Duration()));
  co_await first.start();
  while (!fired) co_await story->ports->clock.sleep_for(Duration::ms(10));
  co_await first.shutdown(true);
  const bool ran = story->ended == 1;
  Scheduler& second = story->add(settings, make_store(kind, *story->ports, Duration::minutes(1), story->classes));
  co_await second.start();
  co_await story->ports->clock.sleep_for(Duration::seconds(5));
  if (ran && story->starts.size() == 1) {
    co_return "the job still runs before shutdown completes; a later scheduler recovers nothing";
  }
  co_return fmt::format("ended {} times by the shutdown, {} starts", ran ? 1 : 0, story->starts.size());
}

/// QTZ179_TriggerLostAfterDbRestart_Test.
Task<json> database_restart(SchedulerStory* story, StoreKind kind) {
  story->add_class(Duration::ms(10), false);
  SchedulerSettings settings;
  Scheduler& scheduler = story->add(settings, make_store(kind, *story->ports, Duration::minutes(1), story->classes));
  JobDetail job = story->job();
  job.durable = true;
  co_await scheduler.add_job(job, false);
  for (int i = 0; i < 4; ++i) {
    co_await scheduler.schedule_job(story->trigger(std::to_string(i), triggers::endless, Duration::seconds(3)));
  }
  co_await scheduler.start();
  co_await story->ports->clock.sleep_for(Duration::seconds(10));
  sim::World& world = story->world.world();
  world.database_process()->request_kill(sim::Ending::crash);
  co_await story->ports->clock.sleep_for(Duration::seconds(10));
  world.start_at(*world.database_process(), world.kernel().now());
  // Until the store has tried again, and the runs that it then catches up with are over.
  co_await story->ports->clock.sleep_for(Duration::seconds(40));
  const std::int64_t acquired = story->triggers_in("ACQUIRED");
  if (acquired <= 1) co_return "at most 1 trigger in state ACQUIRED afterwards";
  co_return fmt::format("{} triggers ACQUIRED", acquired);
}

struct KnownStory {
  Story tell;
  bool in_memory;  // told on the memory store too
};

const std::map<std::string, KnownStory, std::less<>>& known_stories() {
  static const std::map<std::string, KnownStory, std::less<>> all{
      {"NoConcurrentExecOnSameJob", {no_concurrent_execution, true}},
      {"RecoveringRepeatJobFiredAndMisfired", {recovers_repeating_job, false}},
      {"ShutdownOrdering", {shutdown_order, false}},
      {"TriggerLostAfterDbRestart", {database_restart, false}},
  };
  return all;
}

Task<> tell_story(SchedulerStory* story, Ports* ports, Story tell, StoreKind kind, json* seen) {
  story->ports = ports;
  *seen = co_await tell(story, kind);
}

void check_story(const Case& c, Story tell, StoreKind kind) {
  json seen;
  SchedulerStory story;
  const auto main = [&](Ports& ports) { return tell_story(&story, &ports, tell, kind, &seen); };
  if (!story.world.play(main)) c.bad("the story did not end");
  c.compare("story", c["expect"], seen, fmt::format("{} {}", c.text("name"), name_of(kind)));
}

}  // namespace

bool check_scheduler_story(const Case& c) {
  const auto known = known_stories().find(c.text("name"));
  if (known == known_stories().end()) return false;
  if (known->second.in_memory) check_story(c, known->second.tell, StoreKind::memory);
  check_story(c, known->second.tell, StoreKind::database);
  return true;
}

}  // namespace chronofault::verify::quartz
