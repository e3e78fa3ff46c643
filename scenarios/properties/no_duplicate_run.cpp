// no-duplicate-run: one fire (and shard) does not run twice, or at once in two places, beyond the contract's guarantee.
//
//   at_most_once   one start of a fire's shard, ever
//   none           1 + retries starts, never two at once
//   at_least_once  any number; two at once only if the first one's process died or stood still since it started: its
//                  scheduler could not tell the one from the other
//
// Work of no fire (an operator's run of which nobody knows the fate) counts by its run. Premise: something started.
#include <map>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class NoDuplicateRun final : public Property {
 public:
  explicit NoDuplicateRun(Watched& watched) : Property("no-duplicate-run", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (record.event.kind != EventKind::RunStarted || sighting.execution == none) return;
    premise();
    const KnownRun& run = watched_.ledger.run(sighting.run);
    const Execution& work = run.executions[sighting.execution];
    std::vector<Place>& places = started_[key_of(sighting.run, run, work.shard)];
    const JobContract& contract = watched_.roster.job(run.job).contract;
    check_count(record, run, contract, places);
    check_at_once(record, run, contract, places);
    places.push_back({sighting.run, sighting.execution});
  }

 private:
  struct Place {
    std::uint32_t run;
    std::uint32_t execution;
  };
  // What runs once: a fire's shard; of a workflow's node: the run's, for each workflow run has its own.
  using Key = std::tuple<bool, std::uint32_t, int>;

  Key key_of(std::uint32_t index, const KnownRun& run, int shard) const {
    if (run.parent != none) return {true, run.parent, static_cast<int>(run.job) * 65536 + shard};
    if (run.fires.empty()) return {true, index, shard};
    return {false, run.fires.front(), shard};
  }

  const Execution& at_place(const Place& place) const {
    return watched_.ledger.run(place.run).executions[place.execution];
  }

  void check_count(const sim::DomainRecord& record, const KnownRun& run, const JobContract& contract,
                   const std::vector<Place>& places) {
    if (contract.guarantee == Guarantee::at_least_once || places.empty()) return;
    const std::size_t allowed =
        contract.guarantee == Guarantee::at_most_once ? 1u : 1u + static_cast<std::size_t>(contract.retries);
    if (places.size() < allowed) return;
    report(record, run, places.back(),
           "starts for the " + std::to_string(places.size() + 1) + ". time, " + std::to_string(allowed) + " allowed");
  }

  void check_at_once(const sim::DomainRecord& record, const KnownRun& run, const JobContract& contract,
                     const std::vector<Place>& places) {
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const Execution& other = at_place(*place);
      if (!other.running()) continue;
      if (contract.guarantee == Guarantee::at_least_once && other.shaken) continue;
      if (contract.guarantee == Guarantee::at_most_once) return;  // said by the count
      report(record, run, *place, "starts while it runs at " + watched_.process_name(other.process));
      return;
    }
  }

  void report(const sim::DomainRecord& record, const KnownRun& run, const Place& other, const std::string& how) {
    Violation violation;
    violation.message = record.event.job + " run " + std::to_string(run.id);
    if (record.event.shard >= 0) violation.message += " shard " + std::to_string(record.event.shard);
    violation.message += " " + how;
    violation.records = {at_place(other).start, record.id};
    violation.job = record.event.job;
    violation.run = run.id;
    if (!run.fires.empty()) violation.fire = watched_.ledger.fire(run.fires.front()).nominal;
    violation.since = at_place(other).start;
    violate(std::move(violation));
  }

  std::map<Key, std::vector<Place>> started_;
};

}  // namespace

std::unique_ptr<Property> make_no_duplicate_run(Watched& watched) { return std::make_unique<NoDuplicateRun>(watched); }

}  // namespace chronofault::scenarios
