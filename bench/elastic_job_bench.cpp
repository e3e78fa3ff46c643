// What ElasticJob costs: 10 processes that share 100 jobs of 10 items on three ZooKeeper servers, idle and under two
// loads. A run of an item is a handful of requests; what it costs beside them is what the simulated scheduler costs.
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include <elastic_job/system.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>
#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/ensemble.hpp>

#include "support/report.hpp"
#include "support/zookeeper_load.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::scenarios;

constexpr int jobs = 100;
constexpr int items = 10;

Plan plan_of(const std::string& cron, int minutes) {
  if (!systems().contains(elastic_job::system().info().name)) register_system(elastic_job::system());
  std::string text = fmt::format(
      "scenario: load\nsystem: elasticjob\nvariants: {{documented: {{version: 3.0.0-beta-SNAPSHOT}}}}\n"
      "start: 2024-03-01T09:00:00Z\nuntil: +{}min\ncluster:\n  zones: {{A: {{}}}}\n"
      "  zookeeper: {{servers: 3}}\n  applications: [{{name: app, zone: A, count: 10}}]\njobs:\n",
      minutes);
  for (int job = 0; job < jobs; ++job) {
    text += fmt::format("  - {{name: job-{}, cron: \"{}\", shards: {}, work: {{takes: 100ms, fails: 0}}}}\n", job, cron,
                        items);
  }
  text += "expect: {documented: [{property: no-lost-run, seeds: none}]}\n";
  const ReadResult scenario = read_scenario_text(text, "load.yaml");
  if (!scenario) throw std::runtime_error(scenario.error().text());
  auto plan = make_plan(*scenario, "documented", 1);
  if (!plan) throw std::runtime_error(plan.error().text());
  return *plan;
}

// Counts requests and runs of items; changes nothing.
class Counts final : public sim::NetworkRule, public sim::Monitor {
 public:
  void consider(const sim::Envelope& envelope, sim::Fate&) override {
    requests += envelope.kind == "ZkRequest" ? 1 : 0;
  }
  bool blocks(const sim::Machine&, const sim::Machine&) const override { return false; }
  RecordId record() const noexcept override { return 0; }
  void on_event(const sim::DomainRecord& record) override {
    runs += record.event.kind == EventKind::RunStarted && record.event.shard >= 0 ? 1 : 0;
  }
  double requests = 0;
  double runs = 0;
};

struct Cost {
  double cpu_seconds = 0;
  double requests = 0;
  double writes = 0;
  double runs = 0;
};

Cost cost_of(const Plan& plan) {
  Cost cost;
  cost.cpu_seconds = bench::best_of(2, [&] {
    ScenarioRun run(plan);
    const double before = bench::cpu_seconds();
    run.run();
    return bench::cpu_seconds() - before;
  });
  Counts counts;
  ScenarioRun counted(plan);
  counted.world().net().install(counts);
  counted.world().trace().add_monitor(counts);
  counted.run();
  sim::ZooKeeperEnsemble& ensemble = *counted.world().zookeeper();
  cost.requests = counts.requests;
  cost.writes = static_cast<double>(ensemble.server(ensemble.leader())->tree().last_zxid() & 0xffff'ffff);
  cost.runs = counts.runs;
  return cost;
}

void measure(bench::Report& report) {
  const std::string never = "0 0 0 1 1 ? 2099";
  const Cost short_idle = cost_of(plan_of(never, 60));
  const Cost long_idle = cost_of(plan_of(never, 180));
  report.add("CPU per virtual hour, idle", (long_idle.cpu_seconds - short_idle.cpu_seconds) / 2 * 1e3, "ms", "goal 60");
  const double read_us = 1e6 / bench::zookeeper_operations(false, Duration::seconds(1));
  const double write_us = 1e6 / bench::zookeeper_operations(true, Duration::seconds(3));
  const Cost at_rest = cost_of(plan_of(never, 10));
  const auto loaded = [&](const std::string& name, const std::string& cron) {
    const Cost busy = cost_of(plan_of(cron, 10));
    const double runs = busy.runs - at_rest.runs;
    const double writes = (busy.writes - at_rest.writes) / runs;
    const double reads = (busy.requests - at_rest.requests) / runs - writes;
    const double cost = (busy.cpu_seconds - at_rest.cpu_seconds) / runs * 1e6;
    const double of_requests = reads * read_us + writes * write_us;
    report.add(fmt::format("CPU per run of an item, {}", name), cost, "us",
               fmt::format("goal 150; {:.1f} reads and {:.1f} writes, {:.0f} runs", reads, writes, runs));
    report.add("  over the cost of its requests alone", cost / of_requests, "x",
               fmt::format("goal 1.3; {:.1f} us of requests", of_requests));
  };
  loaded("1 x: every minute", "0 * * * * ?");
  loaded("4 x: every 15 seconds", "0/15 * * * * ?");
}

const bench::Suite suite("elastic_job", measure);

}  // namespace
