// The operator's desk: a process of his own that carries out the scenario's actions at their instants, through the
// system's own entry points, and tells the book what came of each.
#pragma once

#include <functional>
#include <vector>

#include <ports/system.hpp>
#include <ports/task/scope.hpp>
#include <scenarios/plan.hpp>

namespace chronofault::scenarios {

class OperatorDesk final : public Program {
 public:
  using Told = std::function<void(const OperatorAction& action, const OperatorResult& result, RecordId record)>;

  /// `start`: the instant at which the desk's machine was booted; its clocks are true.
  OperatorDesk(Ports& ports, const System& system, const ClusterSpec& cluster, std::vector<ActionPlan> actions,
               sim::TrueTime start, Told told);
  Task<> main() override;

 private:
  Task<> carry_out(std::size_t index);

  Ports& ports_;
  const System& system_;
  const ClusterSpec& cluster_;
  std::vector<ActionPlan> actions_;
  sim::TrueTime start_;
  Told told_;
  Scope scope_;
};

}  // namespace chronofault::scenarios
