#include <algorithm>
#include <map>

#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

bool draws_share(RandomStream& draws, std::int64_t parts_per_million) {
  if (parts_per_million >= 1'000'000) return true;
  return draws.below(1'000'000) < static_cast<std::uint64_t>(parts_per_million);
}

// What one action does to one message.
void apply(const Action& action, const sim::Envelope& envelope, sim::Fate& fate, RandomStream& draws) {
  switch (action.kind) {
    case FaultKind::delay:
      fate.extra += action.duration("by");
      break;
    case FaultKind::loss:
      if (!draws_share(draws, action.integer("share"))) return;
      fate.lost = true;
      break;
    case FaultKind::drop:
      fate.lost = true;
      break;
    case FaultKind::duplicate:
      if (envelope.in_connection || !draws_share(draws, action.integer("share"))) return;
      fate.copies += static_cast<int>(action.integer("copies")) - 1;
      break;
    case FaultKind::reorder:
      if (envelope.in_connection || !draws_share(draws, action.integer("share"))) return;
      fate.extra += draws.between(Duration{}, action.duration("within"));
      break;
    case FaultKind::arrives:
      fate.arrives = envelope.request_sent + action.duration("after_request");
      break;
    default:
      CF_ASSERT(false);
  }
}

// Whose messages a rule concerns: everybody's where a side is empty.
class Sides {
 public:
  Sides(std::vector<sim::Machine*> from, std::vector<sim::Machine*> to, bool any_from, bool any_to, bool both)
      : from_(std::move(from)), to_(std::move(to)), any_from_(any_from), any_to_(any_to), both_(both) {}
  bool joins(const sim::Machine& from, const sim::Machine& to) const {
    if (&from == &to) return false;  // a machine always reaches itself
    return one_way(from, to) || (both_ && one_way(to, from));
  }

 private:
  static bool has(const std::vector<sim::Machine*>& machines, const sim::Machine& machine) {
    return std::find(machines.begin(), machines.end(), &machine) != machines.end();
  }
  bool one_way(const sim::Machine& from, const sim::Machine& to) const {
    return (any_from_ || has(from_, from)) && (any_to_ || has(to_, to));
  }
  std::vector<sim::Machine*> from_;
  std::vector<sim::Machine*> to_;
  bool any_from_;
  bool any_to_;
  bool both_;
};

class InstalledRule : public Effect, public sim::NetworkRule {
 public:
  InstalledRule(sim::World& world, RecordId record) : world_(world), record_(record) { world_.net().install(*this); }
  ~InstalledRule() override { world_.net().uninstall(*this); }
  void heal(RecordId) override { world_.net().uninstall(*this); }
  RecordId record() const noexcept override { return record_; }

 protected:
  sim::World& world_;
  RecordId record_;
};

class Cut final : public InstalledRule {
 public:
  Cut(sim::World& world, RecordId record, Sides sides) : InstalledRule(world, record), sides_(std::move(sides)) {}
  void consider(const sim::Envelope&, sim::Fate&) override {}
  bool blocks(const sim::Machine& from, const sim::Machine& to) const override { return sides_.joins(from, to); }

 private:
  Sides sides_;
};

class Disturbance final : public InstalledRule {
 public:
  Disturbance(Strikeable& strike, Sides sides, MessageMatch match, int nth)
      : InstalledRule(strike.world, strike.record),
        action_(strike.action),
        draws_(strike.draws),
        sides_(std::move(sides)),
        match_(std::move(match)),
        nth_(nth) {}
  void consider(const sim::Envelope& envelope, sim::Fate& fate) override {
    if (envelope.to_machine == nullptr || !sides_.joins(*envelope.from_machine, *envelope.to_machine)) return;
    if (!match_.kind.empty() && (match_.kind != envelope.kind || match_.reply != envelope.reply)) return;
    if (nth_ != 0 && ++matches_ != nth_) return;
    if (action_.kind == FaultKind::slow_link) {
      fate.extra += queueing(envelope);
    } else {
      apply(action_, envelope, fate, draws_);
    }
    fate.because = record_;
  }
  bool blocks(const sim::Machine&, const sim::Machine&) const override { return false; }

 private:
  // Bodies have no size of their own: a message counts as one packet of this size.
  static constexpr std::int64_t packet_bytes = 1'500;
  Duration queueing(const sim::Envelope& envelope) {
    const Duration takes = Duration::us(packet_bytes * 1'000'000 / action_.integer("bytes_per_second"));
    sim::TrueTime& free = free_at_[{envelope.from_machine->name(), envelope.to_machine->name()}];
    free = std::max(free, envelope.sent) + takes;
    return free - envelope.sent;
  }

  Action action_;
  RandomStream& draws_;
  Sides sides_;
  MessageMatch match_;
  int nth_;
  int matches_ = 0;
  std::map<std::pair<std::string, std::string>, sim::TrueTime> free_at_;
};

class NameOverride final : public Effect {
 public:
  NameOverride(sim::World& world, std::string name, std::string zone)
      : world_(world), name_(std::move(name)), zone_(std::move(zone)) {}
  void heal(RecordId) override { world_.restore_name(name_, zone_); }

 private:
  sim::World& world_;
  std::string name_;
  std::string zone_;
};

std::vector<sim::Machine*> machines_of(const Selector* selector, Strikeable& strike) {
  if (selector == nullptr) return {};
  return resolve_machines(*selector, strike.world, strike.directory, strike.draws);
}

}  // namespace

void strike_one_message(const Action& action, const sim::Envelope& envelope, sim::Fate& fate, RandomStream& draws) {
  apply(action, envelope, fate, draws);
}

std::unique_ptr<Effect> network_effect(Strikeable& strike) {
  const Action& action = strike.action;
  if (action.kind == FaultKind::resolve) {
    std::optional<std::string> to;
    if (action.has("to")) {
      const std::string& text = action.text("to");
      const sim::Process* process = strike.world.process(text);
      to = process != nullptr ? process->machine().options().ip : text;
    }
    const std::string zone = action.has("zone") ? action.text("zone") : std::string();
    strike.world.override_name(action.text("name"), zone, to);
    strike.targets.push_back(action.text("name"));
    return std::make_unique<NameOverride>(strike.world, action.text("name"), zone);
  }

  const Selector* from = nullptr;
  const Selector* to = nullptr;
  bool both = false;
  MessageMatch match;
  int nth = 0;
  if (action.link) {
    from = &action.link->from;
    to = &action.link->to;
    both = action.link->both;
  } else if (action.target) {
    match = action.target->message;
    nth = action.target->nth;
    if (!match.from.empty()) from = match.from.data();
    if (!match.to.empty()) to = match.to.data();
  }
  std::vector<sim::Machine*> from_machines = machines_of(from, strike);
  std::vector<sim::Machine*> to_machines = machines_of(to, strike);
  if ((from != nullptr && from_machines.empty()) || (to != nullptr && to_machines.empty())) return nullptr;
  for (const sim::Machine* machine : from_machines) strike.targets.push_back(machine->name());
  for (const sim::Machine* machine : to_machines) strike.targets.push_back(machine->name());

  if (action.kind == FaultKind::reset) {
    const auto one_or_any = [](const std::vector<sim::Machine*>& machines) {
      return machines.empty() ? std::vector<sim::Machine*>{nullptr} : machines;
    };
    for (sim::Machine* a : one_or_any(from_machines)) {
      for (sim::Machine* b : one_or_any(to_machines)) strike.world.net().reset_links(a, b, strike.record);
    }
    return std::make_unique<Happened>();
  }
  Sides sides(std::move(from_machines), std::move(to_machines), from == nullptr, to == nullptr, both);
  if (action.kind == FaultKind::partition) return std::make_unique<Cut>(strike.world, strike.record, std::move(sides));
  return std::make_unique<Disturbance>(strike, std::move(sides), std::move(match), nth);
}

}  // namespace chronofault::faults
