#include <array>

#include <quartz/database_store.hpp>
#include <quartz/memory_store.hpp>
#include <quartz/scheduler.hpp>
#include <scenarios/quartz_misfire_policies.hpp>
#include <sim/world/world.hpp>

namespace chronofault::scenarios {
namespace misfire_cells {
namespace {

using namespace quartz;

constexpr Duration threshold = Duration::seconds(5);  // of the memory store's class
constexpr Duration period = Duration::seconds(2);
constexpr Duration listed_for = Duration::seconds(9);
constexpr std::array delays = {Duration::ms(-1), Duration(), Duration::ms(1)};

/// A Tuesday, an even second.
constexpr WallTime first_missed = WallTime::from_ms(1'704'153'610'000);
/// The scheduler's start. A misfire handler of a database store then passes 2 s and 7 s after the first missed fire.
constexpr WallTime beginning = first_missed - Duration::seconds(8);
/// When the cause of the delay sets in.
constexpr WallTime delay_begins = first_missed - Duration::seconds(1);
constexpr int year_max = 2124;

enum class Cause { no_free_thread, scheduler_stopped, concurrency_disallowed, start_in_the_past };
constexpr std::array<std::pair<Cause, const char*>, 4> causes = {{
    {Cause::no_free_thread, "no free thread"},
    {Cause::scheduler_stopped, "scheduler stopped"},
    {Cause::concurrency_disallowed, "concurrent execution disallowed"},
    {Cause::start_in_the_past, "start time in the past"},
}};

enum class Store { memory, database };
constexpr std::array<std::pair<Store, const char*>, 2> stores = {{
    {Store::memory, "memory"},
    {Store::database, "database"},
}};

struct Policy {
  int code;
  const char* name;
};
constexpr std::array<Policy, 7> simple_policies = {{
    {triggers::misfire::ignore, "IGNORE_MISFIRE_POLICY"},
    {triggers::misfire::smart_policy, "SMART_POLICY"},
    {triggers::misfire::fire_now, "FIRE_NOW"},
    {triggers::misfire::now_with_existing_count, "RESCHEDULE_NOW_WITH_EXISTING_REPEAT_COUNT"},
    {triggers::misfire::now_with_remaining_count, "RESCHEDULE_NOW_WITH_REMAINING_REPEAT_COUNT"},
    {triggers::misfire::next_with_remaining_count, "RESCHEDULE_NEXT_WITH_REMAINING_COUNT"},
    {triggers::misfire::next_with_existing_count, "RESCHEDULE_NEXT_WITH_EXISTING_COUNT"},
}};
constexpr std::array<Policy, 4> other_policies = {{
    {triggers::misfire::ignore, "IGNORE_MISFIRE_POLICY"},
    {triggers::misfire::smart_policy, "SMART_POLICY"},
    {triggers::misfire::fire_once_now, "FIRE_ONCE_NOW"},
    {triggers::misfire::do_nothing, "DO_NOTHING"},
}};

/// What one cell is about.
struct Setting {
  Setting(Store store, Cause cause, Duration delay, triggers::Trigger::Schedule schedule, int policy)
      : store(store), cause(cause), delay(delay), schedule(std::move(schedule)), policy(policy) {}
  WallTime looked_at() const { return first_missed + threshold + delay; }

  Store store;
  Cause cause;
  Duration delay;
  triggers::Trigger::Schedule schedule;
  int policy;
};

/// The process of one cell.
class CellProgram final : public Program, public TriggerListener {
 public:
  CellProgram(Ports& ports, const Setting& setting, MisfireCell* cell) : ports_(ports), setting_(setting), cell_(cell) {
    const bool exclusive = setting.cause == Cause::concurrency_disallowed;
    JobClass tested([this](JobExecution& execution) { return run(this, &execution); });
    tested.disallow_concurrent_execution = exclusive;
    classes_.add("tested", tested);
  }

  Task<> main() override {
    make_scheduler();
    co_await scheduler_->start();
    if (setting_.cause != Cause::start_in_the_past) {
      co_await scheduler_->schedule_job(job("tested"), tested_trigger());
    }
    // A run of another job keeps the only thread, or one of the same job keeps the job.
    if (setting_.cause == Cause::no_free_thread) {
      co_await scheduler_->schedule_job(job("other"), long_trigger("other"));
    } else if (setting_.cause == Cause::concurrency_disallowed) {
      co_await scheduler_->schedule_job(long_trigger("tested"));
    }
    co_await until(delay_begins);
    if (setting_.cause == Cause::scheduler_stopped) co_await stop();
    co_await until(setting_.looked_at());
    if (setting_.cause == Cause::scheduler_stopped) {
      if (setting_.store == Store::database) make_scheduler();
      co_await scheduler_->start();
    } else if (setting_.cause == Cause::start_in_the_past) {
      co_await scheduler_->schedule_job(job("tested"), tested_trigger());
    }
  }

  Task<> trigger_misfired(const JobTrigger& trigger) override {
    if (trigger.trigger.key.name == "tested") ++cell_->misfires;
    co_return;
  }

 private:
  void make_scheduler() {
    SchedulerSettings settings;
    settings.thread_count = setting_.cause == Cause::no_free_thread ? 1 : 2;
    std::unique_ptr<JobStore> store;
    if (setting_.store == Store::memory) {
      MemoryStoreSettings options;
      options.misfire_threshold = threshold;
      store = std::make_unique<MemoryStore>(ports_.clock, options);
    } else {
      DatabaseStoreOptions options;
      options.misfire_threshold = threshold;
      store = std::make_unique<DatabaseStore>(ports_, options, classes_);
    }
    scheduler_ = std::make_unique<Scheduler>(ports_, settings, std::move(store), classes_);
    scheduler_->add_trigger_listener(*this);
  }

  /// What a memory store holds does not outlive its scheduler: that one is in standby, the other is gone.
  Task<> stop() {
    if (setting_.store == Store::memory) {
      co_await scheduler_->standby();
    } else {
      co_await scheduler_->shutdown(true);
    }
  }

  static Task<> run(CellProgram* cell, const JobExecution* execution) {
    const FiredBundle& fired = execution->fired;
    if (fired.trigger.trigger.key.name == "long") {
      co_await cell->until(cell->setting_.looked_at());
      co_return;
    }
    cell->cell_->runs.push_back({fired.fire_time - first_missed, *fired.scheduled_fire_time - first_missed});
  }

  Clock::Sleep until(WallTime t) const { return ports_.clock.sleep_for(t - ports_.clock.wall()); }

  static JobDetail job(const char* name) {
    JobDetail job;
    job.key = JobKey(triggers::default_group, name);
    job.job_class = "tested";
    return job;
  }
  JobTrigger tested_trigger() const {
    triggers::Trigger trigger;
    trigger.key = TriggerKey(triggers::default_group, "tested");
    trigger.schedule = setting_.schedule;
    trigger.start = first_missed;
    trigger.misfire_instruction = setting_.policy;
    return {std::move(trigger), JobKey()};
  }
  static JobTrigger long_trigger(const char* job) {
    triggers::Trigger trigger;
    trigger.key = TriggerKey(triggers::default_group, "long");
    trigger.start = delay_begins;
    return {std::move(trigger), JobKey(triggers::default_group, job)};
  }

  Ports& ports_;
  const Setting& setting_;
  MisfireCell* cell_;
  JobClasses classes_;
  std::unique_ptr<Scheduler> scheduler_;
};

class NoLatency final : public sim::LatencyModel {
 public:
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return {}; }
};

MisfireCell play(const Setting& setting) {
  MisfireCell cell;
  cell.delay = setting.delay;
  const NoLatency latency;
  sim::WorldOptions options;
  options.seed = 1;
  options.start = sim::TrueTime::from_us((beginning - Duration::ms(1)).us());
  sim::World world(
      options, latency, [](std::string_view, const std::string&) { return std::nullopt; },
      [](std::string_view) -> const sim::WorkDeclaration* { return nullptr; });
  sim::MachineOptions server;
  server.name = "database.host";
  server.ip = "10.0.0.1";
  sim::DatabaseServerOptions database;
  database.base_latency = Duration();
  sim::Machine& database_host = world.add_machine(server);
  world.start_at(world.add_database(database_host, "database", database, table_specs(), {}), options.start);
  sim::MachineOptions machine;
  machine.name = "node.host";
  machine.ip = "10.0.0.2";
  sim::ProcessOptions process;
  process.name = "node";
  sim::Process& node = world.add_process(world.add_machine(machine), process, [&](Ports& ports) {
    return std::make_unique<CellProgram>(ports, setting, &cell);
  });
  world.start_at(node, sim::TrueTime::from_us(beginning.us()));
  world.kernel().run_until(sim::TrueTime::from_us((first_missed + listed_for).us()));
  return cell;
}

template <std::size_t N>
void add_rows(MisfirePolicies& table, std::pair<Store, const char*> store, const char* trigger,
              const triggers::Trigger::Schedule& schedule, const std::array<Policy, N>& policies) {
  for (const Policy& policy : policies) {
    for (const auto& [cause, name] : causes) {
      MisfireRow row{store.second, trigger, policy.name, name, {}};
      for (const Duration delay : delays) {
        row.cells.push_back(play(Setting(store.first, cause, delay, schedule, policy.code)));
      }
      table.rows.push_back(std::move(row));
    }
  }
}

}  // namespace
}  // namespace misfire_cells

MisfirePolicies quartz_misfire_policies() {
  using namespace misfire_cells;
  using namespace triggers;
  auto every_two_seconds = CronExpression::parse("0/2 * * * * ?", CronDialect::quartz, year_max);
  CF_ASSERT(every_two_seconds.has_value());
  const CronSchedule cron(std::move(*every_two_seconds), utc());
  CalendarIntervalSchedule calendar_interval;
  calendar_interval.unit = IntervalUnit::second;
  calendar_interval.interval = 2;
  DailyTimeIntervalSchedule daily;
  daily.unit = IntervalUnit::second;
  daily.interval = 2;
  daily.end_of_day = TimeOfDay{23, 59, 59};

  MisfirePolicies table;
  table.threshold = threshold;
  table.until = listed_for;
  for (const auto& store : stores) {
    add_rows(table, store, "simple, once", SimpleSchedule{0, period, 0}, simple_policies);
    add_rows(table, store, "simple, 3 repeats", SimpleSchedule{3, period, 0}, simple_policies);
    add_rows(table, store, "simple, endless", SimpleSchedule{endless, period, 0}, simple_policies);
    add_rows(table, store, "cron", cron, other_policies);
    add_rows(table, store, "calendar-interval", calendar_interval, other_policies);
    add_rows(table, store, "daily-time-interval", daily, other_policies);
  }
  return table;
}

}  // namespace chronofault::scenarios
