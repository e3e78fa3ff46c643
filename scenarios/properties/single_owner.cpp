// single-owner: at most one owner of record per scope, and ownership moves only as the specification's rule allows.
//
// Who says that it took a scope must be its owner of record within the grace; what is recorded must not move from one
// to another without anyone having said so within the grace; and a move must be one that the system's rule allows
// (OwnershipView::may_move; powerjob 9.1 P3). A process that took a scope, and neither gave it up nor died, and is
// owner of record no more is no violation of this property: it is what owner-acts watches.
//
// Grace: one second between the word and the record. Premise: ownership was taken.
#include <map>

#include <scenarios/properties.hpp>

#include "ownership.hpp"

namespace chronofault::scenarios {

namespace {

constexpr Duration grace = Duration::seconds(1);

class SingleOwner final : public Property, private DeadlineListener {
 public:
  explicit SingleOwner(Watched& watched) : Property("single-owner", watched), owners_(watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (!watched_.ownership.owner) return;
    const Event& event = record.event;
    if (event.kind == EventKind::OwnershipTaken) {
      taken(record);
    } else if (event.kind == EventKind::RunDispatched && sighting.job != none) {
      const std::string& scope = watched_.roster.job(sighting.job).scope;
      if (!scope.empty()) watch_silent_move(scope, record.id);
    }
  }

  void on_begin() override { owners_.look_at_all(); }
  void on_process(sim::ProcessId, Standing) override {
    if (!watched_.ownership.owner) return;
    for (const std::string& scope : owners_.scopes()) watch_silent_move(scope, 0);
  }

 private:
  // Something said or seen that the grace may still explain.
  struct Claim {
    bool said = false;  // it was said and not recorded; else recorded and not said
    std::string scope;
    std::string by;
    std::string before;
    Evidence record = 0;
    std::size_t order = 0;  // number of words about the scope so far
  };

  void wait(Claim claim) {
    claim.order = words_[claim.scope].count;
    claims_.push_back(std::move(claim));
    watched_.deadlines.set(watched_.now + grace, *this, claims_.size() - 1);
  }

  void taken(const sim::DomainRecord& record) {
    premise();
    const std::string& scope = record.event.scope;
    const std::string by = watched_.process_name(record.process);
    const OwnerRecords::Scope* known = owners_.find(scope);
    std::string before = known != nullptr ? known->owner : std::string();
    Word& word = words_[scope];
    if (before == by && !word.by.empty()) before = word.by;  // its write was seen before its word
    if (watched_.ownership.may_move && before != by && !before.empty()) {
      if (const auto why = watched_.ownership.may_move(record, before)) {
        report(record.id, 0, scope, by + " takes " + scope + " from " + before + ": " + *why);
      }
    }
    const std::string now = owners_.look(scope, record.id).owner;
    word.by = by;
    ++word.count;
    if (now != by) wait(Claim{true, scope, by, before, record.id});
  }

  void on_deadline(std::uint64_t token, sim::TrueTime) override {
    const Claim& claim = claims_[token];
    const OwnerRecords::Scope& now = owners_.look(claim.scope);
    const Word& word = words_[claim.scope];
    if (word.count != claim.order) return;  // a later word says how it went on
    if (claim.said && now.owner != claim.by) {
      report(claim.record, now.moved, claim.scope,
             claim.by + " took " + claim.scope + ", but " + (now.owner.empty() ? std::string("nobody") : now.owner) +
                 " is owner of record");
    }
    if (!claim.said && word.by != claim.by) {
      report(claim.record, 0, claim.scope,
             claim.scope + " moved from " + claim.before + " to " + claim.by + " and nobody said that it took it");
    }
  }

  // A move of which nobody spoke is noticed at the next occasion: a dispatch, or a change of a process.
  void watch_silent_move(const std::string& scope, Evidence record) {
    const OwnerRecords::Scope* known = owners_.find(scope);
    const bool had = known != nullptr && known->known;
    const std::string before = had ? known->owner : std::string();
    const std::string now = owners_.look(scope).owner;
    if (!had || before.empty() || now.empty() || now == before || words_[scope].by == now) return;
    premise();
    wait(Claim{false, scope, now, before, record});
  }

  void report(Evidence record, Evidence other, const std::string& scope, std::string message) {
    Violation violation;
    violation.message = std::move(message);
    violation.records = {other, record};
    violation.job = scope;
    violation.bound.parts = {{"grace of single-owner", grace}};
    violate(std::move(violation));
  }

  OwnerRecords owners_;
  struct Word {
    std::string by;  // who took the scope last, by its own word
    std::size_t count = 0;
  };
  std::vector<Claim> claims_;
  std::map<std::string, Word> words_;
};

}  // namespace

std::unique_ptr<Property> make_single_owner(Watched& watched) { return std::make_unique<SingleOwner>(watched); }

}  // namespace chronofault::scenarios
