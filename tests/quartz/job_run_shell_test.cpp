// One fire on a worker: listeners, the job, the completion (quartz 5.4, 5.5).
#include <catch2/catch.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

constexpr const char* instructions[] = {"noop",         "re_execute", "complete", "delete",
                                        "all_complete", "error",      "all_error"};

/// Says all that it is told; throws at the place that it is given.
struct Ear : TriggerListener, JobListener, SchedulerListener {
  explicit Ear(Node* node) : node(node) {}
  Node* node;
  std::string throws_at;
  bool vetoes = false;

  void hear(const std::string& what, const std::string& detail = "") {
    node->said.push_back(detail.empty() ? what : what + " " + detail);
    if (what == throws_at) throw std::runtime_error(what);
  }
  Task<> trigger_fired(const JobExecution&) override {
    hear("fired");
    co_return;
  }
  Task<bool> veto_job_execution(const JobExecution&) override {
    hear("veto?");
    co_return vetoes;
  }
  Task<> trigger_complete(const JobExecution&, CompletedExecution instruction) override {
    hear("complete", instructions[static_cast<int>(instruction)]);
    co_return;
  }
  Task<> job_to_be_executed(const JobExecution& execution) override {
    hear("to be executed", execution.refire_count > 0 ? "again" : "");
    co_return;
  }
  Task<> job_vetoed(const JobExecution&) override {
    hear("vetoed");
    co_return;
  }
  Task<> job_executed(const JobExecution&, const JobFailed* failed) override {
    hear("executed", failed != nullptr ? failed->message : "");
    co_return;
  }
  Task<> trigger_finalized(const JobTrigger&) override {
    hear("finalized");
    co_return;
  }
  Task<> scheduler_error(const std::string& message) override {
    hear("error", message);
    co_return;
  }
};

enum class Throws { nothing, other, refire, unschedule_trigger, unschedule_all };

struct Shell {
  explicit Shell(int repeats = 1) : repeats(repeats) {}
  int repeats;
  Throws throws_what = Throws::nothing;
  Node node;
  Ear ear{&node};
  bool one_at_a_time = false;

  static Task<> work(Shell* shell, JobExecution* execution) {
    shell->node.said.push_back("runs");
    co_await shell->node.ports->clock.sleep_for(10_ms);
    JobFailed failed("failed");
    switch (shell->throws_what) {
      case Throws::nothing:
        co_return;
      case Throws::other:
        throw std::runtime_error("boom");
      case Throws::refire:
        if (execution->refire_count == 1) co_return;
        failed.refire_immediately = true;
        failed.unschedule_all_triggers = true;  // the first flag decides
        break;
      case Throws::unschedule_trigger:
        failed.unschedule_firing_trigger = true;
        failed.unschedule_all_triggers = true;
        break;
      case Throws::unschedule_all:
        failed.unschedule_all_triggers = true;
        break;
    }
    throw failed;
  }

  /// One fire at T of "one"; "two" is another trigger of the job, far away.
  Lines play() {
    JobClass job_class([this](JobExecution& execution) { return work(this, &execution); });
    job_class.disallow_concurrent_execution = one_at_a_time;
    node.classes.add("job", job_class);
    node.cluster.add("node", [this](Ports& ports) { return story(this, &ports); });
    node.cluster.run_until(60_s + 5_s);
    return node.said;
  }
  static Task<> story(Shell* shell, Ports* ports) {
    Node& node = shell->node;
    node.ports = ports;
    node.scheduler = std::make_unique<Scheduler>(
        *ports, node.settings, std::make_unique<MemoryStore>(ports->clock, node.store_settings), node.classes);
    co_await node.scheduler->schedule_job(job_of("a"), simple_trigger("one", 0_s, shell->repeats, 1_h));
    JobTrigger two = simple_trigger("two", 1_h);
    two.job = JobKey("j", "a");
    co_await node.scheduler->schedule_job(two);
    node.scheduler->add_trigger_listener(shell->ear);
    node.scheduler->add_job_listener(shell->ear);
    node.scheduler->add_scheduler_listener(shell->ear);
    co_await node.scheduler->start();
  }
};

TEST_CASE("a run tells its listeners in order", "[quartz:5.5]") {
  Shell shell;
  CHECK(shell.play() == Lines{"fired", "veto?", "to be executed", "runs", "executed", "complete noop"});
  CHECK(shell.node.state("one") == "WAITING q");
}

TEST_CASE("the last fire of a trigger deletes it", "[quartz:5.4]") {
  Shell shell(0);
  CHECK(shell.play() == Lines{"fired", "veto?", "to be executed", "runs", "executed", "complete delete", "finalized"});
  CHECK(shell.node.state("one") == "none");
}

TEST_CASE("what the job throws decides what becomes of the trigger", "[quartz:5.4]") {
  SECTION("anything else is a failure without flags") {
    Shell shell;
    shell.throws_what = Throws::other;
    CHECK(shell.play() == Lines{"fired", "veto?", "to be executed", "runs", "error Job (a threw an exception.",
                                "executed Job threw an unhandled exception.", "complete noop"});
    CHECK(shell.node.state("one") == "WAITING q");
  }
  SECTION("again, at once, on the same worker") {
    Shell shell;
    shell.throws_what = Throws::refire;
    CHECK(shell.play() == Lines{"fired", "veto?", "to be executed", "runs", "executed failed", "complete re_execute",
                                "fired", "veto?", "to be executed again", "runs", "executed", "complete noop"});
  }
  SECTION("this trigger no more") {
    Shell shell;
    shell.throws_what = Throws::unschedule_trigger;
    shell.play();
    CHECK(shell.node.state("one") == "COMPLETE");
    CHECK(shell.node.state("two") == "WAITING q");
  }
  SECTION("no trigger of the job any more") {
    Shell shell;
    shell.throws_what = Throws::unschedule_all;
    shell.play();
    CHECK(shell.node.state("one") == "COMPLETE");
    CHECK(shell.node.state("two") == "COMPLETE");
  }
}

TEST_CASE("a vetoed run is completed as if the job had thrown nothing", "[quartz:5.5]") {
  Shell shell(0);
  shell.ear.vetoes = true;
  CHECK(shell.play() == Lines{"fired", "veto?", "vetoed", "finalized"});
  CHECK(shell.node.state("one") == "none");
}

TEST_CASE("after a listener that throws no completion is stored", "[quartz:5.5]") {
  const char* place = GENERATE("fired", "veto?", "to be executed", "executed", "complete");
  Shell shell;
  shell.one_at_a_time = true;
  shell.ear.throws_at = place;
  const Lines said = shell.play();
  INFO(place);
  CHECK(said.back().starts_with("error Unable to notify"));
  CHECK(shell.node.state("one") == "BLOCKED");
  CHECK(shell.node.scheduler->running_jobs() == 0);
}

}  // namespace
