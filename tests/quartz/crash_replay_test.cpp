// A process with a busy scheduler is killed at many instants: nothing of it may be left, and the same run twice is the
// same run.
#include <catch2/catch.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

class SchedulerProgram final : public Program {
 public:
  explicit SchedulerProgram(Ports& ports) : ports_(ports) {
    classes_.add("job", JobClass([this](JobExecution& execution) { return work(this, &execution); }));
    SchedulerSettings settings;
    settings.thread_count = 3;
    settings.max_batch_size = 2;
    settings.batch_time_window = 1_s;
    scheduler_ = std::make_unique<Scheduler>(
        ports_, settings, std::make_unique<MemoryStore>(ports_.clock, MemoryStoreSettings()), classes_);
  }

  Task<> main() override {
    for (int i = 0; i < 6; ++i) {
      const std::string name = std::to_string(i);
      co_await scheduler_->schedule_job(job_of(name), cron_trigger(name, "0/3 * * * * ?", -60_s));
    }
    co_await scheduler_->start();
    for (int i = 0;; ++i) {
      co_await ports_.clock.sleep_for(700_ms);
      if (i % 3 == 0) co_await scheduler_->pause_all();
      if (i % 3 == 1) co_await scheduler_->resume_all();
      if (i % 3 == 2) co_await scheduler_->trigger_job(JobKey("j", "1"), JobData());
      if (i == 20) break;
    }
    co_await scheduler_->shutdown(true);
  }

 private:
  static Task<> work(SchedulerProgram* program, JobExecution* execution) {
    co_await program->ports_.clock.sleep_for(Duration::ms(100) * (execution->fired.scheduled_fire_time->ms() % 17));
  }

  Ports& ports_;
  JobClasses classes_;
  std::unique_ptr<Scheduler> scheduler_;
};

std::string play(std::optional<Duration> kill_at) {
  support::Cluster cluster;
  sim::MachineOptions machine;
  machine.name = "node.host";
  sim::ProcessOptions options;
  options.name = "node";
  sim::Process& process = cluster.add_program(cluster.add_machine(machine), options,
                                              [](Ports& ports) { return std::make_unique<SchedulerProgram>(ports); });
  process.start();
  cluster.kernel.settle();
  if (kill_at) cluster.at(*kill_at, [&] { process.request_kill(sim::Ending::crash); });
  cluster.run_until(30_s);
  CHECK(process.alive() == !kill_at.has_value());
  return to_string(cluster.kernel.digest().value());
}

TEST_CASE("a crash at many instants leaves nothing of a scheduler behind", "[quartz:8]") {
  for (std::int64_t ms = 1; ms < 18'000; ms += 97) play(Duration::us(ms * 1'000 + ms % 7 * 100));
}

TEST_CASE("a busy scheduler runs the same way twice", "[quartz:3.1]") {
  CHECK(play(std::nullopt) == play(std::nullopt));
}

}  // namespace
