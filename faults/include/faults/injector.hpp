// Carries out faults on a world. It acts between steps alone: it takes no step and no sequence number of the run, and
// its draws come from streams that are not folded, so a fault that changes nothing leaves the digest as it was.
//
//   - At an instant: through the kernel's agenda, before the first step due at or after it.
//   - When a message matches: at its sending. A network fault without a target of its own strikes that very message.
//   - When a domain record matches: `after` later, through the agenda.
// What a dynamic selector means is resolved when the fault strikes; aimed at nothing then, the fault is recorded as
// missed. Faults end after `for`, or when heal_all() is called at the end of the run, in the order of their begin; what
// is not taken back (Action::heals) has no end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <faults/spec.hpp>
#include <ports/system.hpp>
#include <sim/world/world.hpp>

namespace chronofault::faults {

/// What the injector must know of a scenario beyond the world itself.
struct Directory {
  Directory() = default;
  /// Names of processes that a selector of the system's own means now.
  std::function<std::vector<std::string>(const chronofault::Selector&)> system;
  /// Names of the processes whose own key `app` has this value.
  std::function<std::vector<std::string>(const std::string& app)> app;
  std::function<const TimeZone*(std::string_view)> zone;
  Duration utc_offset;  // for texts
};

/// One fault that struck, as the run's log and the trace have it.
struct Strike {
  std::size_t fault = 0;  // index into the specs
  sim::TrueTime at;
  std::optional<sim::TrueTime> healed;
  std::string text;  // the action, and to what it was resolved unless it says that itself: "pause: {owner: a} -> lz"
  bool missed = false;
  RecordId record = 0;
};

class Effect;

class Injector final : public sim::Monitor, public sim::NetworkRule {
 public:
  Injector(sim::World& world, Directory directory, std::vector<FaultSpec> faults);
  Injector(const Injector&) = delete;
  Injector& operator=(const Injector&) = delete;
  ~Injector();

  /// Puts all faults on watch. Once, before the first step.
  void arm();
  /// Ends every open fault, and strikes no more.
  void heal_all();
  /// Told when a fault begins (true) and ends (false) that stalls all (FaultKindInfo::stalls).
  void on_stall(std::function<void(bool)> told) { told_of_stall_ = std::move(told); }
  const std::vector<Strike>& strikes() const noexcept { return strikes_; }
  /// One line for each strike whose victim the plan leaves open: "2022-02-25T02:36:13.5+08:00 pause: {owner: a} -> lz".
  std::vector<std::string> resolved() const;

  // sim::Monitor
  void on_event(const sim::DomainRecord& record) override;
  // sim::NetworkRule: watches for patterns
  void consider(const sim::Envelope& envelope, sim::Fate& fate) override;
  bool blocks(const sim::Machine&, const sim::Machine&) const override { return false; }
  RecordId record() const noexcept override { return 0; }

 private:
  struct Watch {
    std::size_t fault = 0;
    int matches = 0;
    bool done = false;
  };
  void strike(std::size_t fault, RecordId cause);
  void strike_message(std::size_t fault, const sim::Envelope& envelope, sim::Fate& fate);
  void heal(std::size_t strike);
  void tell_of_stall(std::size_t strike, bool begins);
  bool counts(Watch& watch, const Pattern& pattern);

  sim::World& world_;
  Directory directory_;
  std::vector<FaultSpec> faults_;
  std::vector<Watch> message_watches_;
  std::vector<Watch> record_watches_;
  std::vector<Strike> strikes_;
  std::vector<std::unique_ptr<Effect>> effects_;  // parallel to strikes_; null: nothing to undo
  std::function<void(bool)> told_of_stall_;
  bool over_ = false;
};

}  // namespace chronofault::faults
