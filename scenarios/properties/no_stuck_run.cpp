// no-stuck-run: every run gets a recorded outcome within its bound.
//
// The obligation opens when the run is known and its fire is due (a node's or an operator's run of no fire: when it is
// created). Until something starts it has start_within + end_within; from then on end_within after the last start, end
// or loss of its work. The time that work takes is the work's own: the clock stands while any of it runs.
//
// Runs that the operator stopped are excused. Premise: a run was due.
#include <algorithm>
#include <optional>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class NoStuckRun final : public Property {
 public:
  explicit NoStuckRun(Watched& watched)
      : Property("no-stuck-run", watched), obligations_(watched.ability, watched.deadlines, [this](std::uint64_t run) {
          stuck(static_cast<std::uint32_t>(run));
        }) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (record.event.kind == EventKind::FireDue) {
      if (const std::uint32_t fire = fire_due(sighting, record); fire != none) {
        for (const std::uint32_t run : watched_.ledger.fire(fire).runs) consider(run);
      }
      return;
    }
    for (std::uint32_t run = sighting.run; run != none; run = watched_.ledger.run(run).parent) consider(run);
  }
  void on_process(sim::ProcessId, Standing) override {
    for (const std::uint32_t run : watched_.ledger.changed_runs()) follow(run);
  }
  void on_operator(const OperatorAction&, const OperatorResult&, Evidence) override {
    for (const std::uint32_t run : watched_.ledger.changed_runs()) {
      if (obligations_.find(run) == nullptr) continue;
      if (watched_.ledger.run(run).stopped) {
        excuse();
        obligations_.close(run);
      } else if (!due_since(watched_.ledger.run(run))) {  // it is the run of a later fire, as we now know
        obligations_.close(run);
        seen_[run] = false;
      }
    }
  }
  const Obligations* obligations() const override { return &obligations_; }
  std::string describe_open(std::uint64_t run) const override {
    return text_of(watched_.ledger.run(static_cast<std::uint32_t>(run)));
  }

 private:
  std::uint32_t fire_due(const Sighting& sighting, const sim::DomainRecord& record) const {
    for (const std::uint32_t fire : watched_.ledger.changed_fires()) {
      const Fire& it = watched_.ledger.fire(fire);
      if (it.job == sighting.job && it.due == record.at) return fire;
    }
    return none;
  }

  // Whether the run is due, and since when.
  std::optional<sim::TrueTime> due_since(const KnownRun& run) const {
    if (!run.created && !run.dispatched && run.starts == 0) return std::nullopt;
    if (run.fires.empty() || run.starts > 0) return run.seen;
    std::optional<sim::TrueTime> due;
    for (const std::uint32_t index : run.fires) {
      const Fire& fire = watched_.ledger.fire(index);
      if (fire.due == sim::TrueTime()) continue;
      if (!due || fire.due < *due) due = fire.due;
    }
    return due;
  }

  void consider(std::uint32_t index) {
    const KnownRun& run = watched_.ledger.run(index);
    if (run.outcome || run.stopped) {
      obligations_.close(index);
      return;
    }
    if (index >= seen_.size()) seen_.resize(index + 1);
    if (!seen_[index]) {
      const std::optional<sim::TrueTime> since = due_since(run);
      if (!since) return;
      seen_[index] = true;
      premise();
      const DeclaredJob& job = watched_.roster.job(run.job);
      const sim::TrueTime from = std::max(*since, run.seen);
      obligations_.open({from, from, bound_of(run).total(), job.scope, index});
      for (ObligationSink* sink : watched_.sinks) sink->opened(from);
    }
    follow(index);
  }

  void follow(std::uint32_t index) {
    const KnownRun& run = watched_.ledger.run(index);
    if (run.running > 0) {
      obligations_.suspend(index);
    } else if (run.starts > 0) {
      obligations_.count_from(index, run.active);
    }
  }

  // start_within counts for what has not started; it is left in once it has, so that a deadline never moves back.
  Bound bound_of(const KnownRun& run) const {
    const JobContract& contract = watched_.roster.job(run.job).contract;
    Bound bound = contract.start_within;
    bound.parts.insert(bound.parts.end(), contract.end_within.parts.begin(), contract.end_within.parts.end());
    return bound;
  }

  void stuck(std::uint32_t index) {
    const sim::TrueTime opened = obligations_.find(index)->opened;
    obligations_.close(index);
    const KnownRun& run = watched_.ledger.run(index);
    Violation violation;
    violation.message = text_of(run) + " has no recorded outcome by " + at(watched_.now) +
                        (run.starts > 0 ? ", though nothing of it runs" : ", and nothing of it started");
    violation.records = run.story;
    violation.since = run.story.empty() ? 0 : run.story.front();
    violation.job = watched_.roster.job(run.job).name;
    violation.run = run.id;
    if (!run.fires.empty()) violation.fire = watched_.ledger.fire(run.fires.front()).nominal;
    violation.bound = bound_of(run);
    for (ObligationSink* sink : watched_.sinks)
      sink->failed(opened, violation.message, violation.records, violation.since);
    violate(std::move(violation));
  }

  std::string text_of(const KnownRun& run) const {
    return watched_.roster.job(run.job).name + " run " + std::to_string(run.id);
  }

  Obligations obligations_;
  std::vector<bool> seen_;
};

}  // namespace

std::unique_ptr<Property> make_no_stuck_run(Watched& watched) { return std::make_unique<NoStuckRun>(watched); }

}  // namespace chronofault::scenarios
