#include <algorithm>

#include <fmt/format.h>

#include <quartz/memory_store.hpp>
#include <quartz/process_years.hpp>

namespace chronofault::quartz {
namespace {

std::string text_of(const TriggerKey& key) { return fmt::format("{}.{}", key.group, key.name); }

}  // namespace

std::string_view name_of(MemoryState state) {
  switch (state) {
    case MemoryState::waiting:
      return "WAITING";
    case MemoryState::acquired:
      return "ACQUIRED";
    case MemoryState::complete:
      return "COMPLETE";
    case MemoryState::paused:
      return "PAUSED";
    case MemoryState::blocked:
      return "BLOCKED";
    case MemoryState::paused_blocked:
      return "PAUSED_BLOCKED";
    case MemoryState::error:
      return "ERROR";
  }
  return "";
}

MemoryStore::MemoryStore(Clock& clock, MemoryStoreSettings settings)
    : clock_(clock),
      settings_(settings),
      give_up_year_(give_up_year_of(clock)),
      last_fire_instance_(clock.wall().ms()) {
  CF_ASSERT(settings_.misfire_threshold >= Duration::ms(1));
}

MemorySnapshot MemoryStore::snapshot() const {
  MemorySnapshot seen;
  for (const auto& [key, entry] : triggers_) {
    MemorySnapshot::Trigger& trigger = seen.triggers[key];
    trigger.trigger = entry.held;
    trigger.state = entry.state;
    trigger.queued = queue_.contains(entry.held.trigger.order());
  }
  seen.jobs = jobs_;
  seen.blocked_jobs = blocked_jobs_;
  seen.paused_trigger_groups = paused_trigger_groups_;
  seen.paused_job_groups = paused_job_groups_;
  return seen;
}

Task<> MemoryStore::scheduler_started() { co_return; }
Task<> MemoryStore::shutdown() { co_return; }

// --- jobs and triggers ---------------------------------------------------------------------------------------------

void MemoryStore::put_job(const JobDetail& job, bool replace) {
  if (!replace && jobs_.contains(job.key)) {
    throw ObjectAlreadyExists(
        fmt::format("Unable to store Job : '{}', because one already exists with this "
                    "identification.",
                    text_of(job.key)));
  }
  jobs_.insert_or_assign(job.key, job);
}

void MemoryStore::put_trigger(const JobTrigger& trigger, bool replace) {
  const TriggerKey& key = trigger.trigger.key;
  if (triggers_.contains(key)) {
    if (!replace) {
      throw ObjectAlreadyExists(
          fmt::format("Unable to store Trigger with name: '{}' and group: '{}', because one "
                      "already exists with this identification.",
                      key.name, key.group));
    }
    take_out(key);
  }
  if (!jobs_.contains(trigger.job)) {
    throw JobPersistence(fmt::format("The job ({}) referenced by the trigger does not exist.", text_of(trigger.job)));
  }
  Entry& entry = triggers_.emplace(key, Entry(trigger)).first->second;
  triggers_by_job_[trigger.job].push_back(key);
  const bool blocked = blocked_jobs_.contains(trigger.job);
  if (paused_trigger_groups_.contains(key.group) || paused_job_groups_.contains(trigger.job.group)) {
    entry.state = blocked ? MemoryState::paused_blocked : MemoryState::paused;
  } else if (blocked) {
    entry.state = MemoryState::blocked;
  } else {
    enqueue(entry);
  }
}

void MemoryStore::take_out(const TriggerKey& key) {
  const auto found = triggers_.find(key);
  CF_ASSERT(found != triggers_.end());
  dequeue(found->second);
  const auto of_job = triggers_by_job_.find(found->second.held.job);
  std::erase(of_job->second, key);
  if (of_job->second.empty()) triggers_by_job_.erase(of_job);
  triggers_.erase(found);
}

bool MemoryStore::erase_job(const JobKey& key) { return jobs_.erase(key) > 0; }

Task<bool> MemoryStore::remove(const TriggerKey& key) {
  const Entry* entry = find(key);
  if (entry == nullptr) co_return false;
  const JobKey job = entry->held.job;
  take_out(key);
  if (triggers_by_job_.contains(job)) co_return true;
  const auto detail = jobs_.find(job);
  if (detail == jobs_.end() || detail->second.durable) co_return true;
  erase_job(job);
  co_await signaler_->job_deleted(job);
  co_return true;
}

MemoryStore::Entry* MemoryStore::find(const TriggerKey& key) {
  const auto found = triggers_.find(key);
  return found == triggers_.end() ? nullptr : &found->second;
}

std::vector<MemoryStore::Entry*> MemoryStore::entries_of(const JobKey& job) {
  std::vector<Entry*> entries;
  const auto of_job = triggers_by_job_.find(job);
  if (of_job == triggers_by_job_.end()) return entries;
  for (const TriggerKey& key : of_job->second) entries.push_back(find(key));
  return entries;
}

const MemoryStore::Calendar* MemoryStore::calendar_of(const JobTrigger& trigger) const {
  const auto found = calendars_.find(trigger.trigger.calendar_name);
  return found == calendars_.end() ? nullptr : found->second.get();
}

// --- what applications call ----------------------------------------------------------------------------------------

Task<> MemoryStore::store_job_and_trigger(const JobDetail& job, const JobTrigger& trigger) {
  // Two entries into the monitor, as upstream: a trigger that is refused leaves its job behind.
  co_await store_job(job, false);
  co_await store_trigger(trigger, false);
}

Task<> MemoryStore::store_job(const JobDetail& job, bool replace) {
  const auto guard = co_await monitor_.lock();
  put_job(job, replace);
}

Task<> MemoryStore::store_trigger(const JobTrigger& trigger, bool replace) {
  const auto guard = co_await monitor_.lock();
  put_trigger(trigger, replace);
}

Task<bool> MemoryStore::replace_trigger(const TriggerKey& old, const JobTrigger& trigger) {
  const auto guard = co_await monitor_.lock();
  const Entry* entry = find(old);
  if (entry == nullptr) co_return false;
  const JobTrigger before = entry->held;
  if (before.job != trigger.job) {
    throw JobPersistence("New trigger is not related to the same job as the old trigger.");
  }
  take_out(old);
  try {
    put_trigger(trigger, false);
  } catch (const JobPersistence&) {
    put_trigger(before, false);
    throw;
  }
  co_return true;
}

Task<bool> MemoryStore::remove_trigger(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  co_return co_await remove(key);
}

Task<bool> MemoryStore::remove_job(const JobKey& key) {
  const auto guard = co_await monitor_.lock();
  bool found = false;
  for (const Entry* entry : entries_of(key)) {
    const TriggerKey trigger = entry->held.trigger.key;
    co_await remove(trigger);
    found = true;
  }
  const bool erased = erase_job(key);
  co_return erased || found;
}

Task<std::optional<JobDetail>> MemoryStore::job(const JobKey& key) {
  const auto guard = co_await monitor_.lock();
  const auto found = jobs_.find(key);
  if (found == jobs_.end()) co_return std::nullopt;
  co_return found->second;
}

Task<std::optional<JobTrigger>> MemoryStore::trigger(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  const Entry* entry = find(key);
  if (entry == nullptr) co_return std::nullopt;
  co_return entry->held;
}

Task<std::vector<JobTrigger>> MemoryStore::triggers_of(const JobKey& job) {
  const auto guard = co_await monitor_.lock();
  std::vector<JobTrigger> all;
  for (const Entry* entry : entries_of(job)) all.push_back(entry->held);
  co_return all;
}

Task<TriggerState> MemoryStore::trigger_state(const TriggerKey& key) {
  const auto guard = co_await monitor_.lock();
  const Entry* entry = find(key);
  if (entry == nullptr) co_return TriggerState::none;
  switch (entry->state) {
    case MemoryState::complete:
      co_return TriggerState::complete;
    case MemoryState::paused:
    case MemoryState::paused_blocked:
      co_return TriggerState::paused;
    case MemoryState::blocked:
      co_return TriggerState::blocked;
    case MemoryState::error:
      co_return TriggerState::error;
    case MemoryState::waiting:
    case MemoryState::acquired:
      break;
  }
  co_return TriggerState::normal;
}

Task<> MemoryStore::store_calendar(const std::string& name, const Calendar& calendar, bool replace,
                                   bool update_triggers) {
  const auto guard = co_await monitor_.lock();
  const bool known = calendars_.contains(name);
  if (known && !replace) throw ObjectAlreadyExists(fmt::format("Calendar with name '{}' already exists.", name));
  const auto kept = std::make_shared<const Calendar>(calendar);
  calendars_.insert_or_assign(name, kept);
  if (!known || !update_triggers) co_return;
  for (auto& [key, entry] : triggers_) {
    if (entry.held.trigger.calendar_name != name) continue;
    const bool queued = dequeue(entry);
    triggers::update_with_new_calendar(entry.held.trigger, kept.get(), settings_.misfire_threshold, context());
    if (queued) enqueue(entry);
  }
}

Task<std::shared_ptr<const MemoryStore::Calendar>> MemoryStore::calendar(const std::string& name) {
  const auto guard = co_await monitor_.lock();
  const auto found = calendars_.find(name);
  if (found == calendars_.end()) co_return nullptr;
  co_return found->second;
}

}  // namespace chronofault::quartz
