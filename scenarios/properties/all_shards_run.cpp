// all-shards-run: in each round each shard runs exactly once.
//
// A round is one run of a job whose contract has more than one shard (numbered from 0). It is judged when its success
// is recorded: each shard has exactly one end that was good, and no shard has a number outside of the range. Rounds
// that are recorded as failures owe nothing. Premise: a round's success was recorded.
#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class AllShardsRun final : public Property {
 public:
  explicit AllShardsRun(Watched& watched) : Property("all-shards-run", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (record.event.kind != EventKind::OutcomeRecorded || !record.event.ok || sighting.run == none) return;
    const DeclaredJob& job = watched_.roster.job(sighting.job);
    const int shards = job.contract.shards;
    if (job.workflow || shards < 2) return;
    const KnownRun& run = watched_.ledger.run(sighting.run);
    if (run.stopped) return;
    premise();
    std::vector<int> ended(static_cast<std::size_t>(shards));
    std::vector<Evidence> evidence{record.id};
    std::string wrong;
    for (const Execution& work : run.executions) {
      if (work.shard < 0 || work.shard >= shards) {
        evidence.push_back(work.start);
        wrong += ", shard " + std::to_string(work.shard) + " does not exist";
      } else if (work.ended && work.ok && ++ended[static_cast<std::size_t>(work.shard)] == 2) {
        evidence.push_back(work.end);
      }
    }
    for (int shard = 0; shard < shards; ++shard) {
      const int times = ended[static_cast<std::size_t>(shard)];
      if (times == 0) wrong += ", shard " + std::to_string(shard) + " never ended well";
      if (times > 1) wrong += ", shard " + std::to_string(shard) + " ran " + std::to_string(times) + " times";
    }
    if (wrong.empty()) return;
    Violation violation;
    violation.message =
        job.name + " run " + std::to_string(run.id) + " of " + std::to_string(shards) + " shards" + wrong;
    violation.records = std::move(evidence);
    violation.since = run.story.empty() ? 0 : run.story.front();
    violation.job = job.name;
    violation.run = run.id;
    violate(std::move(violation));
  }
};

}  // namespace

std::unique_ptr<Property> make_all_shards_run(Watched& watched) { return std::make_unique<AllShardsRun>(watched); }

}  // namespace chronofault::scenarios
