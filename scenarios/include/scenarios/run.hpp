// One run of one plan: builds the world, deploys the system, attaches book, watch, injector and operator, runs to
// `until`, heals, and runs on until every obligation opened before `until` is due.
//
//   plan -> ScenarioRun -> run() -> verdict()
//
// It owns its world, which stays for looking in (rows, records, strikes) as long as it does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <faults/injector.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/time_zones.hpp>
#include <scenarios/verdict.hpp>
#include <scenarios/watch.hpp>
#include <sim/world/world.hpp>

namespace chronofault::scenarios {

struct RunOptions {
  RunOptions() = default;
  bool trace = false;                     // world records, causes, slices
  std::uint64_t stop_at_step = 0;         // 0: no such stop
  std::optional<sim::TrueTime> stop_at;   // an instant before the end of the run
  std::uint64_t checkpoint_interval = 0;  // steps; 0: no checkpoints
};

class ScenarioRun {
 public:
  explicit ScenarioRun(const Plan& plan, RunOptions options = RunOptions());
  ScenarioRun(const ScenarioRun&) = delete;
  ScenarioRun& operator=(const ScenarioRun&) = delete;
  ~ScenarioRun();

  /// To its end, or to the stop that the options name. Once.
  void run();
  /// After run(). With a trace, the first violation of each violated property has its slice.
  Verdict verdict();

  const Plan& plan() const noexcept { return plan_; }
  sim::World& world() noexcept { return *world_; }
  const std::vector<faults::Strike>& strikes() const noexcept { return injector_->strikes(); }
  /// Whom those faults struck of which the plan does not say it.
  std::vector<std::string> resolved() const { return injector_->resolved(); }
  const Roster& roster() const noexcept { return watch_->roster(); }
  /// "90s = ..." of the plan, or the default of the system.
  const Bound& settle() const noexcept { return settle_; }

 private:
  class Latency;
  class Desk;

  void build_machines();
  void deploy();
  void deploy_database(const DatabasePlan& plan);
  void deploy_zookeeper(const ZookeeperPlan& plan);
  void seat_operator();
  void attach();
  OwnershipView ownership_view();
  void life_changed(sim::Process& process, sim::LifeChange change);
  void database_changed();
  bool stopped() const noexcept;
  void advance(sim::TrueTime until);

  Plan plan_;
  RunOptions options_;
  TimeZones zones_;
  std::unique_ptr<Latency> latency_;
  std::map<std::string, sim::WorkDeclaration, std::less<>> work_;
  std::unique_ptr<sim::World> world_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<faults::Injector> injector_;
  std::map<std::pair<sim::ProcessId, sim::ProcessId>, sim::TrueTime> unanswered_;  // (asker, asked): the last time
  Bound settle_;
  std::map<std::string, Standing> database_servers_;
  bool database_away_ = false;
  bool healed_ = false;
};

/// True if the verdict is what the variant's expectations say of a single run (all: violated, none: held, some:
/// either). `reasons`: why not, one line each.
bool meets(const std::vector<Expectation>& expected, const Verdict& verdict, std::vector<std::string>& reasons);

}  // namespace chronofault::scenarios
