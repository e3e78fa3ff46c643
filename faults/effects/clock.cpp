#include <functional>

#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

using Machines = std::vector<sim::Machine*>;

class OnClocks final : public Effect {
 public:
  OnClocks(Machines machines, std::function<void(sim::Machine&)> undo)
      : machines_(std::move(machines)), undo_(std::move(undo)) {}
  void heal(RecordId) override {
    for (sim::Machine* machine : machines_) {
      // A frozen machine's clocks stand anyway; the drift is gone when it thaws.
      if (!machine->clock().frozen()) undo_(*machine);
    }
  }

 private:
  Machines machines_;
  std::function<void(sim::Machine&)> undo_;
};

void undrift(sim::Machine& machine) { machine.clock().set_drift(0); }

}  // namespace

std::unique_ptr<Effect> clock_effect(Strikeable& strike) {
  const Action& action = strike.action;
  CF_ASSERT(action.target.has_value());
  Machines machines = resolve_machines(*action.target, strike.world, strike.directory, strike.draws);
  std::erase_if(machines, [](const sim::Machine* m) { return m->clock().frozen(); });
  if (machines.empty()) return nullptr;
  for (const sim::Machine* machine : machines) strike.targets.push_back(machine->name());
  sim::Kernel& kernel = strike.world.kernel();
  std::function<void(sim::Machine&)> undo = [](sim::Machine&) {};
  for (sim::Machine* machine : machines) {
    sim::HostClock& clock = machine->clock();
    switch (action.kind) {
      case FaultKind::clock_step:
        clock.step_wall(action.duration("by"));
        break;
      case FaultKind::clock_offset: {
        const Duration now = Duration::us(clock.wall().us() - kernel.now().us());
        clock.step_wall(action.duration("to") - now);
        break;
      }
      case FaultKind::clock_drift:
        clock.set_drift(action.integer("ppm") / 1'000);
        undo = undrift;
        break;
      case FaultKind::clock_slew: {
        const Duration over = action.duration("over");
        clock.set_wall_rate(action.duration("by").count_us() * 1'000'000 / over.count_us());
        sim::Machine* slewed = machine;
        kernel.agenda(kernel.now() + over, [slewed] {
          if (!slewed->clock().frozen()) slewed->clock().set_wall_rate(0);
        });
        undo = [](sim::Machine& m) { m.clock().set_wall_rate(0); };
        break;
      }
      case FaultKind::clock_freeze:
        clock.set_wall_rate(sim::ClockLine::ppm_of_standstill);
        undo = [](sim::Machine& m) { m.clock().set_wall_rate(0); };
        break;
      case FaultKind::clock_zone: {
        const TimeZone* zone = strike.directory.zone(action.text("to"));
        CF_ASSERT(zone != nullptr);
        const TimeZone* before = &clock.zone();
        clock.set_zone(*zone);
        machine->zone_changed(strike.record);
        undo = [before](sim::Machine& m) {
          m.clock().set_zone(*before);
          m.zone_changed(0);
        };
        continue;
      }
      default:
        CF_ASSERT(false);
    }
    machine->wall_changed(strike.record, action.kind == FaultKind::clock_offset);
  }
  return std::make_unique<OnClocks>(machines, std::move(undo));
}

}  // namespace chronofault::faults
