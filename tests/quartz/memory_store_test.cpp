// The memory store's rules beside those of its recordings (tests of scenarios/verify).
#include <catch2/catch.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

/// Takes its time while the store holds its monitor.
struct SlowListener : TriggerListener {
  explicit SlowListener(Node* node) : node(node) {}
  Node* node;
  Task<> trigger_misfired(const JobTrigger& trigger) override {
    node->say("misfired " + trigger.trigger.key.name);
    co_await node->ports->clock.sleep_for(2_s);
    node->say("listener is done");
  }
};

struct Stories {
  static Task<> asks(Node* node) {
    co_await node->until(1_s);
    const TriggerState state = co_await node->scheduler->trigger_state(TriggerKey("g", "late"));
    node->say(state == TriggerState::normal ? "state normal" : "state other");
  }

  static Task<> misfire_under_monitor(Node* node) {
    SlowListener listener(node);
    node->scheduler->add_trigger_listener(listener);
    co_await node->scheduler->schedule_job(job_of("a"), cron_trigger("late", "0 * * * * ?", -60_s));
    co_await node->until(200_ms);
    Scope others(node->ports->executor);
    others.spawn("asks", asks(node));
    co_await node->scheduler->start();
    co_await node->until(10_s);
  }
};

TEST_CASE("whoever needs the store waits for a misfire listener to end", "[quartz:5.3][quartz:7.9]") {
  Node node;
  SpokenJob work{&node, 0_s};
  node.classes.add("job", work.job_class());
  node.store_settings.misfire_threshold = 100_ms;
  node.play(Stories::misfire_under_monitor, 20_s);
  CHECK(node.said == Lines{"200 misfired late", "2200 listener is done", "2200 state normal", "2200 runs late"});
}

TEST_CASE("a paused group pauses what is stored later, by group of the trigger or of the job", "[quartz:5.3]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.pause_triggers("g");
        co_await scheduler.schedule_job(job_of("a"), simple_trigger("one", 1_min));
        n->say(n->state("one"));
        co_await scheduler.resume_triggers("g");
        n->say(n->state("one"));
        co_await scheduler.pause_jobs("j");
        co_await scheduler.schedule_job(job_of("b"), simple_trigger("two", 1_min));
        n->say(n->state("one") + ", " + n->state("two"));
        // Its job's group is still paused.
        co_await scheduler.resume_triggers("g");
        n->say(n->state("one") + ", " + n->state("two"));
        co_await scheduler.resume_jobs("j");
        n->say(n->state("one") + ", " + n->state("two"));
      },
      0_s);
  CHECK(node.said == Lines{"-60000 PAUSED", "-60000 WAITING q", "-60000 PAUSED, PAUSED", "-60000 PAUSED, PAUSED",
                           "-60000 WAITING q, WAITING q"});
}

TEST_CASE("the last trigger of a job takes it along unless it is durable", "[quartz:5.3]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        JobDetail durable = job_of("stays");
        durable.durable = true;
        co_await scheduler.schedule_job(durable, simple_trigger("one", 1_min));
        co_await scheduler.schedule_job(job_of("goes"), simple_trigger("two", 1_min));
        co_await scheduler.unschedule_job(TriggerKey("g", "one"));
        co_await scheduler.unschedule_job(TriggerKey("g", "two"));
        const bool stays = co_await scheduler.job_exists(JobKey("j", "stays"));
        const bool goes = co_await scheduler.job_exists(JobKey("j", "goes"));
        CHECK(stays);
        CHECK(!goes);
        const bool deleted = co_await scheduler.delete_job(JobKey("j", "stays"));
        const bool again = co_await scheduler.delete_job(JobKey("j", "stays"));
        CHECK(deleted);
        CHECK(!again);
      },
      0_s);
}

TEST_CASE("a replacement that cannot be stored leaves the old trigger", "[quartz:5.3][quartz:7.15]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.schedule_job(job_of("a"), simple_trigger("one", 1_min));
        co_await scheduler.schedule_job(job_of("b"), simple_trigger("two", 1_min));
        try {
          co_await scheduler.reschedule_job(TriggerKey("g", "one"), simple_trigger("two", 2_min));
        } catch (const ObjectAlreadyExists&) {
          n->say("refused");
        }
        const auto absent = co_await scheduler.reschedule_job(TriggerKey("g", "none"), simple_trigger("x", 2_min));
        CHECK(!absent);
        n->say(n->state("one") + ", " + n->state("two"));
      },
      0_s);
  CHECK(node.said == Lines{"-60000 refused", "-60000 WAITING q, WAITING q"});
}

TEST_CASE("a calendar that is exchanged moves the triggers that name it", "[quartz:7.4][quartz:7.15]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.add_calendar("c", triggers::ExclusionCalendar(triggers::NothingExcluded()), false, false);
        JobTrigger trigger = cron_trigger("one", "0 * * * * ?", 1_min);
        trigger.trigger.calendar_name = "c";
        co_await scheduler.schedule_job(job_of("a"), trigger);
        // 2022-02-24 was a Thursday.
        triggers::WeeklyExclusion thursdays;
        thursdays.weekdays.reset();
        thursdays.weekdays.set(5);
        co_await scheduler.add_calendar("c", triggers::ExclusionCalendar(thursdays), true, true);
        const auto moved = co_await scheduler.trigger(TriggerKey("g", "one"));
        n->say(to_string(*moved->trigger.next, utc()).substr(0, 16) + " " + n->state("one"));
        try {
          co_await scheduler.add_calendar("c", triggers::ExclusionCalendar(thursdays), false, false);
        } catch (const ObjectAlreadyExists&) {
          n->say("exists");
        }
      },
      0_s);
  CHECK(node.said == Lines{"-60000 2022-02-25 00:00 WAITING q", "-60000 exists"});
}

TEST_CASE("a trigger in error goes on when it is reset, unless its group is paused", "[quartz:5.1][quartz:5.3]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.schedule_job(job_of("a", "no such class"), simple_trigger("one", 1_s, -1));
        co_await scheduler.start();
        co_await n->until(2_s);
        n->say(n->state("one"));
        co_await scheduler.standby();
        co_await scheduler.reset_error(TriggerKey("g", "one"));
        n->say(n->state("one"));
        co_await scheduler.start();
        co_await n->until(4_s);
        n->say(n->state("one"));
        const TriggerState state = co_await scheduler.trigger_state(TriggerKey("g", "one"));
        CHECK(state == TriggerState::error);
        // A second trigger is needed to pause the group: pausing a trigger in error pauses it.
        co_await scheduler.pause_triggers("empty");
        co_await scheduler.reset_error(TriggerKey("g", "one"));
        n->say(n->state("one"));
      },
      4_s);
  CHECK(node.said == Lines{"2000 ERROR", "2000 WAITING q", "4000 ERROR", "4000 WAITING q"});
}

}  // namespace
