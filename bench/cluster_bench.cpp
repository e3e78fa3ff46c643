// What a whole cluster costs: virtual time of the incident's two servers, four workers and database over CPU time of
// this process, with the records of a campaign (no trace), with faults that are armed and never strike, and with the
// trace kept.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <powerjob/system.hpp>
#include <scenarios/embedded.hpp>
#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::scenarios;

Plan incident() {
  if (!systems().contains(powerjob::system().info().name)) register_system(powerjob::system());
  const EmbeddedScenario* text = find_embedded(incidents_embedded(), "powerjob-usurpation");
  if (text == nullptr) throw std::runtime_error("the incident is not built in");
  const ReadResult scenario = read_scenario_text(text->text, text->name);
  if (!scenario) throw std::runtime_error(scenario.error().text());
  auto plan = make_plan(*scenario, "documented", 1);
  if (!plan) throw std::runtime_error(plan.error().text());
  return *plan;
}

// Waits for a message that is never sent.
faults::FaultSpec idle_fault() {
  faults::When when;
  when.pattern.message.emplace();
  when.pattern.message->kind = "NoSuchMessage";
  faults::FaultSpec fault;
  fault.trigger = when;
  fault.action.kind = faults::FaultKind::drop;
  return fault;
}

struct Cost {
  double cpu_seconds = 0;
  double virtual_seconds = 0;
  double steps = 0;
};

Cost cost_of(const Plan& plan, bool trace) {
  Cost cost;
  cost.cpu_seconds = bench::best_of(3, [&] {
    RunOptions options;
    options.trace = trace;
    ScenarioRun run(plan, options);
    const double before = bench::cpu_seconds();
    run.run();
    const double used = bench::cpu_seconds() - before;
    cost.virtual_seconds = static_cast<double>((run.world().kernel().now() - plan.start).count_us()) / 1e6;
    cost.steps = static_cast<double>(run.world().kernel().steps());
    return used;
  });
  return cost;
}

void measure(bench::Report& report) {
  const Plan plan = incident();
  Plan armed = plan;
  armed.faults.assign(10, idle_fault());
  const auto row = [&](const std::string& name, const Plan& of, bool trace) {
    const Cost cost = cost_of(of, trace);
    report.add("virtual over CPU time, " + name, cost.virtual_seconds / cost.cpu_seconds, "x",
               std::to_string(cost.steps / cost.cpu_seconds / 1e6).substr(0, 4) + " M steps/s");
  };
  row("incident", plan, false);
  row("10 faults armed and idle", armed, false);
  row("trace kept", plan, true);
}

const bench::Suite suite("cluster", measure);

}  // namespace
