// What the scheduler's thread and its workers do with the memory store (quartz 5.3, 7.9, 7.11 .. 7.14).
#include <algorithm>

#include <quartz/memory_store.hpp>

namespace chronofault::quartz {

MemoryStore::Entry* MemoryStore::pop_first() {
  if (queue_.empty()) return nullptr;
  Entry* entry = find(queue_.begin()->key);
  CF_ASSERT(entry != nullptr && entry->held.trigger.order() == *queue_.begin());
  queue_.erase(queue_.begin());
  return entry;
}

Task<bool> MemoryStore::apply_misfire(Entry* entry) {
  triggers::Trigger& trigger = entry->held.trigger;
  const std::optional<WallTime> due = trigger.next;
  if (!due || *due > now() - settings_.misfire_threshold) co_return false;
  if (trigger.misfire_instruction == triggers::misfire::ignore) co_return false;
  const JobTrigger told = entry->held;
  co_await signaler_->trigger_misfired(told);
  triggers::update_after_misfire(trigger, calendar_of(entry->held), context());
  if (!trigger.next) {
    entry->state = MemoryState::complete;
    co_await signaler_->trigger_finalized(entry->held);
    co_return true;
  }
  co_return trigger.next != due;
}

Task<std::vector<JobTrigger>> MemoryStore::acquire(WallTime no_later_than, int max_count, Duration window) {
  const auto guard = co_await monitor_.lock();
  std::vector<JobTrigger> acquired;
  std::set<JobKey> exclusive_jobs;
  std::vector<Entry*> left_out;
  WallTime batch_end = no_later_than;
  while (Entry* entry = pop_first()) {
    if (!entry->held.trigger.next) continue;
    const bool misfired = co_await apply_misfire(entry);
    if (misfired) {
      if (entry->held.trigger.next) enqueue(*entry);
      continue;
    }
    const WallTime due = *entry->held.trigger.next;
    if (due > batch_end) {
      enqueue(*entry);
      break;
    }
    if (jobs_.at(entry->held.job).disallow_concurrent_execution && !exclusive_jobs.insert(entry->held.job).second) {
      left_out.push_back(entry);
      continue;
    }
    entry->state = MemoryState::acquired;
    entry->held.fire_instance_id = std::to_string(++last_fire_instance_);
    if (acquired.empty()) batch_end = std::max(due, now()) + window;
    acquired.push_back(entry->held);
    if (static_cast<int>(acquired.size()) == max_count) break;
  }
  for (const Entry* entry : left_out) enqueue(*entry);
  co_return acquired;
}

Task<std::vector<FiredResult>> MemoryStore::fired(std::vector<JobTrigger> batch) {
  const auto guard = co_await monitor_.lock();
  std::vector<FiredResult> results;
  for (JobTrigger& held : batch) {
    if (auto result = fire(std::move(held))) results.push_back(std::move(*result));
  }
  co_return results;
}

std::optional<FiredResult> MemoryStore::fire(JobTrigger held) {
  Entry* entry = find(held.trigger.key);
  if (entry == nullptr || entry->state != MemoryState::acquired) return std::nullopt;
  const Calendar* calendar = calendar_of(entry->held);
  if (calendar == nullptr && !entry->held.trigger.calendar_name.empty()) return std::nullopt;
  const std::optional<WallTime> previous = held.trigger.previous;
  dequeue(*entry);  // it may have been replaced since it was acquired
  triggers::triggered(entry->held.trigger, calendar, context());
  triggers::triggered(held.trigger, calendar, context());
  entry->state = MemoryState::waiting;

  FiredBundle bundle;
  bundle.job = jobs_.at(entry->held.job);
  bundle.trigger = std::move(held);
  bundle.fire_time = now();
  bundle.scheduled_fire_time = bundle.trigger.trigger.previous;
  bundle.previous_fire_time = previous;
  bundle.next_fire_time = bundle.trigger.trigger.next;

  if (bundle.job.disallow_concurrent_execution) {
    block(bundle.job.key);
  } else if (entry->held.trigger.next) {
    enqueue(*entry);
  }
  FiredResult result;
  result.bundle = std::move(bundle);
  return result;
}

Task<> MemoryStore::release(const JobTrigger& trigger) {
  const auto guard = co_await monitor_.lock();
  Entry* entry = find(trigger.trigger.key);
  if (entry == nullptr || entry->state != MemoryState::acquired) co_return;
  entry->state = MemoryState::waiting;
  enqueue(*entry);
}

Task<> MemoryStore::complete(const JobTrigger& trigger, const JobDetail& job, CompletedExecution instruction) {
  const auto guard = co_await monitor_.lock();
  const auto stored = jobs_.find(job.key);
  if (stored == jobs_.end()) {
    blocked_jobs_.erase(job.key);  // deleted while it ran
  } else {
    if (stored->second.persist_data_after_execution) stored->second.data = job.data;
    if (stored->second.disallow_concurrent_execution) {
      unblock(job.key);
      signaler_->scheduling_changed(std::nullopt);
    }
  }
  Entry* entry = find(trigger.trigger.key);
  if (entry == nullptr) co_return;  // deleted while the job ran
  switch (instruction) {
    case CompletedExecution::noop:
    case CompletedExecution::re_execute_job:
      co_return;
    case CompletedExecution::delete_trigger:
      // It may have been given another fire time while the job ran.
      if (!trigger.trigger.next && entry->held.trigger.next) co_return;
      co_await remove(trigger.trigger.key);
      if (!trigger.trigger.next) co_return;
      break;
    case CompletedExecution::set_trigger_complete:
      entry->state = MemoryState::complete;
      dequeue(*entry);
      break;
    case CompletedExecution::set_trigger_error:
      entry->state = MemoryState::error;  // and stays queued
      break;
    case CompletedExecution::set_all_job_triggers_complete:
      set_all(trigger.job, MemoryState::complete);
      break;
    case CompletedExecution::set_all_job_triggers_error:
      set_all(trigger.job, MemoryState::error);
      break;
  }
  signaler_->scheduling_changed(std::nullopt);
}

void MemoryStore::block(const JobKey& job) {
  for (Entry* entry : entries_of(job)) {
    if (entry->state == MemoryState::waiting) entry->state = MemoryState::blocked;
    if (entry->state == MemoryState::paused) entry->state = MemoryState::paused_blocked;
    dequeue(*entry);
  }
  blocked_jobs_.insert(job);
}

void MemoryStore::unblock(const JobKey& job) {
  blocked_jobs_.erase(job);
  for (Entry* entry : entries_of(job)) {
    if (entry->state == MemoryState::blocked) {
      entry->state = MemoryState::waiting;
      enqueue(*entry);
    }
    if (entry->state == MemoryState::paused_blocked) entry->state = MemoryState::paused;
  }
}

void MemoryStore::set_all(const JobKey& job, MemoryState state) {
  for (Entry* entry : entries_of(job)) {
    entry->state = state;
    dequeue(*entry);
  }
}

}  // namespace chronofault::quartz
