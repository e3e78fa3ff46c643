// What keeps the whole cluster from its work (a partition, a database that is away) suspends its deadlines, and no
// more.
#include <catch2/catch.hpp>

#include <scenarios/run.hpp>
#include <support/incidents.hpp>

namespace chronofault::scenarios {
namespace {

PropertyResult lost_runs_with(std::vector<faults::FaultSpec> faults) {
  Plan plan = ::support::plan_of("scenarios/first/powerjob.yaml", "plain", 1);
  plan.faults = std::move(faults);
  ScenarioRun run(plan);
  run.run();
  for (const faults::Strike& strike : run.strikes()) CHECK_FALSE(strike.missed);
  const Verdict verdict = run.verdict();
  const PropertyResult* lost = verdict.find("no-lost-run");
  REQUIRE(lost != nullptr);
  return *lost;
}

faults::FaultSpec lasting(faults::FaultKind kind, const std::string& target) {
  const Plan plan = ::support::plan_of("scenarios/first/powerjob.yaml", "plain", 1);
  faults::FaultSpec fault;
  fault.trigger = faults::At{plan.start + Duration::minutes(5)};
  fault.action.kind = kind;
  fault.action.target = faults::Selector::named(target);
  fault.lasts = Duration::minutes(8);
  return fault;
}

}  // namespace

TEST_CASE("runs that fall into an outage of the database are not lost; those of a healthy cluster are counted") {
  CHECK(lost_runs_with({}).state == PropertyState::held);
  CHECK(lost_runs_with({lasting(faults::FaultKind::pause, "database")}).state == PropertyState::held);
}

}  // namespace chronofault::scenarios
