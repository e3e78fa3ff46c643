// What ElasticJob's use of Quartz was observed to do: one worker, a misfire threshold of 1 ms (elasticjob 7.7).
#include <cstdlib>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <scenarios/verify/vector_file.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;
using nlohmann::json;

constexpr std::int64_t tolerance_ms = 25;
const TriggerKey trigger_key("DEFAULT", "J");
const JobKey job_key("DEFAULT", "J");

/// ElasticJob's controller, as far as the recordings need it, and what they note.
class Run : public TriggerListener {
 public:
  explicit Run(const json& c) : case_(c) {
    node_.settings.thread_count = 1;
    node_.store_settings.misfire_threshold = 1_ms;
    node_.classes.add("lite job", JobClass([this](JobExecution& execution) { return work(this, &execution); }));
  }

  void play() {
    node_.cluster.add("node", [this](Ports& ports) { return act(this, &ports); });
    node_.cluster.run_until(60_s + Duration::ms(case_.at("until").get<std::int64_t>()));
  }

  json starts = json::array();
  json misfires = json::array();
  bool exists = true;

  Task<> trigger_misfired(const JobTrigger& trigger) override {
    if (trigger.trigger.previous) {
      misfires.push_back(json::array({node_.now().count_ms(), (*trigger.trigger.next - epoch).count_ms()}));
    }
    co_return;
  }

 private:
  static Task<> act(Run* run, Ports* ports) {
    Node& node = run->node_;
    node.ports = ports;
    node.scheduler = std::make_unique<Scheduler>(
        *ports, node.settings, std::make_unique<MemoryStore>(ports->clock, node.store_settings), node.classes);
    node.scheduler->add_trigger_listener(*run);
    co_await node.until(Duration::ms(run->case_.at("created_at").get<std::int64_t>()));
    if (run->case_.at("cron").is_string()) {
      co_await node.scheduler->schedule_job(run->job(), run->cron(run->case_.at("cron").get<std::string>()));
      co_await node.scheduler->start();
    }
    for (const json& action : run->case_.at("actions")) {
      co_await node.until(Duration::ms(action.at(0).get<std::int64_t>()));
      co_await perform(run, action.at(1).get<std::string>());
    }
    co_await node.until(Duration::ms(run->case_.at("until").get<std::int64_t>() - 1));
    run->exists = co_await node.scheduler->job_exists(job_key);
  }

  static Task<> perform(Run* run, std::string action) {
    Scheduler& scheduler = *run->node_.scheduler;
    if (action == "pauseJob") {
      co_await scheduler.pause_all();
    } else if (action == "resumeJob") {
      co_await scheduler.resume_all();
    } else if (action == "triggerJob") {
      const bool stored = co_await scheduler.job_exists(job_key);
      JobTrigger now;
      now.trigger.key = trigger_key;
      now.trigger.start = scheduler.context().now;
      if (stored) {
        co_await scheduler.trigger_job(job_key, JobData());
      } else {
        co_await scheduler.schedule_job(run->job(), now);
      }
      if (!scheduler.is_started()) co_await scheduler.start();
    } else {
      const std::string reschedule = "rescheduleCron ";
      REQUIRE(action.starts_with(reschedule));
      co_await scheduler.reschedule_job(trigger_key, run->cron(action.substr(reschedule.size())));
    }
  }

  static Task<> work(Run* run, JobExecution* execution) {
    const triggers::Trigger& trigger = execution->fired.trigger.trigger;
    const bool cron = std::holds_alternative<triggers::CronSchedule>(trigger.schedule);
    const char* manual = trigger.key.name.starts_with("MT_") ? "manual" : "one-off";
    run->starts.push_back(json::array({run->node_.now().count_ms(), cron ? "cron" : manual}));
    const json& durations = run->case_.at("durations");
    const std::size_t i = std::min(run->starts.size(), durations.size()) - 1;
    co_await run->node_.ports->clock.sleep_for(Duration::ms(durations.at(i).get<std::int64_t>()));
  }

  JobDetail job() const {
    JobDetail job;
    job.key = job_key;
    job.job_class = "lite job";
    return job;
  }
  JobTrigger cron(const std::string& expression) const {
    JobTrigger trigger = cron_trigger("J", expression, node_.now());
    trigger.trigger.key = trigger_key;
    trigger.trigger.misfire_instruction = triggers::misfire::do_nothing;
    return trigger;
  }

  json case_;
  Node node_;
};

/// The second of each pair equal, the first within the tolerance of the recording.
bool alike(const json& expected, const json& seen) {
  if (expected.size() != seen.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto difference = seen[i][0].get<std::int64_t>() - expected[i][0].get<std::int64_t>();
    if (expected[i][1] != seen[i][1] || std::abs(difference) > tolerance_ms) return false;
  }
  return true;
}

TEST_CASE("runs of one worker are those that were observed", "[elasticjob:7.7][quartz:3.1][quartz:7.9]") {
  const auto file = verify::VectorFile::read("tests/vectors/elasticjob/quartz_runs.json.gz");
  const json cases = json::parse(file.lines.at(0).text).at("cases");
  REQUIRE(!cases.empty());
  for (const json& c : cases) {
    Run run(c);
    run.play();
    const json& expect = c.at("expect");
    INFO(c.at("id") << " started " << run.starts << " misfired " << run.misfires);
    CHECK(alike(expect.at("starts"), run.starts));
    if (expect.contains("cron_misfires")) CHECK(alike(expect.at("cron_misfires"), run.misfires));
    if (expect.contains("job_exists_at_end")) CHECK(run.exists == expect.at("job_exists_at_end").get<bool>());
  }
}

}  // namespace
