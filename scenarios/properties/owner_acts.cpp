// owner-acts: each dispatch, terminal write and assignment is made by the owner of record at that true instant.
//
// The owner of record is read from committed state, without a request, when the act is recorded. Grace: one second in
// which the one that was owner just before may still finish what it began. An act while nobody is owner is nobody's.
//
// Premise: an act on a job that belongs to a scope. powerjob 9.1 P2.
#include <scenarios/properties.hpp>

#include "ownership.hpp"

namespace chronofault::scenarios {

namespace {

constexpr Duration grace = Duration::seconds(1);

class OwnerActs final : public Property {
 public:
  explicit OwnerActs(Watched& watched) : Property("owner-acts", watched), owners_(watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (!watched_.ownership.owner) return;
    const Event& event = record.event;
    if (event.kind == EventKind::OwnershipTaken || event.kind == EventKind::OwnershipLost) {
      owners_.look(event.scope, event.kind == EventKind::OwnershipTaken ? record.id : 0);
      return;
    }
    const bool act = event.kind == EventKind::RunDispatched || event.kind == EventKind::OutcomeRecorded ||
                     event.kind == EventKind::ShardsAssigned;
    if (!act || sighting.job == none) return;
    const DeclaredJob& job = watched_.roster.job(sighting.job);
    if (job.scope.empty()) return;
    premise();
    const OwnerRecords::Scope& scope = owners_.look(job.scope);
    const std::string actor = watched_.process_name(record.process);
    if (scope.owner == actor) return;
    if (const auto was = scope.until.find(actor); was != scope.until.end() && was->second + grace >= record.at) return;

    Violation violation;
    violation.message = actor + " acts (" + std::string(name_of(event.kind)) + " " + event.job + " run " +
                        std::to_string(event.run) + ") for " + job.scope + ", of which " +
                        (scope.owner.empty() ? std::string("nobody") : scope.owner) + " is owner of record";
    violation.records = {scope.moved, record.id};
    violation.job = event.job;
    violation.run = event.run;
    violation.fire = event.fire;
    violation.since = scope.moved;
    if (const std::uint32_t fire = sighting.run == none ? none : watched_.ledger.fire_of(sighting.run); fire != none) {
      violation.since = watched_.ledger.fire(fire).since;
      violation.fire = watched_.ledger.fire(fire).nominal;
    }
    violation.bound.parts = {{"grace of owner-acts", grace}};
    violate(std::move(violation));
  }

  void on_begin() override { owners_.look_at_all(); }
  void on_process(sim::ProcessId, Standing) override { owners_.look_at_all(); }

 private:
  OwnerRecords owners_;
};

}  // namespace

std::unique_ptr<Property> make_owner_acts(Watched& watched) { return std::make_unique<OwnerActs>(watched); }

}  // namespace chronofault::scenarios
