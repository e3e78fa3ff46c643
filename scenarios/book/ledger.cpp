#include <algorithm>

#include <ports/assert.hpp>
#include <scenarios/ledger.hpp>

namespace chronofault::scenarios {

using sim::DomainRecord;
using sim::TrueTime;

void Ledger::tell(std::vector<Evidence>& story, Evidence record) {
  if (record != 0 && story.size() < story_most && (story.empty() || story.back() != record)) story.push_back(record);
}

std::uint32_t Ledger::find_run(bool workflow, std::int64_t id) const {
  const auto found = run_of_id_.find(RunKey{workflow, id});
  return found == run_of_id_.end() ? none : found->second;
}

std::uint32_t Ledger::run_for(JobIndex job, std::int64_t id, const std::optional<WallTime>& fire, TrueTime at) {
  const auto make = [&] {
    KnownRun run;
    run.id = id;
    run.job = job;
    run.seen = run.active = at;
    runs_.push_back(std::move(run));
    return static_cast<std::uint32_t>(runs_.size() - 1);
  };
  if (id != 0) {
    const auto [place, fresh] = run_of_id_.try_emplace(RunKey{roster_.job(job).workflow, id}, none);
    if (fresh) {
      place->second = make();
      if (roster_.job(job).workflow) adopt(place->second, id);
    }
    return place->second;
  }
  if (!fire) return none;
  const auto [place, fresh] = nameless_runs_.try_emplace({job, *fire}, none);
  if (fresh) place->second = make();
  return place->second;
}

// Nodes that were heard of before their workflow's run.
void Ledger::adopt(std::uint32_t workflow, std::int64_t id) {
  const auto found = orphans_.find(id);
  if (found == orphans_.end()) return;
  const std::vector<std::uint32_t> nodes = std::move(found->second);
  orphans_.erase(found);
  for (const std::uint32_t node : nodes) {
    if (runs_[node].parent != none) continue;
    runs_[node].parent = workflow;
    runs_[workflow].children.push_back(node);
    runs_[workflow].running += runs_[node].running;
    runs_[workflow].starts += runs_[node].starts;
    runs_[workflow].active = std::max(runs_[workflow].active, runs_[node].active);
  }
}

std::uint32_t Ledger::fire_for(JobIndex job, WallTime nominal, Evidence record) {
  const auto [place, fresh] = fire_of_time_.try_emplace({job, nominal}, none);
  if (fresh) {
    Fire fire;
    fire.job = job;
    fire.nominal = nominal;
    fire.since = record;
    fires_.push_back(std::move(fire));
    place->second = static_cast<std::uint32_t>(fires_.size() - 1);
  }
  return place->second;
}

void Ledger::attach(std::uint32_t run, std::uint32_t fire) {
  std::vector<std::uint32_t>& fires = runs_[run].fires;
  if (std::find(fires.begin(), fires.end(), fire) != fires.end()) return;
  fires.push_back(fire);
  fires_[fire].runs.push_back(run);
  if (runs_[run].starts > 0 && fires_[fire].state == FireState::waiting) set_state(fire, FireState::started);
}

void Ledger::attribute(std::uint32_t run, const std::optional<WallTime>& fire, Evidence record) {
  const KnownRun& which = runs_[run];
  if (which.of_workflow) return;  // its workflow has the fire
  const ScheduleKind kind = roster_.job(which.job).contract.schedule.kind;
  // The run of an operator's fire keeps it, whatever time the system writes beside it.
  if (!which.fires.empty() && fires_[which.fires.front()].by_operator) return;
  if (kind == ScheduleKind::every) return;  // attached when it starts, in order
  if (fire) attach(run, fire_for(which.job, *fire, record));
}

void Ledger::set_state(std::uint32_t fire, FireState state, std::string why) {
  Fire& it = fires_[fire];
  if (it.state == state) return;
  it.state = state;
  it.why = std::move(why);
  if (state == FireState::started) {
    std::uint32_t& newest = last_started_[it.job];
    newest = std::max(newest, fire);
  }
  changed_fires_.push_back(fire);
}

void Ledger::fire_due(const DomainRecord& record, Sighting& sighting) {
  const Event& event = record.event;
  CF_ASSERT(sighting.job != none && event.fire.has_value());
  std::uint32_t index = none;
  if (event.run != 0) {
    sighting.run = run_for(sighting.job, event.run, event.fire, record.at);
    KnownRun& run = runs_[sighting.run];
    // The system may have spoken of this run before it was due, and called its time a fire.
    for (const std::uint32_t known : run.fires) {
      if (fires_[known].state == FireState::expected) index = known;
    }
    if (index != none) fire_of_time_.erase({sighting.job, fires_[index].nominal});
    if (index == none) {
      Fire fire;
      fire.job = sighting.job;
      fire.since = record.id;
      fires_.push_back(std::move(fire));
      index = static_cast<std::uint32_t>(fires_.size() - 1);
      run.fires.push_back(index);
      fires_[index].runs.push_back(sighting.run);
    }
    fires_[index].by_operator = true;
    fires_[index].nominal = *event.fire;
    if (!run.story.empty()) fires_[index].since = std::min(fires_[index].since, run.story.front());
  } else {
    index = fire_for(sighting.job, *event.fire, record.id);
    if (fires_[index].state != FireState::expected) return;
    // Of a job without a schedule there are no other fires than those that somebody asked for.
    fires_[index].by_operator = roster_.job(sighting.job).contract.schedule.kind == ScheduleKind::on_demand;
  }
  Fire& fire = fires_[index];
  fire.due = record.at;
  tell(fire.story, record.id);
  set_state(index, FireState::waiting);

  const bool phase_free = roster_.job(sighting.job).contract.schedule.kind == ScheduleKind::every && !fire.by_operator;
  if (auto& early = early_[sighting.job]; phase_free && !early.empty()) {
    const std::uint32_t run = early.front();
    early.pop_front();
    attach(run, index);
  }
  for (const std::uint32_t run : std::vector<std::uint32_t>(fire.runs)) {
    if (runs_[run].starts > 0) set_state(index, FireState::started);
  }
  if (fires_[index].state == FireState::waiting) waiting_[sighting.job].push_back(index);
}

// The oldest that is due. Where missed ones are skipped, the oldest that may not be: a run that comes after a long
// absence makes up for none of them, and if all may be skipped, it is the newest one's.
std::uint32_t Ledger::next_in_order(std::uint32_t run) const {
  const auto found = waiting_.find(runs_[run].job);
  if (found == waiting_.end()) return none;
  const bool skips = roster_.job(runs_[run].job).contract.misfire == MisfireRule::skip;
  std::uint32_t newest = none;
  for (const std::uint32_t fire : found->second) {
    if (fires_[fire].state != FireState::waiting || fires_[fire].by_operator) continue;
    newest = fire;
    if (!skips || !legal_skip(fire, runs_[run].active)) return fire;
  }
  return newest;
}

void Ledger::start_fires(std::uint32_t run) {
  const JobIndex job = runs_[run].job;
  std::deque<std::uint32_t>& waiting = waiting_[job];
  while (!waiting.empty() && fires_[waiting.front()].state != FireState::waiting) waiting.pop_front();
  if (runs_[run].fires.empty() && !runs_[run].of_workflow) {
    const ScheduleKind kind = roster_.job(job).contract.schedule.kind;
    const bool phase_free = kind == ScheduleKind::every || kind == ScheduleKind::after;
    const std::uint32_t next = phase_free ? next_in_order(run) : none;
    if (next != none) {
      attach(run, next);
    } else if (kind == ScheduleKind::every && runs_[run].starts == 1) {
      std::deque<std::uint32_t>& early = early_[job];
      if (early.empty()) early.push_back(run);  // one run ahead of its time, no more
    }
  }
  for (const std::uint32_t fire : runs_[run].fires) {
    if (fires_[fire].state == FireState::waiting || fires_[fire].state == FireState::lost) {
      set_state(fire, FireState::started);
    }
  }
}

void Ledger::started(std::uint32_t run, const DomainRecord& record, Sighting& sighting) {
  Execution work;
  work.run = run;
  work.shard = record.event.shard;
  work.attempt = record.event.attempt;
  work.process = record.process;
  work.started = record.at;
  work.start = record.id;
  sighting.execution = static_cast<std::uint32_t>(runs_[run].executions.size());
  runs_[run].executions.push_back(work);
  work_on_[record.process].emplace_back(run, sighting.execution);
  for (std::uint32_t each = run; each != none; each = runs_[each].parent) {
    ++runs_[each].running;
    ++runs_[each].starts;
    runs_[each].active = record.at;
    start_fires(each);
  }
}

void Ledger::ended(std::uint32_t run, const DomainRecord& record, Sighting& sighting) {
  std::vector<Execution>& all = runs_[run].executions;
  // Work may outlive its process (DESIGN 3): then its end names one that was given up for lost.
  std::uint32_t found = none;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const bool same = all[i].shard == record.event.shard && all[i].attempt == record.event.attempt &&
                      all[i].process == record.process && !all[i].ended;
    if (same && (found == none || !all[i].lost || all[found].lost)) found = i;
  }
  if (found == none) return;
  Execution& work = all[found];
  const bool was_running = work.running();
  work.ended = record.at;
  work.ok = record.event.ok;
  work.end = record.id;
  sighting.execution = found;
  std::erase(work_on_[record.process], std::pair(run, found));
  for (std::uint32_t each = run; each != none; each = runs_[each].parent) {
    if (was_running) --runs_[each].running;
    runs_[each].active = record.at;
  }
}

void Ledger::count_progress(std::uint32_t run) {
  KnownRun& it = runs_[run];
  if (it.counted || it.outcome) return;
  it.counted = true;
  ++progress_[it.job];
}

int Ledger::in_progress(JobIndex job, std::uint32_t except) const {
  const auto found = progress_.find(job);
  const int count = found == progress_.end() ? 0 : found->second;
  return except != none && runs_[except].job == job && runs_[except].counted ? count - 1 : count;
}

void Ledger::outcome(std::uint32_t run, const DomainRecord& record) {
  KnownRun& it = runs_[run];
  if (it.counted) --progress_[it.job];
  it.counted = false;
  it.outcome = record.event.ok;
  it.outcome_at = record.at;
  it.outcome_text = record.event.detail;
  it.outcome_record = record.id;
}

Sighting Ledger::on_event(const DomainRecord& record) {
  changed_fires_.clear();
  changed_runs_.clear();
  const Event& event = record.event;
  Sighting sighting;
  if (event.job.empty()) return sighting;
  sighting.job = roster_.find(event.job);
  if (sighting.job == none) return sighting;
  if (event.kind == EventKind::FireDue) {
    fire_due(record, sighting);
    return sighting;
  }
  const bool about_run = event.kind == EventKind::FireTaken || event.kind == EventKind::RunCreated ||
                         event.kind == EventKind::RunDispatched || event.kind == EventKind::RunRejected ||
                         event.kind == EventKind::RunUnplaced || event.kind == EventKind::RunStarted ||
                         event.kind == EventKind::RunEnded || event.kind == EventKind::OutcomeRecorded ||
                         event.kind == EventKind::RunWaits;
  if (event.kind == EventKind::ShardsAssigned && event.fire) {
    sighting.run = run_for(sighting.job, event.run, event.fire, record.at);
    tell(runs_[sighting.run].story, record.id);
    return sighting;
  }
  if (event.kind == EventKind::WorkflowAdvanced) {
    sighting.run = find_run(true, event.parent_run != 0 ? event.parent_run : event.run);
    if (sighting.run != none) tell(runs_[sighting.run].story, record.id);
    return sighting;
  }
  if (!about_run) return sighting;
  sighting.run = run_for(sighting.job, event.run, event.fire, record.at);
  if (sighting.run == none) {
    // A fire that was taken by no run: it is known now.
    if (event.kind == EventKind::FireTaken && event.fire) {
      tell(fires_[fire_for(sighting.job, *event.fire, record.id)].story, record.id);
    }
    return sighting;
  }
  const std::uint32_t run = sighting.run;
  if (event.parent_run != 0 && runs_[run].parent == none) {
    runs_[run].of_workflow = true;
    if (const std::uint32_t parent = find_run(true, event.parent_run); parent != none && parent != run) {
      runs_[run].parent = parent;
      runs_[parent].children.push_back(run);
    } else if (parent == none) {
      std::vector<std::uint32_t>& waiting = orphans_[event.parent_run];
      if (waiting.empty() || waiting.back() != run) waiting.push_back(run);
    }
  }
  if (event.kind != EventKind::RunEnded) attribute(run, event.fire, record.id);
  tell(runs_[run].story, record.id);
  switch (event.kind) {
    case EventKind::FireTaken:  // of a run: it exists
    case EventKind::RunCreated:
      if (roster_.job(sighting.job).workflow) count_progress(run);
      runs_[run].created = true;
      break;
    case EventKind::RunDispatched:
      if (!roster_.job(sighting.job).workflow) count_progress(run);
      runs_[run].dispatched = true;
      break;
    case EventKind::RunRejected: {
      const JobContract& contract = roster_.job(sighting.job).contract;
      const int limit =
          contract.overlap_limit > 0 ? contract.overlap_limit : (contract.overlap == Overlap::discard_new ? 1 : 0);
      runs_[run].crowded = limit > 0 && in_progress(sighting.job, run) >= limit;
      break;
    }
    case EventKind::RunStarted:
      count_progress(run);
      started(run, record, sighting);
      break;
    case EventKind::RunEnded:
      ended(run, record, sighting);
      break;
    case EventKind::OutcomeRecorded:
      outcome(run, record);
      break;
    default:
      break;
  }
  return sighting;
}

}  // namespace chronofault::scenarios
