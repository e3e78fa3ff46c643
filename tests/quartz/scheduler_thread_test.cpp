// The scheduler's thread (quartz 3.1).
#include <catch2/catch.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

/// Notes when it is asked, and fails while told to.
struct NotedStore : MemoryStore {
  NotedStore(Node* node, MemoryStoreSettings settings) : MemoryStore(node->ports->clock, settings), node(node) {}
  Node* node;
  int failures = 0;
  bool fails_to_fire = false;

  Task<std::vector<JobTrigger>> acquire(WallTime no_later_than, int max_count, Duration window) override {
    node->say("acquire " + std::to_string(max_count));
    if (failures > 0) {
      --failures;
      throw JobPersistence("down");
    }
    co_return co_await MemoryStore::acquire(no_later_than, max_count, window);
  }
  Task<std::vector<FiredResult>> fired(std::vector<JobTrigger> batch) override {
    if (std::exchange(fails_to_fire, false)) throw JobPersistence("down");
    co_return co_await MemoryStore::fired(std::move(batch));
  }
  Task<> release(const JobTrigger& trigger) override {
    node->say("release " + trigger.trigger.key.name);
    co_await MemoryStore::release(trigger);
  }
};

NotedStore* with_noted_store(Node* node) {
  auto store = std::make_unique<NotedStore>(node, node->store_settings);
  NotedStore* noted = store.get();
  node->scheduler = std::make_unique<Scheduler>(*node->ports, node->settings, std::move(store), node->classes);
  return noted;
}

struct Errors : SchedulerListener {
  explicit Errors(Node* node) : node(node) {}
  Node* node;
  Task<> scheduler_error(const std::string& message) override {
    node->say(message);
    co_return;
  }
};

TEST_CASE("an idle thread looks again after the idle wait less a random share", "[quartz:3.1][quartz:6]") {
  const auto looks = [](std::optional<Duration> idle, Duration low, Duration high) {
    Node node;
    node.settings.idle_wait_time = idle;
    node.play(
        [](Node* n) -> Task<> {
          with_noted_store(n);
          co_await n->scheduler->start();
        },
        10_min);
    REQUIRE(node.said.size() > 5);
    for (std::size_t i = 1; i < node.said.size(); ++i) {
      const Duration gap = Duration::ms(std::stoll(node.said[i]) - std::stoll(node.said[i - 1]));
      CHECK(gap > low);
      CHECK(gap <= high);
    }
  };
  looks(std::nullopt, 23_s, 30_s);
  looks(10_s, 8_s, 10_s);
}

TEST_CASE("something earlier by 7 ms makes the thread give back what it holds", "[quartz:3.1]") {
  Node node;
  SpokenJob work{&node, 0_s};
  node.classes.add("job", work.job_class());
  node.play(
      [](Node* n) -> Task<> {
        with_noted_store(n);
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("late", 10_s));
        co_await n->scheduler->start();
        co_await n->until(1_s);
        n->said.clear();
        // Later than what is held: not worth it, and forgotten.
        co_await n->scheduler->schedule_job(job_of("b"), simple_trigger("later", 11_s));
        co_await n->until(2_s);
        co_await n->scheduler->schedule_job(job_of("c"), simple_trigger("early", 5_s));
        co_await n->until(4'994_ms);
        // No time is known, but the held one is only 6 ms away.
        co_await n->scheduler->pause_jobs("other");
      },
      12_s);
  CHECK(node.said == Lines{"2000 release late", "2000 acquire 1", "5000 acquire 1", "5000 runs early",
                           "10000 acquire 1", "10000 runs late", "11000 acquire 1", "11000 runs later"});
}

TEST_CASE("failed acquisitions are told once, and slow the thread down from the second on", "[quartz:3.1]") {
  Node node;
  Errors errors(&node);
  node.play(
      [](Node* n) -> Task<> {
        NotedStore* store = with_noted_store(n);
        store->failures = 4;
        co_await n->until(0_s);
        co_await n->scheduler->start();
      },
      -1_s);
  node.scheduler->add_scheduler_listener(errors);
  node.cluster.run_until(61_s);
  CHECK(node.said == Lines{"0 acquire 1", "0 An error occurred while scanning for the next triggers to fire.",
                           "0 acquire 1", "20 acquire 1", "40 acquire 1", "60 acquire 1"});
}

TEST_CASE("a batch that cannot be fired is released and tried again", "[quartz:3.1]") {
  Node node;
  SpokenJob work{&node, 0_s};
  node.classes.add("job", work.job_class());
  node.settings.max_batch_size = 5;
  node.play(
      [](Node* n) -> Task<> {
        NotedStore* store = with_noted_store(n);
        store->fails_to_fire = true;
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s));
        co_await n->scheduler->schedule_job(job_of("b"), simple_trigger("two", 0_s));
        co_await n->until(-1_s);
        co_await n->scheduler->start();
      },
      1_s);
  CHECK(node.said == Lines{"-1000 acquire 5", "0 release one", "0 release two", "0 acquire 5", "0 acquire 5",
                           "0 runs one", "0 runs two"});
}

TEST_CASE("a skipped trigger shifts the results: another one's failure strikes it", "[quartz:3.1][quartz:10]") {
  Node node;
  node.settings.max_batch_size = 2;
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.schedule_job(job_of("a", "unknown"), simple_trigger("one", 0_s, -1, 1_h));
        co_await scheduler.schedule_job(job_of("b", "unknown"), simple_trigger("two", 0_s, -1, 1_h));
        co_await n->until(-1_s);
        co_await scheduler.start();
        co_await n->until(-5_ms);
        co_await scheduler.pause_trigger(TriggerKey("g", "one"));
      },
      1_s);
  CHECK(node.state("one") == "ERROR");
  CHECK(node.state("two") == "WAITING q");
}

TEST_CASE("the thread holds nothing while no worker is free", "[quartz:3.1]") {
  Node node;
  SpokenJob work{&node, 5_s};
  node.classes.add("job", work.job_class());
  node.settings.thread_count = 1;
  node.play(
      [](Node* n) -> Task<> {
        with_noted_store(n);
        co_await n->scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s));
        co_await n->scheduler->schedule_job(job_of("b"), simple_trigger("two", 1_s));
        co_await n->until(-1_s);
        co_await n->scheduler->start();
        co_await n->until(2_s);
        n->say(n->state("two"));
      },
      6_s);
  CHECK(node.said == Lines{"-1000 acquire 1", "0 runs one", "2000 WAITING q", "5000 acquire 1", "5000 runs two"});
}

TEST_CASE("a thread in standby fires what is due within 7 ms, and releases the rest", "[quartz:3.1][quartz:8]") {
  Node node;
  SpokenJob work{&node, 0_s};
  node.classes.add("job", work.job_class());
  node.play(
      [](Node* n) -> Task<> {
        Scheduler& scheduler = *n->scheduler;
        co_await scheduler.schedule_job(job_of("a"), simple_trigger("one", 0_s, 1, 10_s));
        co_await scheduler.start();
        co_await n->until(-6_ms);
        co_await scheduler.standby();
        co_await n->until(1_s);
        n->say(n->state("one"));
        co_await scheduler.start();
        co_await n->until(2_s);
        n->say(n->state("one"));
        co_await scheduler.standby();
        co_await n->until(3_s);
        n->say(n->state("one"));
      },
      20_s);
  CHECK(node.said == Lines{"0 runs one", "1000 WAITING q", "2000 ACQUIRED", "3000 WAITING q"});
}

}  // namespace
