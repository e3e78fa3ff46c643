#include "cluster_run.hpp"

#include <stdexcept>

#include <powerjob/system.hpp>
#include <scenarios/scenario.hpp>

namespace support {

using namespace chronofault;

namespace {

constexpr const char* head = R"(
start: 2024-03-01T10:00:00Z
until: 2024-03-01T10:20:00Z
cluster:
  zones: {A: {}}
  database: {zone: A, rows: {)";
constexpr const char* cluster = R"(}}
  servers:
)";
constexpr const char* two_servers = R"(    - {name: s1, zone: A, address: 10.0.0.1, starts: 1s}
    - {name: s2, zone: A, address: 10.0.0.2, starts: 1s}
)";
constexpr const char* workers = R"(  workers:
    - {name: w, app: alpha, zone: A, count: 2, starts: {uniform: [3s, 13s]}}
)";

std::string text_of(const std::string& version, const std::string& rest, const std::string& servers,
                    const std::string& rows) {
  return "scenario: story\nsystem: powerjob\nvariants: {it: {version: " + version + "}}" + head + rows + cluster +
         (servers.empty() ? two_servers : servers) + workers + rest +
         "\nexpect:\n  it: [{property: no-lost-run, seeds: some}]\n";
}

}  // namespace

ClusterRun::ClusterRun(const std::string& version, const std::string& rest, std::uint64_t seed,
                       const std::string& servers, const std::string& rows) {
  if (!systems().contains(powerjob::system().info().name)) register_system(powerjob::system());
  const auto scenario = scenarios::read_scenario_text(text_of(version, rest, servers, rows), "story.yaml");
  if (!scenario) throw std::runtime_error(scenario.error().text());
  const auto plan = scenarios::make_plan(*scenario, "it", seed);
  if (!plan) throw std::runtime_error(plan.error().text());
  scenarios::RunOptions options;
  options.trace = true;
  run_ = std::make_unique<scenarios::ScenarioRun>(*plan, options);
  run_->run();
  verdict_ = run_->verdict();
}

std::vector<Said> ClusterRun::said(EventKind kind, const std::string& job) const {
  std::vector<Said> all;
  const sim::Trace& trace = run_->world().trace();
  for (const sim::Record& record : trace.records()) {
    if (record.kind != sim::RecordKind::domain) continue;
    const Event& event = trace.event(record);
    if (event.kind != kind || (!job.empty() && event.job != job)) continue;
    all.push_back(Said{record.at, trace.processes()[record.process].name, event});
  }
  return all;
}

Duration ClusterRun::since_start(const Said& said) { return said.at - sim::TrueTime::from_us(1'709'287'200'000'000); }

std::string ClusterRun::violations(std::string_view except) const {
  std::string text;
  for (const auto& property : verdict_.properties) {
    if (property.name == except) continue;
    for (const auto& violation : property.violations) text += property.name + ": " + violation.message + "\n";
  }
  return text;
}

}  // namespace support
