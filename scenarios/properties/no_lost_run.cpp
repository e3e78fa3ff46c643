// no-lost-run: every due fire starts within its contract's bound, or is skipped as the contract says.
//
// An obligation opens at FireDue. It is met by the first RunStarted of the fire (of a workflow: of any of its nodes; of
// a job with shards: of the last of them), or by a skip that the ledger derives from the contract. It fails at the
// bound, or earlier: when a final outcome of all runs of the fire is recorded and nothing of it ever started; that
// record is then the evidence.
//
// Premise: a fire was due. Excused, and counted: a fire of a scope that was not steady when it was due and whose runs
// ended without a start (powerjob 9.1 P1: "at its expected time and for 60 s before it"); fires that the operator took
// back.
#include <algorithm>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class NoLostRun final : public Property {
 public:
  explicit NoLostRun(Watched& watched)
      : Property("no-lost-run", watched), obligations_(watched.ability, watched.deadlines, [this](std::uint64_t fire) {
          passed(static_cast<std::uint32_t>(fire));
        }) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    look_at_changes();
    if (record.event.kind == EventKind::RunStarted && sighting.run != none) shard_started(sighting.run);
    if (record.event.kind == EventKind::OutcomeRecorded && sighting.run != none) outcome(sighting.run, record);
  }
  void on_operator(const OperatorAction&, const OperatorResult&, Evidence) override { look_at_changes(); }
  const Obligations* obligations() const override { return &obligations_; }
  std::string describe_open(std::uint64_t fire) const override { return text_of(static_cast<std::uint32_t>(fire)); }

 private:
  void look_at_changes() {
    for (const std::uint32_t index : watched_.ledger.changed_fires()) {
      const Fire& fire = watched_.ledger.fire(index);
      if (fire.due == sim::TrueTime()) continue;  // the system alone spoke of it
      if (fire.state != FireState::expected && seen(index)) {
        premise();
        const DeclaredJob& job = watched_.roster.job(fire.job);
        obligations_.open({fire.due, fire.due, job.contract.start_within.total(), job.scope, index});
        for (ObligationSink* sink : watched_.sinks) sink->opened(fire.due);
        if (fire.state == FireState::waiting) settled_before(index);
      }
      if (fire.state == FireState::started && watched_.ledger.missing_shards(index).empty()) obligations_.close(index);
      if (fire.state == FireState::excused && obligations_.find(index) != nullptr) {
        excuse();
        obligations_.close(index);
      }
    }
  }

  void shard_started(std::uint32_t run) {
    for (const std::uint32_t fire : watched_.ledger.run(run).fires) {
      if (obligations_.find(fire) != nullptr && watched_.ledger.missing_shards(fire).empty()) obligations_.close(fire);
    }
  }

  // True the first time.
  bool seen(std::uint32_t fire) {
    if (fire < seen_.size() && seen_[fire]) return false;
    if (fire >= seen_.size()) seen_.resize(fire + 1);
    seen_[fire] = true;
    return true;
  }

  // A fire whose run was ended before it was due.
  void settled_before(std::uint32_t index) {
    for (const std::uint32_t run : watched_.ledger.fire(index).runs) judge(index, run);
  }

  void outcome(std::uint32_t run, const sim::DomainRecord&) {
    const std::vector<std::uint32_t> fires = watched_.ledger.run(run).fires;
    for (const std::uint32_t fire : fires) judge(fire, run);
  }

  void judge(std::uint32_t index, std::uint32_t run) {
    if (obligations_.find(index) == nullptr) return;
    const Fire& fire = watched_.ledger.fire(index);
    const bool final = std::all_of(fire.runs.begin(), fire.runs.end(), [this](std::uint32_t r) {
      const KnownRun& it = watched_.ledger.run(r);
      return it.outcome.has_value() && it.starts == 0;
    });
    if (!final) return;
    if (const auto why = watched_.ledger.legal_skip(index, watched_.now)) {
      skip(index, *why);
      return;
    }
    const std::string& scope = watched_.roster.job(fire.job).scope;
    if (!watched_.ability.steady_at(scope, fire.due)) {
      Fire& it = watched_.ledger.fire(index);
      it.state = FireState::excused;
      it.why = "nobody could have run it when it was due";
      excuse();
      obligations_.close(index);
      return;
    }
    const KnownRun& ended = watched_.ledger.run(run);
    fail(index, "ended '" + ended.outcome_text + "' at " + at(ended.outcome_at) + ", and nothing of it ever started");
  }

  void passed(std::uint32_t index) {
    if (const auto why = watched_.ledger.legal_skip(index, watched_.now)) {
      skip(index, *why);
      return;
    }
    fail(index, unstarted(index) + " by " + at(watched_.now));
  }

  std::string unstarted(std::uint32_t index) const {
    if (watched_.ledger.fire(index).state != FireState::started) return "has not started";
    std::string shards;
    for (const int shard : watched_.ledger.missing_shards(index)) {
      if (!shards.empty()) shards += ", ";
      shards += std::to_string(shard);
    }
    return "has not started its shards " + shards;
  }

  void skip(std::uint32_t index, const std::string& why) {
    Fire& fire = watched_.ledger.fire(index);
    if (fire.state != FireState::started) fire.state = FireState::skipped;
    fire.why = why;
    obligations_.close(index);
  }

  void fail(std::uint32_t index, const std::string& how) {
    obligations_.close(index);
    Fire& fire = watched_.ledger.fire(index);
    if (fire.state != FireState::started) fire.state = FireState::lost;
    Violation violation;
    violation.message = text_of(index) + " " + how;
    violation.records = watched_.ledger.story_of(index);
    violation.since = fire.since;
    if (!violation.records.empty() && violation.records.front() != 0) {
      violation.since = std::min(fire.since, violation.records.front());
    }
    violation.job = watched_.roster.job(fire.job).name;
    violation.fire = fire.nominal;
    violation.run = fire.runs.empty() ? 0 : watched_.ledger.run(fire.runs.front()).id;
    violation.bound = watched_.roster.job(fire.job).contract.start_within;
    for (ObligationSink* sink : watched_.sinks) {
      sink->failed(fire.due, violation.message, violation.records, violation.since);
    }
    violate(std::move(violation));
  }

  std::string text_of(std::uint32_t index) const {
    const Fire& fire = watched_.ledger.fire(index);
    std::string text = watched_.roster.job(fire.job).name + " due at " + at(fire.nominal);
    if (!fire.runs.empty() && watched_.ledger.run(fire.runs.front()).id != 0)
      text += " (run " + std::to_string(watched_.ledger.run(fire.runs.front()).id) + ")";
    return text;
  }

  Obligations obligations_;
  std::vector<bool> seen_;
};

}  // namespace

std::unique_ptr<Property> make_no_lost_run(Watched& watched) { return std::make_unique<NoLostRun>(watched); }

}  // namespace chronofault::scenarios
