// What a fault does to the world, and how it is taken back. One effect per strike.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <faults/injector.hpp>

namespace chronofault::faults {

class Effect {
 public:
  virtual ~Effect() = default;
  /// Takes the effect back, as the catalogue says for this kind (FaultKindInfo::heal).
  virtual void heal(RecordId cause) = 0;
};

/// Of a thing that happened: there is nothing to take back.
class Happened final : public Effect {
 public:
  void heal(RecordId) override {}
};

/// What an effect is made from.
struct Strikeable {
  sim::World& world;
  const Directory& directory;
  const Action& action;
  RandomStream& draws;
  RecordId record;                   // the fault's
  std::vector<std::string> targets;  // filled in: to what it was resolved
};

/// Each carries the action out at once. Null: aimed at nothing.
std::unique_ptr<Effect> process_effect(Strikeable& strike);
std::unique_ptr<Effect> host_effect(Strikeable& strike);
std::unique_ptr<Effect> clock_effect(Strikeable& strike);
std::unique_ptr<Effect> network_effect(Strikeable& strike);
std::unique_ptr<Effect> database_effect(Strikeable& strike);
std::unique_ptr<Effect> failover_effect(Strikeable& strike, sim::DatabaseCluster& cluster);
std::unique_ptr<Effect> zookeeper_effect(Strikeable& strike);

/// Database servers, by number from 0, that the action's target means; without a target the primary.
std::vector<std::size_t> database_servers(Strikeable& strike, const sim::DatabaseCluster& cluster);

/// A network action on the one message that matched.
void strike_one_message(const Action& action, const sim::Envelope& envelope, sim::Fate& fate, RandomStream& draws);

/// The names, in order, for texts.
std::string listing(const std::vector<std::string>& names);

}  // namespace chronofault::faults
