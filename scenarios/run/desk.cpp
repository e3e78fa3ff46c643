#include <scenarios/book.hpp>
#include <scenarios/run/desk.hpp>

namespace chronofault::scenarios {

OperatorDesk::OperatorDesk(Ports& ports, const System& system, const ClusterSpec& cluster,
                           std::vector<ActionPlan> actions, sim::TrueTime start, Told told)
    : ports_(ports),
      system_(system),
      cluster_(cluster),
      actions_(std::move(actions)),
      start_(start),
      told_(std::move(told)),
      scope_(ports.executor) {}

Task<> OperatorDesk::main() {
  for (std::size_t i = 0; i < actions_.size(); ++i) scope_.spawn("operator", carry_out(i));
  co_return;
}

Task<> OperatorDesk::carry_out(std::size_t index) {
  const MonoTime at = MonoTime() + (actions_[index].at - start_);
  co_await ports_.clock.sleep_until(at);
  const OperatorAction action = actions_[index].action;
  OperatorResult result;
  bool lost = false;
  try {
    result = co_await system_.operate(action, cluster_, ports_);
  } catch (const NetworkError&) {
    lost = true;
  }
  if (lost) result = OperatorResult::unknown("the connection failed");
  Event event = operator_event(action, result);
  const RecordId record = ports_.events.emit(event);
  told_(action, result, record);
}

}  // namespace chronofault::scenarios
