// The ledger: every fire that the book made due, every run that the system made of it, and every piece of work that
// ran. It correlates; it judges nothing. Properties read it.
//
// A run belongs to a fire, in this order: by the run that an accepted operator action named; by (job, fire time) as the
// system attributes it (FireTaken, RunCreated, RunStarted); for `every` schedules, whose phase is the system's own, the
// oldest waiting fire of the job. A workflow's fire starts with the RunStarted of any of its nodes: work names its
// workflow run in `parent_run`. One run may cover several fires (FireTaken with the same run).
//
// Runs are known by (is it a workflow's, id): upstream's ids of jobs and workflows may come from two sequences. Work
// that names no run is known by (job, fire).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <scenarios/ability.hpp>
#include <scenarios/roster.hpp>
#include <sim/trace/record.hpp>

namespace chronofault::scenarios {

/// A record as evidence. `id` is 0 when no trace is kept.
using Evidence = RecordId;

/// One piece of work: from RunStarted to RunEnded, or to the end of its process.
struct Execution {
  std::uint32_t run = none;
  int shard = -1;
  int attempt = -1;
  sim::ProcessId process = 0;
  sim::TrueTime started;
  std::optional<sim::TrueTime> ended;
  bool ok = false;
  bool lost = false;    // its process died first
  bool shaken = false;  // its process died or stood still since it started
  Evidence start = 0;
  Evidence end = 0;
  bool running() const noexcept { return !ended && !lost; }
};

struct KnownRun {
  std::int64_t id = 0;
  JobIndex job = none;
  std::uint32_t parent = none;  // the workflow run
  std::vector<std::uint32_t> fires;
  std::vector<Execution> executions;    // of a job's run
  std::vector<std::uint32_t> children;  // of a workflow's run
  sim::TrueTime seen;                   // first record about it
  sim::TrueTime active;                 // last start, end or loss of its work, or its nodes'
  bool of_workflow = false;             // a node's, whether its workflow's run is known yet or not
  bool created = false;
  bool dispatched = false;
  bool stopped = false;         // by the operator
  bool counted = false;         // among those in progress
  bool crowded = false;         // it was rejected while as many runs were in progress as the contract allows
  int running = 0;              // pieces of work, nodes included
  int starts = 0;               // the same, ever
  std::optional<bool> outcome;  // the last recorded one
  sim::TrueTime outcome_at;
  std::string outcome_text;
  Evidence outcome_record = 0;
  std::vector<Evidence> story;  // what was said about it, at most story_most
};

enum class FireState : std::uint8_t {
  expected,  // the system spoke of it; the book has not (yet)
  waiting,   // due
  started,
  skipped,  // as the contract says
  excused,  // nobody could have run it, or the operator took it back
  lost,
};

struct Fire {
  JobIndex job = none;
  WallTime nominal;
  sim::TrueTime due;  // when the book said so
  FireState state = FireState::expected;
  bool by_operator = false;
  std::string why;  // of skipped, excused
  std::vector<std::uint32_t> runs;
  Evidence since = 0;  // the oldest record about it
  std::vector<Evidence> story;
};

/// What one record is about.
struct Sighting {
  JobIndex job = none;
  std::uint32_t run = none;        // the run that it names; made if it was not known
  std::uint32_t execution = none;  // RunStarted, RunEnded: index in the run's executions
};

class Ledger {
 public:
  static constexpr std::size_t story_most = 12;

  Ledger(const Roster& roster, const Ability& ability) : roster_(roster), ability_(ability) {}

  Sighting on_event(const sim::DomainRecord& record);
  /// A process died, stands still or goes on.
  void on_process(sim::ProcessId process, Standing standing, sim::TrueTime at);
  /// The operator's action on a job took effect (OperatorActed itself is no event of a run).
  void operator_acted(const OperatorAction& action, const OperatorResult& result, Evidence record, sim::TrueTime at);

  const Roster& roster() const noexcept { return roster_; }
  const Ability& ability() const noexcept { return ability_; }
  const std::deque<KnownRun>& runs() const noexcept { return runs_; }
  const std::deque<Fire>& fires() const noexcept { return fires_; }
  const KnownRun& run(std::uint32_t index) const { return runs_[index]; }
  const Fire& fire(std::uint32_t index) const { return fires_[index]; }
  Fire& fire(std::uint32_t index) { return fires_[index]; }
  std::uint32_t find_run(bool workflow, std::int64_t id) const;

  /// Fires whose state left `expected`, `waiting` or came to it in the last call of on_event, on_process or
  /// operator_acted.
  const std::vector<std::uint32_t>& changed_fires() const noexcept { return changed_fires_; }
  /// Runs of which work was lost in the last call of on_process; those stopped in the last operator_acted.
  const std::vector<std::uint32_t>& changed_runs() const noexcept { return changed_runs_; }

  /// Runs of the job in progress now: a workflow's from its creation, a job's from its dispatch, each to its outcome.
  int in_progress(JobIndex job, std::uint32_t except) const;
  /// Whether the contract lets this waiting fire go without a start, seen at `now`; the reason if so.
  std::optional<std::string> legal_skip(std::uint32_t index, sim::TrueTime now) const;
  /// Of a job whose contract has more than one: the shards of which nothing of the fire has started yet, ascending.
  std::vector<int> missing_shards(std::uint32_t index) const;
  /// The fire of which this run is one, through its workflow run if need be; `none`.
  std::uint32_t fire_of(std::uint32_t run) const;
  /// All records about a fire, its runs and their nodes that led nowhere, oldest first.
  std::vector<Evidence> story_of(std::uint32_t index) const;
  const std::string& name_of(std::uint32_t run) const { return roster_.job(runs_[run].job).name; }

 private:
  struct RunKey {
    bool workflow = false;
    std::int64_t id = 0;
    friend bool operator==(const RunKey&, const RunKey&) = default;
  };
  struct RunKeyHash {
    std::size_t operator()(const RunKey& key) const noexcept {
      return (static_cast<std::size_t>(key.id) << 1 | (key.workflow ? 1u : 0u)) * 0x9e37'79b9'7f4a'7c15u;
    }
  };

  std::uint32_t run_for(JobIndex job, std::int64_t id, const std::optional<WallTime>& fire, sim::TrueTime at);
  std::uint32_t fire_for(JobIndex job, WallTime nominal, Evidence record);
  void adopt(std::uint32_t workflow, std::int64_t id);
  void attach(std::uint32_t run, std::uint32_t fire);
  void attribute(std::uint32_t run, const std::optional<WallTime>& fire, Evidence record);
  void fire_due(const sim::DomainRecord& record, Sighting& sighting);
  void started(std::uint32_t run, const sim::DomainRecord& record, Sighting& sighting);
  void ended(std::uint32_t run, const sim::DomainRecord& record, Sighting& sighting);
  void outcome(std::uint32_t run, const sim::DomainRecord& record);
  void set_state(std::uint32_t fire, FireState state, std::string why = {});
  void start_fires(std::uint32_t run);
  /// The fire of its job that a run takes up whose phase is the system's own; none: nothing is due.
  std::uint32_t next_in_order(std::uint32_t run) const;
  void tell(std::vector<Evidence>& story, Evidence record);
  void count_progress(std::uint32_t run);
  bool later_started(std::uint32_t fire) const;

  const Roster& roster_;
  const Ability& ability_;
  std::deque<KnownRun> runs_;
  std::deque<Fire> fires_;
  std::unordered_map<RunKey, std::uint32_t, RunKeyHash> run_of_id_;  // never iterated
  std::map<std::pair<JobIndex, WallTime>, std::uint32_t> nameless_runs_;
  std::map<std::int64_t, std::vector<std::uint32_t>> orphans_;  // nodes' runs by the id of a workflow run not yet known
  std::map<std::pair<JobIndex, WallTime>, std::uint32_t> fire_of_time_;
  std::map<JobIndex, std::deque<std::uint32_t>>
      waiting_;  // per job, oldest first; others than waiting are dropped lazily
  std::map<JobIndex, std::deque<std::uint32_t>> early_;  // `every`: runs that no fire was due for yet
  std::map<JobIndex, int> progress_;
  std::map<JobIndex, std::uint32_t> last_started_;  // the newest fire of the job that started
  std::map<sim::ProcessId, std::vector<std::pair<std::uint32_t, std::uint32_t>>> work_on_;  // (run, execution)
  std::vector<std::uint32_t> changed_fires_;
  std::vector<std::uint32_t> changed_runs_;
};

}  // namespace chronofault::scenarios
