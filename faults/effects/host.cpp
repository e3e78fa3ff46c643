#include <functional>

#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

using Machines = std::vector<sim::Machine*>;

class OnMachines final : public Effect {
 public:
  OnMachines(Machines machines, std::function<void(sim::Machine&, RecordId)> undo)
      : machines_(std::move(machines)), undo_(std::move(undo)) {}
  void heal(RecordId cause) override {
    for (sim::Machine* machine : machines_) undo_(*machine, cause);
  }

 private:
  Machines machines_;
  std::function<void(sim::Machine&, RecordId)> undo_;
};

void start_all(sim::Machine& machine, RecordId cause) {
  machine.power_on();
  for (sim::Process* process : machine.processes()) process->start(cause);
}

std::unique_ptr<Effect> undone_by(const Machines& machines, std::function<void(sim::Machine&, RecordId)> undo) {
  return std::make_unique<OnMachines>(machines, std::move(undo));
}

}  // namespace

std::unique_ptr<Effect> host_effect(Strikeable& strike) {
  const Action& action = strike.action;
  CF_ASSERT(action.target.has_value());
  const Machines machines = resolve_machines(*action.target, strike.world, strike.directory, strike.draws);
  if (machines.empty()) return nullptr;
  for (const sim::Machine* machine : machines) strike.targets.push_back(machine->name());
  const RecordId record = strike.record;
  const auto nothing = [](sim::Machine&, RecordId) {};
  switch (action.kind) {
    case FaultKind::crash:
      for (sim::Machine* m : machines) {
        for (sim::Process* p : m->processes()) p->request_kill(sim::Ending::crash, record);
      }
      if (action.flag("stays_down")) return undone_by(machines, nothing);
      return undone_by(machines, start_all);
    case FaultKind::power_loss:
      for (sim::Machine* m : machines) m->power_off(record);
      if (action.flag("stays_down")) return undone_by(machines, nothing);
      return undone_by(machines, start_all);
    case FaultKind::freeze: {
      for (sim::Machine* m : machines) m->freeze(record);
      const sim::Thaw how = action.text("thaw") == "behind" ? sim::Thaw::behind : sim::Thaw::step;
      return undone_by(machines, [how](sim::Machine& m, RecordId cause) { m.thaw(how, cause); });
    }
    case FaultKind::cpu_load: {
      const int cores = static_cast<int>(action.integer("cores"));
      for (sim::Machine* m : machines) m->set_extra_load(m->extra_load() + cores);
      return undone_by(machines, [cores](sim::Machine& m, RecordId) { m.set_extra_load(m.extra_load() - cores); });
    }
    case FaultKind::memory: {
      const std::int64_t bytes = action.integer("bytes");
      for (sim::Machine* m : machines) m->set_extra_memory(m->extra_memory() + bytes);
      return undone_by(machines, [bytes](sim::Machine& m, RecordId) { m.set_extra_memory(m.extra_memory() - bytes); });
    }
    case FaultKind::disk_full:
      for (sim::Machine* m : machines) m->set_disk_full(true);
      return undone_by(machines, [](sim::Machine& m, RecordId) { m.set_disk_full(false); });
    case FaultKind::slow: {
      const std::int64_t factor = action.integer("factor");
      for (sim::Machine* m : machines) m->set_slowness(factor);
      return undone_by(machines, [](sim::Machine& m, RecordId) { m.set_slowness(1'000); });
    }
    default:
      break;
  }
  CF_ASSERT(false);
  return nullptr;
}

}  // namespace chronofault::faults
