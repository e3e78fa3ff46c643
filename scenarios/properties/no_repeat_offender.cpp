// no-repeat-offender: after a mark on a node (work of the job failed there, or was lost with it), it is not chosen for
// that job while a candidate without a later mark answers.
//
// Candidates are the members of the cast that have the same role and serve the job's scope, and that are up: steadily,
// for as long as members need to be known (ability.hpp). A mark counts for one job alone. Premise: a dispatch when some
// member had a mark.
#include <algorithm>
#include <map>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class NoRepeatOffender final : public Property {
 public:
  explicit NoRepeatOffender(Watched& watched) : Property("no-repeat-offender", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (sighting.run == none) return;
    if (record.event.kind == EventKind::RunEnded && !record.event.ok) {
      marks_[sighting.job][watched_.process_name(record.process)] = {record.at, record.id};
    }
    if (record.event.kind == EventKind::RunDispatched) dispatched(record, sighting);
  }

  void on_process(sim::ProcessId process, Standing standing) override {
    const std::string name = watched_.process_name(process);
    Life& life = lives_[name];
    life.up = standing == Standing::up;
    life.since = watched_.now;
    for (const std::uint32_t run : watched_.ledger.changed_runs()) {
      const KnownRun& it = watched_.ledger.run(run);
      for (const Execution& work : it.executions) {
        if (work.lost && work.process == process) marks_[it.job][name] = {watched_.now, work.start};
      }
    }
  }

 private:
  struct Mark {
    sim::TrueTime at;
    Evidence record = 0;
  };
  struct Life {
    bool up = true;
    sim::TrueTime since;
  };

  bool answers(const CastMember& member, const std::string& scope) const {
    const bool serves =
        member.scopes.empty() || std::find(member.scopes.begin(), member.scopes.end(), scope) != member.scopes.end();
    const auto life = lives_.find(member.name);
    if (!serves || life == lives_.end()) return serves;
    return life->second.up && life->second.since + Ability::steady_for <= watched_.now;
  }

  void dispatched(const sim::DomainRecord& record, const Sighting& sighting) {
    const auto marks = marks_.find(sighting.job);
    if (marks == marks_.end()) return;
    premise();
    const std::string chosen =
        watched_.process_of_member ? watched_.process_of_member(record.event.member) : record.event.member;
    const auto mark = marks->second.find(chosen);
    if (mark == marks->second.end()) return;
    const std::string_view role = watched_.roster.role_of(chosen);
    const std::string& scope = watched_.roster.job(sighting.job).scope;
    for (const CastMember& member : watched_.roster.cast()) {
      if (member.role != role || member.name == chosen || !answers(member, scope)) continue;
      const auto other = marks->second.find(member.name);
      if (other != marks->second.end() && other->second.at >= mark->second.at) continue;
      Violation violation;
      violation.message = record.event.job + " run " + std::to_string(record.event.run) + " is given to " + chosen +
                          ", where it failed at " + at(mark->second.at) + ", and " + member.name + " answers";
      violation.records = {mark->second.record, record.id};
      violation.since = mark->second.record;
      violation.job = record.event.job;
      violation.run = record.event.run;
      violate(std::move(violation));
      return;
    }
  }

  std::map<JobIndex, std::map<std::string, Mark>> marks_;
  std::map<std::string, Life> lives_;
};

}  // namespace

std::unique_ptr<Property> make_no_repeat_offender(Watched& watched) {
  return std::make_unique<NoRepeatOffender>(watched);
}

}  // namespace chronofault::scenarios
