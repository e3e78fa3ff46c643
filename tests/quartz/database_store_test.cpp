// One rule of the database store each (quartz 2, 5, 7). Whole sequences are in database_traces_replay_test.cpp.
#include <catch2/catch.hpp>

#include "database_world.hpp"

using namespace support;
using namespace chronofault::quartz;

namespace {

/// A job with one trigger, stored by node a.
void store(StoreWorld& w, const JobDetail& job, const JobTrigger& trigger) {
  w.act('a', [&](StoreNode& a) { return a.store.store_job_and_trigger(job, trigger); });
}

/// Another trigger of a stored job.
void add(StoreWorld& w, const JobTrigger& trigger) {
  w.act('a', [&](StoreNode& a) { return a.store.store_trigger(trigger, false); });
}

std::vector<JobTrigger> acquire(StoreWorld& w, char node, int count = 1) {
  std::vector<JobTrigger> acquired;
  w.act(node,
        [&](StoreNode& n) -> Task<> { acquired = co_await n.store.acquire(n.store.now() + 30_s, count, Duration()); });
  return acquired;
}

std::vector<FiredResult> fire(StoreWorld& w, char node, const std::vector<JobTrigger>& batch) {
  std::vector<FiredResult> results;
  w.act(node, [&](StoreNode& n) -> Task<> { results = co_await n.store.fired(batch); });
  return results;
}

void complete(StoreWorld& w, char node, const FiredBundle& bundle,
              CompletedExecution instruction = CompletedExecution::noop) {
  w.act(node, [&](StoreNode& n) { return n.store.complete(bundle.trigger, bundle.job, instruction); });
}

const sim::Dialect both_dialects[] = {sim::Dialect::innodb, sim::Dialect::postgresql};

}  // namespace

TEST_CASE("every kind of trigger is read as it was stored", "[quartz:2.1]") {
  StoreWorld w("a");
  JobDetail job = job_named("job");
  job.data["path"] = "a=b\\c\nd";
  triggers::CalendarIntervalSchedule interval;
  interval.unit = triggers::IntervalUnit::week;
  interval.interval = 2;
  interval.zone = &utc();
  interval.skip_day_if_hour_does_not_exist = true;
  triggers::DailyTimeIntervalSchedule daily;
  daily.interval = 72;
  daily.repeat_count = 5;
  daily.start_of_day = {8, 30, 0};
  daily.end_of_day = triggers::TimeOfDay{17, 0, 1};
  daily.weekdays = 0b0111'1100;
  daily.complete = true;
  const auto cron = triggers::CronExpression::parse("0 0/5 8-17 ? * MON-FRI", triggers::CronDialect::quartz);
  const std::vector<triggers::Trigger::Schedule> schedules{triggers::SimpleSchedule{7, 1500_ms, 3},
                                                           triggers::CronSchedule(*cron, utc()), interval, daily};
  w.act('a', [&](StoreNode& a) { return a.store.store_job(job, false); });
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    JobTrigger stored = trigger_named("t" + std::to_string(i), "job");
    stored.trigger.schedule = schedules[i];
    stored.trigger.end = world_start + 1_h;
    stored.trigger.misfire_instruction = 2;
    stored.trigger.priority = 9;
    stored.data["k"] = "v";
    std::optional<JobTrigger> read;
    w.act('a', [&](StoreNode& a) { return a.store.store_trigger(stored, false); });
    w.act('a', [&](StoreNode& a) -> Task<> { read = co_await a.store.trigger(stored.trigger.key); });
    REQUIRE(read);
    CHECK(read->job == stored.job);
    CHECK(read->data == stored.data);
    CHECK(read->trigger.next == stored.trigger.next);
    CHECK(!read->trigger.previous);
    CHECK(read->trigger.end == stored.trigger.end);
    CHECK(read->trigger.priority == 9);
    CHECK(read->trigger.misfire_instruction == 2);
    CHECK(std::string(type_of(read->trigger)) == type_of(stored.trigger));
    CHECK(to_row("s", *read, "X", true).start_time == to_row("s", stored, "X", true).start_time);
    if (const auto* same = std::get_if<triggers::DailyTimeIntervalSchedule>(&read->trigger.schedule)) {
      CHECK(same->end_of_day == daily.end_of_day);
      CHECK(same->weekdays == daily.weekdays);
      CHECK(same->repeat_count == 5);
      CHECK(!same->complete);  // is in memory alone
    }
    if (const auto* same = std::get_if<triggers::CalendarIntervalSchedule>(&read->trigger.schedule)) {
      CHECK(same->zone == &utc());
      CHECK(same->skip_day_if_hour_does_not_exist);
      CHECK(!same->preserve_hour_of_day);
    }
  }
  std::optional<JobDetail> again;
  w.act('a', [&](StoreNode& a) -> Task<> { again = co_await a.store.job(job.key); });
  REQUIRE(again);
  CHECK(again->data == job.data);
}

TEST_CASE("absent instants: NULL in an insert, -1 in an update, 0 for no end", "[quartz:2.1]") {
  StoreWorld w("a");
  JobTrigger trigger = trigger_named("t", "job");
  trigger.trigger.next.reset();
  store(w, job_named("job"), trigger);
  CHECK(!w.rows<TriggerRow>().front().next_fire_time);
  CHECK(w.rows<TriggerRow>().front().prev_fire_time == -1);
  CHECK(w.rows<TriggerRow>().front().end_time == 0);
  w.act('a', [&](StoreNode& a) { return a.store.store_trigger(trigger, true); });
  CHECK(w.rows<TriggerRow>().front().next_fire_time == -1);
}

TEST_CASE("exclusion calendars survive their row", "[quartz:2.1]") {
  triggers::HolidayExclusion holiday;
  holiday.add(world_start, utc());
  triggers::AnnualExclusion annual;
  annual.days[12].set(25);
  const auto cron = triggers::CronExpression::parse("* * 8-17 ? * *", triggers::CronDialect::quartz);
  const auto base = std::make_shared<triggers::ExclusionCalendar>(holiday, &utc());
  const RowReader reader;
  for (const triggers::ExclusionCalendar::Rule& rule : std::vector<triggers::ExclusionCalendar::Rule>{
           triggers::NothingExcluded{}, annual, triggers::WeeklyExclusion{}, triggers::MonthlyExclusion{}, holiday,
           triggers::DailyExclusion::between("8:00", "17:30:15:250", true), triggers::CronExclusion(*cron)}) {
    const triggers::ExclusionCalendar calendar(rule, nullptr, base);
    const std::string text = to_text(calendar);
    const auto read = calendar_from_text(text, reader);
    CHECK(to_text(*read) == text);
    CHECK(read->rule.index() == rule.index());
    const triggers::TriggerContext context(world_start, utc(), 2120);
    for (int hours = -30; hours < 60; hours += 5) {
      const WallTime t = world_start + Duration::hours(hours);
      CHECK(included(*read, t, context) == included(calendar, t, context));
    }
  }
  CHECK_THROWS_AS(calendar_from_text("", reader), UnreadableRow);
  CHECK_THROWS_AS(calendar_from_text("- lunar 7\n", reader), UnreadableRow);
  CHECK_THROWS_AS(data_from_text(std::string("no entry")), UnreadableRow);
}

TEST_CASE("two nodes that see the same trigger: the update of one finds it WAITING", "[quartz:7.11][quartz:5.1]") {
  for (const sim::Dialect dialect : both_dialects) {
    StoreWorld w("ab", {}, dialect);
    store(w, job_named("job"), trigger_named("t", "job"));
    std::size_t acquired = 0;
    const auto race = [&](StoreNode& n) -> Task<> {
      std::vector<JobTrigger> mine = co_await n.store.acquire(n.store.now() + 30_s, 1, Duration());
      acquired += mine.size();
    };
    const auto a = w.begin('a', race);
    const auto b = w.begin('b', race);
    w.run(5_s);
    CHECK(a->done);
    CHECK(b->done);
    CHECK(acquired == 1);
    CHECK(w.rows<FiredTriggerRow>().size() == 1);
    CHECK(w.state_of("t") == state::acquired);
  }
}

TEST_CASE("a job that cannot be read puts its trigger in ERROR, one that is missing fails the acquisition",
          "[quartz:7.11]") {
  StoreWorld w("a");
  store(w, job_named("job", "Missing"), trigger_named("t", "job"));
  CHECK(acquire(w, 'a').empty());
  CHECK(w.state_of("t") == state::error);
  CHECK(w.rows<FiredTriggerRow>().empty());
  store(w, job_named("gone"), trigger_named("u", "gone"));
  w.act('a', [](StoreNode& a) -> Task<> {
    db::PooledConnection connection = co_await a.ports.database.acquire();
    Statements rows(*connection, a.store.options().scheduler_name);
    co_await rows.d_job(JobKey("DEFAULT", "gone"));
  });
  CHECK_THROWS_AS(acquire(w, 'a'), JobPersistence);
  CHECK(w.state_of("u") == state::waiting);
}

TEST_CASE("the run of an exclusive job blocks its triggers until it is complete", "[quartz:7.12][quartz:7.14]") {
  for (const sim::Dialect dialect : both_dialects) {
    StoreWorld w("ab", {}, dialect);
    store(w, job_named("job", "Exclusive"), trigger_named("first", "job", 1_s));
    add(w, trigger_named("second", "job", 10_s));
    const auto fired = fire(w, 'a', acquire(w, 'a'));
    REQUIRE(fired.front().bundle);
    CHECK(w.state_of("first") == state::blocked);
    CHECK(w.state_of("second") == state::blocked);
    CHECK(acquire(w, 'b').empty());
    const triggers::TriggerKey second("DEFAULT", "second");
    w.act('b', [&](StoreNode& b) { return b.store.pause_trigger(second); });
    CHECK(w.state_of("second") == state::paused_blocked);
    complete(w, 'a', *fired.front().bundle);
    CHECK(w.state_of("first") == state::waiting);
    CHECK(w.state_of("second") == state::paused);
    CHECK(w.node('a').notes == std::vector<std::string>{"signal"});
    CHECK(w.rows<FiredTriggerRow>().empty());
  }
}

TEST_CASE("a release unblocks the trigger even while the job runs, unless told not to", "[quartz:7.13][quartz:11]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("ab", [policy](DatabaseStoreOptions& o) { o.policies.release_only_from_acquired = policy; });
    store(w, job_named("job", "Exclusive"), trigger_named("first", "job", 1_s));
    add(w, trigger_named("second", "job", 2_s));
    const auto first = acquire(w, 'a');
    const auto second = acquire(w, 'b');
    REQUIRE(second.size() == 1);
    const auto runs = fire(w, 'a', first);
    CHECK(runs.front().bundle.has_value());
    const auto refused = fire(w, 'b', second);  // it became BLOCKED
    CHECK(!refused.front().bundle);
    w.act('b', [&](StoreNode& b) { return b.store.release(second.front()); });
    CHECK(w.state_of("second") == (policy ? state::blocked : state::waiting));
  }
}

TEST_CASE("a policy refuses to fire while the job's executing row is there", "[quartz:7.12][quartz:11]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("ab", [policy](DatabaseStoreOptions& o) { o.policies.release_only_from_acquired = policy; });
    store(w, job_named("job", "Exclusive"), trigger_named("t", "job", 1_s, 2_s));
    const auto runs = fire(w, 'a', acquire(w, 'a'));
    // Somebody's completion of an earlier run has unblocked it: 2.3.2 looks at the trigger's state alone.
    complete(w, 'b', *runs.front().bundle);
    w.act('a', [&](StoreNode& a) -> Task<> {
      db::PooledConnection connection = co_await a.ports.database.acquire();
      Statements rows(*connection, a.store.options().scheduler_name);
      FiredTriggerRow executing;
      executing.sched_name = a.store.options().scheduler_name;
      executing.entry_id = "stale";
      executing.instance_name = "a";
      executing.state = state::executing;
      executing.job_name = "job";
      executing.job_group = "DEFAULT";
      executing.is_nonconcurrent = true;
      co_await rows.i_fired(executing);
    });
    const auto again = fire(w, 'b', acquire(w, 'b'));
    CHECK(again.front().bundle.has_value() == !policy);
    CHECK(w.state_of("t") == state::blocked);
  }
}

TEST_CASE("data that a run has changed is stored where the class says so", "[quartz:7.14]") {
  for (const char* job_class : {"Keeping", "Plain"}) {
    StoreWorld w("a");
    JobDetail job = job_named("job", job_class);
    job.data["runs"] = "0";
    store(w, job, trigger_named("t", "job"));
    const auto fired = fire(w, 'a', acquire(w, 'a'));
    FiredBundle bundle = *fired.front().bundle;
    bundle.job.data["runs"] = "1";
    complete(w, 'a', bundle);
    const JobData stored = data_from_text(w.rows<JobDetailRow>().front().job_data);
    CHECK(stored.at("runs") == (std::string(job_class) == "Keeping" ? "1" : "0"));
  }
}

TEST_CASE("replacing a trigger by one of another type leaves it without its extension", "[quartz:7.15][quartz:11]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("a", [policy](DatabaseStoreOptions& o) { o.policies.rewrite_extension_rows = policy; });
    store(w, job_named("job"), trigger_named("t", "job"));
    JobTrigger other = trigger_named("t", "job");
    other.trigger.schedule =
        triggers::CronSchedule(*triggers::CronExpression::parse("0 * * * * ?", triggers::CronDialect::quartz), utc());
    w.act('a', [&](StoreNode& a) { return a.store.store_trigger(other, true); });
    CHECK(w.rows<TriggerRow>().front().trigger_type == trigger_type::cron);
    CHECK(w.rows<SimpleTriggerRow>().size() == (policy ? 0 : 1));
    CHECK(w.rows<CronTriggerRow>().size() == (policy ? 1 : 0));
    if (policy) {
      CHECK(acquire(w, 'a').size() == 1);
    } else {
      CHECK_THROWS_AS(acquire(w, 'a'), JobPersistence);  // and every acquisition after it (#920)
    }
  }
}

TEST_CASE("one trigger that cannot be re-timed fails every misfire pass, unless 2.5.0", "[quartz:7.9][quartz:3.2]") {
  for (const bool policy : {false, true}) {
    StoreWorld w("a", [policy](DatabaseStoreOptions& o) { o.policies.skip_bad_misfires = policy; });
    store(w, job_named("job"), trigger_named("bad", "job", 1_s));
    add(w, trigger_named("good", "job", 2_s));
    w.act('a', [](StoreNode& a) -> Task<> {
      db::PooledConnection connection = co_await a.ports.database.acquire();
      Statements rows(*connection, a.store.options().scheduler_name);
      co_await rows.d_extension(triggers::TriggerKey("DEFAULT", "bad"));
    });
    w.run(70_s);
    DatabaseStore::Misfires done;
    const auto pass = [&](StoreNode& a) -> Task<> { done = co_await a.store.recover_misfires(); };
    if (policy) {
      w.act('a', pass);
      CHECK(done.processed == 2);
      CHECK(w.node('a').notes == std::vector<std::string>{"misfired good"});
      CHECK(done.earliest == world_start + 92_s);
    } else {
      CHECK_THROWS_AS(w.act('a', pass), JobPersistence);
    }
  }
}

TEST_CASE("a replaced calendar re-times its triggers", "[quartz:7.15]") {
  StoreWorld w("a");
  const std::string name = "c";
  const triggers::ExclusionCalendar nothing{triggers::NothingExcluded{}};
  w.act('a', [&](StoreNode& a) { return a.store.store_calendar(name, nothing, false, false); });
  JobTrigger trigger = trigger_named("t", "job", 1_h, 24_h);
  trigger.trigger.calendar_name = "c";
  store(w, job_named("job"), trigger);
  const triggers::ExclusionCalendar weekend{triggers::WeeklyExclusion{}};  // world_start is a Friday
  CHECK_THROWS_AS(w.act('a', [&](StoreNode& a) { return a.store.store_calendar(name, weekend, false, false); }),
                  ObjectAlreadyExists);
  trigger.trigger.previous = world_start + 1_h;
  w.act('a', [&](StoreNode& a) { return a.store.store_trigger(trigger, true); });
  w.act('a', [&](StoreNode& a) { return a.store.store_calendar(name, weekend, true, true); });
  CHECK(w.rows<TriggerRow>().front().next_fire_time == (world_start + 73_h).ms());
}

TEST_CASE("what fails is undone, but not in Spring's auto-commit mode", "[quartz:2.4][quartz:7.15]") {
  for (const bool managed : {false, true}) {
    StoreWorld w("a", [managed](DatabaseStoreOptions& o) { o.managed_connections = managed; });
    store(w, job_named("one"), trigger_named("t", "one"));
    CHECK_THROWS_AS(store(w, job_named("two"), trigger_named("t", "two")), ObjectAlreadyExists);
    CHECK(w.rows<JobDetailRow>().size() == (managed ? 2 : 1));
  }
}
