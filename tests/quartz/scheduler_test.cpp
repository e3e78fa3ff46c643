// What applications call, and the life of a scheduler (quartz 3, 7.15).
#include <catch2/catch.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

/// The message of what `call` throws; empty: nothing.
Task<std::string> refusal(Task<WallTime> call) {
  try {
    co_await std::move(call);
  } catch (const SchedulerException& e) {
    co_return e.message;
  }
  co_return "";
}

TEST_CASE("what cannot be scheduled is refused with upstream's reason", "[quartz:7.4][quartz:7.15]") {
  Node node;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        JobTrigger over = simple_trigger("over", -10_min, 3, 1_s);
        over.trigger.end = at(-5_min);
        over.trigger.schedule = triggers::CronSchedule(
            *triggers::CronExpression::parse("0 0 0 1 1 ? 2030", triggers::CronDialect::quartz, 2122), utc());
        std::string why = co_await refusal(scheduler.schedule_job(job_of("a"), over));
        CHECK(why == "Based on configured schedule, the given trigger 'g.over' will never fire.");
        why = co_await refusal(scheduler.schedule_job(job_of("a"), simple_trigger("one", 0_s, 3, 0_s)));
        CHECK(why == "Repeat Interval cannot be zero.");
        JobTrigger foreign = simple_trigger("one", 0_s);
        foreign.job = JobKey("j", "b");
        why = co_await refusal(scheduler.schedule_job(job_of("a"), foreign));
        CHECK(why == "Trigger does not reference given job!");
        why = co_await refusal(scheduler.schedule_job(foreign));
        CHECK(why == "The job (j.b) referenced by the trigger does not exist.");
        co_await scheduler.schedule_job(job_of("a"), simple_trigger("one", 0_s));
        why = co_await refusal(scheduler.schedule_job(job_of("a"), simple_trigger("two", 0_s)));
        CHECK(why.starts_with("Unable to store Job : 'j.a'"));
        bool refused = false;
        try {
          co_await scheduler.add_job(job_of("b"), false);
        } catch (const SchedulerException&) {
          refused = true;
        }
        CHECK(refused);
        refused = false;
        try {
          co_await scheduler.trigger_job(JobKey("j", "none"), JobData());
        } catch (const JobPersistence&) {
          refused = true;
        }
        CHECK(refused);
      },
      0_s);
}

TEST_CASE("a triggered job runs at once, once, under a name of its own", "[quartz:7.15]") {
  Node node;
  node.classes.add("job", JobClass([&node](JobExecution& execution) -> Task<> {
                     node.say(execution.fired.trigger.trigger.key.name.substr(0, 3) +
                              execution.merged_data().at("who") + execution.merged_data().at("what"));
                     co_return;
                   }));
  node.play(
      [](Node* n) -> Task<> {
        JobDetail job = job_of("a");
        job.durable = true;
        job.data = {{"who", "job"}, {"what", "!"}};
        co_await n->scheduler->add_job(job, false);
        co_await n->scheduler->start();
        co_await n->until(1_s);
        JobData data{{"who", "caller"}};
        co_await n->scheduler->trigger_job(job.key, data);
      },
      2_s);
  CHECK(node.said == Lines{"1000 MT_caller!"});
  CHECK(node.store().snapshot().triggers.empty());
}

TEST_CASE("a job that must not run twice at once waits for itself", "[quartz:5.3][quartz:12]") {
  Node node;
  SpokenJob work{&node, 300_ms};
  JobClass job_class = work.job_class();
  job_class.disallow_concurrent_execution = true;
  node.classes.add("job", job_class);
  node.settings.thread_count = 2;
  node.settings.idle_wait_time = 1500_ms;
  node.play(
      [](Node* n) -> Task<> {
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s));
        JobTrigger two = simple_trigger("two", 0_s);
        two.job = JobKey("j", "a");
        co_await n->scheduler->schedule_job(two);
        co_await n->scheduler->start();
      },
      5_s);
  CHECK(node.said == Lines{"0 runs one", "300 runs two"});
}

TEST_CASE("shutdown waits for running jobs if told to, and ends the scheduler for good", "[quartz:3]") {
  const bool wait = GENERATE(false, true);
  Node node;
  SpokenJob work{&node, 10_s};
  node.classes.add("job", work.job_class());
  node.settings.interrupt_jobs_on_shutdown_with_wait = false;
  const Node::Story waits = [](Node* n) -> Task<> {
    co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s, -1, 1_min));
    co_await n->scheduler->start();
    co_await n->until(1_s);
    co_await n->scheduler->shutdown(true);
    n->say("shut down");
  };
  const Node::Story leaves = [](Node* n) -> Task<> {
    co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s, -1, 1_min));
    co_await n->scheduler->start();
    co_await n->until(1_s);
    co_await n->scheduler->shutdown(false);
    n->say("shut down");
    bool refused = false;
    try {
      co_await n->scheduler->start();
    } catch (const SchedulerException&) {
      refused = true;
    }
    CHECK(refused);
    refused = false;
    try {
      co_await n->scheduler->pause_all();
    } catch (const SchedulerException&) {
      refused = true;
    }
    CHECK(refused);
  };
  node.play(wait ? waits : leaves, 5_min);
  CHECK(node.said == Lines{"0 runs one", wait ? "10000 shut down" : "1000 shut down"});
  CHECK(node.scheduler->is_shutdown());
  CHECK(!node.scheduler->is_started());
  CHECK(node.scheduler->running_jobs() == 0);
}

TEST_CASE("a shutdown may interrupt what runs", "[quartz:3]") {
  Node node;
  node.settings.interrupt_jobs_on_shutdown = true;
  node.classes.add("job", JobClass([&node](JobExecution&) -> Task<> {
                     try {
                       co_await node.ports->clock.sleep_for(10_s);
                     } catch (const Interrupted&) {
                       node.say("interrupted");
                     }
                   }));
  node.play(
      [](Node* n) -> Task<> {
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s));
        co_await n->scheduler->start();
        co_await n->until(1_s);
        co_await n->scheduler->shutdown(false);
      },
      20_s);
  CHECK(node.said == Lines{"1000 interrupted"});
}

TEST_CASE("data that a job changes is kept if its class says so", "[quartz:7.14]") {
  const bool persists = GENERATE(false, true);
  Node node;
  JobClass counts([&node](JobExecution& execution) -> Task<> {
    std::string& count = execution.fired.job.data["count"];
    count += "i";
    node.say(count);
    co_return;
  });
  counts.persist_data_after_execution = persists;
  node.classes.add("job", counts);
  node.play(
      [](Node* n) -> Task<> {
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s, 2, 1_s));
        co_await n->scheduler->start();
      },
      10_s);
  CHECK(node.said == Lines{"0 i", persists ? "1000 ii" : "1000 i", persists ? "2000 iii" : "2000 i"});
}

}  // namespace
