// What the ledger hears from outside of domain records, and what it answers.
#include <algorithm>

#include <scenarios/book.hpp>
#include <scenarios/ledger.hpp>

namespace chronofault::scenarios {

using sim::TrueTime;

void Ledger::on_process(sim::ProcessId process, Standing standing, TrueTime at) {
  changed_fires_.clear();
  changed_runs_.clear();
  if (standing == Standing::up) return;
  auto& work_here = work_on_[process];
  for (const auto& [run, index] : work_here) {
    Execution& work = runs_[run].executions[index];
    if (!work.running()) continue;
    work.shaken = true;
    if (standing != Standing::down) continue;
    work.lost = true;
    for (std::uint32_t each = run; each != none; each = runs_[each].parent) {
      --runs_[each].running;
      runs_[each].active = at;
      changed_runs_.push_back(each);
    }
  }
  if (standing == Standing::down) work_here.clear();
}

void Ledger::operator_acted(const OperatorAction& action, const OperatorResult& result, Evidence record, TrueTime at) {
  changed_fires_.clear();
  changed_runs_.clear();
  const JobIndex job = roster_.find(action.job);
  if (job == none || result.kind == OperatorResult::Kind::refused) return;
  if (action.verb == "run") {
    if (result.kind != OperatorResult::Kind::accepted || result.id == 0) return;
    const std::uint32_t run = run_for(job, result.id, result.fire, at);
    tell(runs_[run].story, record);
    const TrueTime due = TrueTime::from_us(result.fire.value_or(WallTime()).us());
    if (runs_[run].fires.empty() && due > at) attach(run, fire_for(job, *result.fire, record));
    changed_runs_.push_back(run);
    return;
  }
  // What was due and has not started is taken back; what runs may be ended or left alone, so nothing is owed for it. An
  // action whose result is unknown may have done it.
  const bool one_run = takes_back_run(action) && result.kind == OperatorResult::Kind::accepted && result.id != 0;
  const bool takes_back = takes_back_run(action) || action.verb == "pause" || action.verb == "disable";
  if (!takes_back) return;
  const auto meant = [&](std::uint32_t run) {
    return !one_run || runs_[run].id == result.id ||
           (runs_[run].parent != none && runs_[runs_[run].parent].id == result.id);
  };
  std::deque<std::uint32_t>& waiting = waiting_[job];
  for (const std::uint32_t fire : waiting) {
    const std::vector<std::uint32_t>& of_fire = fires_[fire].runs;
    if (fires_[fire].state != FireState::waiting) continue;
    if (!one_run || std::any_of(of_fire.begin(), of_fire.end(), meant)) {
      set_state(fire, FireState::excused, "operator: " + action.verb);
    }
  }
  if (!takes_back_run(action)) return;
  for (std::uint32_t i = 0; i < runs_.size(); ++i) {
    KnownRun& run = runs_[i];
    const bool node_of_it = run.parent != none && runs_[run.parent].job == job;
    if ((run.job != job && !node_of_it) || !meant(i) || run.outcome || run.stopped) continue;
    run.stopped = true;
    changed_runs_.push_back(i);
  }
}

std::uint32_t Ledger::fire_of(std::uint32_t run) const {
  for (std::uint32_t each = run; each != none; each = runs_[each].parent) {
    if (!runs_[each].fires.empty()) return runs_[each].fires.front();
  }
  return none;
}

std::vector<int> Ledger::missing_shards(std::uint32_t index) const {
  const Fire& fire = fires_[index];
  const int shards = roster_.job(fire.job).workflow ? 1 : roster_.job(fire.job).contract.shards;
  std::vector<int> missing;
  if (shards < 2) return missing;
  std::vector<bool> started(static_cast<std::size_t>(shards));
  for (const std::uint32_t run : fire.runs) {
    for (const Execution& work : runs_[run].executions) {
      if (work.shard >= 0 && work.shard < shards) started[static_cast<std::size_t>(work.shard)] = true;
    }
  }
  for (int shard = 0; shard < shards; ++shard) {
    if (!started[static_cast<std::size_t>(shard)]) missing.push_back(shard);
  }
  return missing;
}

// Fires are numbered as they came up: later ones of a job have larger numbers.
bool Ledger::later_started(std::uint32_t fire) const {
  const auto found = last_started_.find(fires_[fire].job);
  return found != last_started_.end() && found->second > fire;
}

std::optional<std::string> Ledger::legal_skip(std::uint32_t index, TrueTime now) const {
  const Fire& fire = fires_[index];
  const JobContract& contract = roster_.job(fire.job).contract;
  for (const std::uint32_t run : fire.runs) {
    if (runs_[run].crowded) {
      return "overlap: as many runs were in progress as the contract allows";
    }
  }
  const bool too_late = now - fire.due > contract.misfire_threshold;
  if (!fire.by_operator && too_late && contract.misfire != MisfireRule::all) {
    // `once`: the run of a later fire makes up for it. `skip`: nobody has to, once the threshold was missed for want of
    // members; in a steady world missing it is the scheduler's own doing.
    if (contract.misfire == MisfireRule::once && later_started(index)) return "misfire: a later run made up for it";
    const TrueTime from = ability_.counts_from(roster_.job(fire.job).scope, fire.due);
    if (contract.misfire == MisfireRule::skip && from - fire.due > contract.misfire_threshold) {
      return "misfire: skipped as the contract says";
    }
  }
  if (contract.overlap == Overlap::replace_old && later_started(index)) return "overlap: replaced by a later run";
  return std::nullopt;
}

std::vector<Evidence> Ledger::story_of(std::uint32_t index) const {
  std::vector<Evidence> all = fires_[index].story;
  const auto add = [&all](const std::vector<Evidence>& story) { all.insert(all.end(), story.begin(), story.end()); };
  for (const std::uint32_t run : fires_[index].runs) {
    add(runs_[run].story);
    for (const std::uint32_t node : runs_[run].children) {
      if (runs_[node].starts == 0 && all.size() < 4 * story_most) add(runs_[node].story);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace chronofault::scenarios
