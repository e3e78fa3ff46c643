// outcome-true: what is recorded of a run is what became of its work.
//
//   recorded success  each shard of it ended well, before it was recorded
//   recorded failure  not all shards of it ended well, before or after, unless a later record corrects it first
//   either            nothing of it runs in a living process when it is recorded
//
// A workflow's outcome is the business of workflow-consistent; runs that the operator stopped may be recorded as
// anything. Premise: the outcome of a run of a job was recorded.
#include <map>
#include <set>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class OutcomeTrue final : public Property {
 public:
  explicit OutcomeTrue(Watched& watched) : Property("outcome-true", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (sighting.run == none || watched_.roster.job(sighting.job).workflow) return;
    const KnownRun& run = watched_.ledger.run(sighting.run);
    if (record.event.kind == EventKind::OutcomeRecorded) recorded(record, run);
    if (record.event.kind == EventKind::RunEnded && sighting.execution != none) ended(record, run);
  }

 private:
  // The ends that make the run a success: one of each shard; empty: it is none.
  std::vector<Evidence> proof(const KnownRun& run) const {
    const int shards = std::max(1, watched_.roster.job(run.job).contract.shards);
    std::map<int, Evidence> well;
    for (const Execution& work : run.executions) {
      if (work.ended && work.ok) well.try_emplace(shards == 1 ? 0 : work.shard, work.end);
    }
    std::vector<Evidence> ends;
    if (static_cast<int>(well.size()) < shards) return ends;
    for (const auto& [shard, end] : well) ends.push_back(end);
    return ends;
  }

  void recorded(const sim::DomainRecord& record, const KnownRun& run) {
    if (run.stopped) return;
    premise();
    const std::vector<Evidence> ends = proof(run);
    const bool success = record.event.ok;
    if (success && ends.empty()) {
      report(record.id, run,
             record.event.job + " run " + std::to_string(run.id) +
                 " is recorded as a success, and no work of it ended well",
             last_start(run));
      return;
    }
    if (!success && !ends.empty()) {
      report(record.id, run,
             record.event.job + " run " + std::to_string(run.id) + " is recorded as a failure ('" +
                 record.event.detail + "'), and its work ended well",
             ends.back());
      return;
    }
    for (const Execution& work : run.executions) {
      if (!work.running()) continue;
      report(record.id, run,
             record.event.job + " run " + std::to_string(run.id) + " is recorded as a " +
                 (success ? "success" : "failure") + " while it runs at " + watched_.process_name(work.process),
             work.start);
      return;
    }
  }

  void ended(const sim::DomainRecord& record, const KnownRun& run) {
    if (run.stopped || !record.event.ok || !run.outcome || *run.outcome || proof(run).empty()) return;
    // It was recorded while it ran, and that has been said.
    if (reported_.contains(run.outcome_record) && run.outcome_record != 0) return;
    report(run.outcome_record, run,
           record.event.job + " run " + std::to_string(run.id) + " was recorded as a failure ('" + run.outcome_text +
               "'), and its work ends well afterwards",
           record.id);
  }

  static Evidence last_start(const KnownRun& run) { return run.executions.empty() ? 0 : run.executions.back().start; }

  void report(Evidence outcome, const KnownRun& run, std::string message, Evidence other) {
    reported_.insert(outcome);
    Violation violation;
    violation.message = std::move(message);
    violation.records = {other, outcome};
    violation.since = run.story.empty() ? 0 : run.story.front();
    violation.job = watched_.roster.job(run.job).name;
    violation.run = run.id;
    if (!run.fires.empty()) violation.fire = watched_.ledger.fire(run.fires.front()).nominal;
    violate(std::move(violation));
  }

  std::set<Evidence> reported_;
};

}  // namespace

std::unique_ptr<Property> make_outcome_true(Watched& watched) { return std::make_unique<OutcomeTrue>(watched); }

}  // namespace chronofault::scenarios
