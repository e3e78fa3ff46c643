#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

// Starts again what a fault ended, unless it is to stay down or lives already.
class StartAgain final : public Effect {
 public:
  StartAgain(std::vector<sim::Process*> processes, bool stays_down)
      : processes_(std::move(processes)), stays_down_(stays_down) {}
  void heal(RecordId cause) override {
    if (stays_down_) return;
    for (sim::Process* process : processes_) process->start(cause);
  }

 private:
  std::vector<sim::Process*> processes_;
  bool stays_down_;
};

class Resume final : public Effect {
 public:
  explicit Resume(std::vector<sim::Process*> processes) : processes_(std::move(processes)) {}
  void heal(RecordId cause) override {
    for (sim::Process* process : processes_) process->resume(cause);
  }

 private:
  std::vector<sim::Process*> processes_;
};

class ReleasePool final : public Effect {
 public:
  ReleasePool(std::vector<sim::Process*> processes, std::string pool)
      : processes_(std::move(processes)), pool_(std::move(pool)) {}
  void heal(RecordId cause) override {
    for (sim::Process* process : processes_) process->release_pool(pool_, cause);
  }

 private:
  std::vector<sim::Process*> processes_;
  std::string pool_;
};

}  // namespace

std::unique_ptr<Effect> process_effect(Strikeable& strike) {
  const Action& action = strike.action;
  CF_ASSERT(action.target.has_value());
  std::vector<sim::Process*> processes =
      resolve_processes(*action.target, strike.world, strike.directory, strike.draws);
  // Only starting means the dead; everything else needs somebody who lives.
  const bool wants_dead = action.kind == FaultKind::start;
  std::erase_if(processes, [&](const sim::Process* p) { return p->alive() == wants_dead; });
  if (action.kind == FaultKind::hang) {
    std::erase_if(processes, [&](sim::Process* p) { return !p->hang_pool(action.target->text, strike.record); });
  }
  if (processes.empty()) return nullptr;
  for (const sim::Process* process : processes) strike.targets.push_back(process->name());
  switch (action.kind) {
    case FaultKind::kill:
      for (sim::Process* p : processes) p->request_kill(sim::Ending::crash, strike.record);
      return std::make_unique<StartAgain>(processes, action.flag("stays_down"));
    case FaultKind::restart: {
      for (sim::Process* p : processes) {
        p->request_kill(sim::Ending::crash, strike.record);
        const RecordId cause = strike.record;
        strike.world.kernel().agenda(strike.world.kernel().now() + action.duration("down"),
                                     [p, cause] { p->start(cause); });
      }
      return std::make_unique<StartAgain>(processes, false);
    }
    case FaultKind::stop:
      for (sim::Process* p : processes) p->stop(action.duration("patience"), strike.record);
      return std::make_unique<StartAgain>(processes, action.flag("stays_down"));
    case FaultKind::exit:
      for (sim::Process* p : processes) p->stop(Duration{}, strike.record);
      return std::make_unique<StartAgain>(processes, action.flag("stays_down"));
    case FaultKind::start:
      for (sim::Process* p : processes) p->start(strike.record);
      return std::make_unique<Happened>();
    case FaultKind::pause:
      for (sim::Process* p : processes) p->pause(strike.record);
      return std::make_unique<Resume>(processes);
    case FaultKind::hang:
      return std::make_unique<ReleasePool>(processes, action.target->text);
    default:
      break;
  }
  CF_ASSERT(false);
  return nullptr;
}

}  // namespace chronofault::faults
