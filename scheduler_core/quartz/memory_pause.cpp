// Pausing and resuming in memory (quartz 5.3). A paused group is remembered, for triggers that are stored later.
#include <quartz/memory_store.hpp>

namespace chronofault::quartz {

void MemoryStore::pause(Entry& entry) {
  if (entry.state == MemoryState::complete) return;
  entry.state = entry.state == MemoryState::blocked ? MemoryState::paused_blocked : MemoryState::paused;
  dequeue(entry);
}

void MemoryStore::pause_group(const std::string& group) {
  if (!paused_trigger_groups_.insert(group).second) return;
  for (auto& [key, entry] : triggers_) {
    if (key.group == group) pause(entry);
  }
}

Task<> MemoryStore::pause_trigger(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  if (Entry* entry = find(key)) pause(*entry);
}

Task<> MemoryStore::pause_triggers(const std::string& group) {
  const auto guard = co_await monitor_.lock();
  pause_group(group);
}

Task<> MemoryStore::pause_job(const JobKey& key) {
  const auto guard = co_await monitor_.lock();
  for (Entry* entry : entries_of(key)) pause(*entry);
}

Task<> MemoryStore::pause_jobs(const std::string& group) {
  const auto guard = co_await monitor_.lock();
  if (!paused_job_groups_.insert(group).second) co_return;
  for (auto& [key, entry] : triggers_) {
    if (entry.held.job.group == group) pause(entry);
  }
}

Task<> MemoryStore::pause_all() {
  const auto guard = co_await monitor_.lock();
  std::set<std::string> groups;
  for (const auto& [key, entry] : triggers_) groups.insert(key.group);
  for (const std::string& group : groups) pause_group(group);
}

Task<> MemoryStore::resume(Entry* entry) {
  if (entry->state != MemoryState::paused && entry->state != MemoryState::paused_blocked) co_return;
  entry->state = blocked_jobs_.contains(entry->held.job) ? MemoryState::blocked : MemoryState::waiting;
  co_await apply_misfire(entry);
  if (entry->state == MemoryState::waiting) enqueue(*entry);
}

/// None: every group.
Task<> MemoryStore::resume_group(std::optional<std::string> group) {
  for (auto& [key, entry] : triggers_) {
    if (group && key.group != *group) continue;
    if (paused_job_groups_.contains(entry.held.job.group)) continue;
    co_await resume(&entry);
  }
  if (group) {
    paused_trigger_groups_.erase(*group);
  } else {
    paused_trigger_groups_.clear();
  }
}

Task<> MemoryStore::resume_trigger(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  Entry* entry = find(key);
  if (entry != nullptr) co_await resume(entry);
}

Task<> MemoryStore::resume_triggers(const std::string& group) {
  const auto guard = co_await monitor_.lock();
  co_await resume_group(group);
}

Task<> MemoryStore::resume_job(const JobKey& key) {
  const auto guard = co_await monitor_.lock();
  for (Entry* entry : entries_of(key)) co_await resume(entry);
}

Task<> MemoryStore::resume_jobs(const std::string& group) {
  const auto guard = co_await monitor_.lock();
  paused_job_groups_.erase(group);
  for (auto& [key, entry] : triggers_) {
    if (entry.held.job.group == group) co_await resume(&entry);
  }
}

Task<> MemoryStore::resume_all() {
  const auto guard = co_await monitor_.lock();
  paused_job_groups_.clear();
  co_await resume_group(std::nullopt);
}

Task<> MemoryStore::reset_error(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  Entry* entry = find(key);
  if (entry == nullptr || entry->state != MemoryState::error) co_return;
  if (paused_trigger_groups_.contains(key.group)) {
    entry->state = MemoryState::paused;
  } else {
    entry->state = MemoryState::waiting;
    enqueue(*entry);
  }
}

}  // namespace chronofault::quartz
