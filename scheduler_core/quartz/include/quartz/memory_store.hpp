// org.quartz.simpl.RAMJobStore (quartz 2.3, 5.3): everything in the process's memory, lost when it ends.
//
// One monitor guards all of it. Every operation holds the monitor from begin to end, while listeners are told too: a
// misfire listener that takes long keeps everybody else out, the scheduler's thread and its workers included. The
// monitor is not re-entrant, so such a listener must not ask the store itself.
//
// A trigger may be acquired iff it is in `queue_`; acquisition does not look at its state. The queue is ordered by next
// fire time, priority and key as they were when the trigger was put in; whatever changes them takes it out before.
//
// Differs from upstream: replace_trigger refuses another job before it changes anything; upstream leaves the old
// trigger half removed. No scheduler does that: rescheduling sets the job itself.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ports/clock.hpp>
#include <ports/task/sync.hpp>
#include <quartz/job_store.hpp>

namespace chronofault::quartz {

struct MemoryStoreSettings {
  MemoryStoreSettings() = default;
  Duration misfire_threshold = Duration::seconds(5);  // jobStore.misfireThreshold, at least 1 ms
};

/// TriggerWrapper's states.
enum class MemoryState {
  waiting = 0,
  acquired = 1,
  complete = 3,
  paused = 4,
  blocked = 5,
  paused_blocked = 6,
  error = 7,
};
/// "PAUSED_BLOCKED".
std::string_view name_of(MemoryState state);

/// What the store holds, for tests and checks.
struct MemorySnapshot {
  struct Trigger {
    JobTrigger trigger;
    MemoryState state = MemoryState::waiting;
    bool queued = false;  // it may be acquired
  };
  std::map<TriggerKey, Trigger> triggers;
  std::map<JobKey, JobDetail> jobs;
  std::set<JobKey> blocked_jobs;  // also of jobs that were deleted while they ran
  std::set<std::string> paused_trigger_groups;
  std::set<std::string> paused_job_groups;
};

class MemoryStore : public JobStore {
 public:
  /// `clock` outlives the store.
  MemoryStore(Clock& clock, MemoryStoreSettings settings);

  /// As it is between two steps, without the monitor.
  MemorySnapshot snapshot() const;

  void initialize(Signaler& signaler) override { signaler_ = &signaler; }
  Task<> scheduler_started() override;
  void scheduler_paused() override {}
  void scheduler_resumed() override {}
  Task<> shutdown() override;

  Task<> store_job_and_trigger(const JobDetail& job, const JobTrigger& trigger) override;
  Task<> store_job(const JobDetail& job, bool replace) override;
  Task<> store_trigger(const JobTrigger& trigger, bool replace) override;
  Task<bool> replace_trigger(const TriggerKey& old, const JobTrigger& trigger) override;
  Task<bool> remove_trigger(const TriggerKey& key) override;
  Task<bool> remove_job(const JobKey& key) override;
  Task<std::optional<JobDetail>> job(const JobKey& key) override;
  Task<std::optional<JobTrigger>> trigger(const TriggerKey& key) override;
  Task<std::vector<JobTrigger>> triggers_of(const JobKey& job) override;
  Task<TriggerState> trigger_state(const TriggerKey& key) override;
  Task<> store_calendar(const std::string& name, const triggers::ExclusionCalendar& calendar, bool replace,
                        bool update_triggers) override;
  Task<std::shared_ptr<const triggers::ExclusionCalendar>> calendar(const std::string& name) override;

  Task<> pause_trigger(const TriggerKey& key) override;
  Task<> pause_triggers(const std::string& group) override;
  Task<> pause_job(const JobKey& key) override;
  Task<> pause_jobs(const std::string& group) override;
  Task<> pause_all() override;
  Task<> resume_trigger(const TriggerKey& key) override;
  Task<> resume_triggers(const std::string& group) override;
  Task<> resume_job(const JobKey& key) override;
  Task<> resume_jobs(const std::string& group) override;
  Task<> resume_all() override;
  Task<> reset_error(const TriggerKey& key) override;

  Task<std::vector<JobTrigger>> acquire(WallTime no_later_than, int max_count, Duration window) override;
  Task<std::vector<FiredResult>> fired(std::vector<JobTrigger> batch) override;
  Task<> release(const JobTrigger& trigger) override;
  Task<> complete(const JobTrigger& trigger, const JobDetail& job, CompletedExecution instruction) override;

  Duration worth_it_margin() const override { return Duration::ms(7); }
  Duration acquire_retry_delay() const override { return Duration::ms(20); }

 private:
  /// TriggerWrapper.
  struct Entry {
    explicit Entry(JobTrigger held) : held(std::move(held)) {}
    JobTrigger held;
    MemoryState state = MemoryState::waiting;
  };
  using Calendar = triggers::ExclusionCalendar;

  // All of these are called with the monitor held.
  void put_job(const JobDetail& job, bool replace);
  void put_trigger(const JobTrigger& trigger, bool replace);
  void take_out(const TriggerKey& key);
  bool erase_job(const JobKey& key);
  Task<bool> remove(const TriggerKey& key);
  Entry* find(const TriggerKey& key);
  /// In the order in which they were stored.
  std::vector<Entry*> entries_of(const JobKey& job);
  void enqueue(const Entry& entry) { queue_.insert(entry.held.trigger.order()); }
  bool dequeue(const Entry& entry) { return queue_.erase(entry.held.trigger.order()) > 0; }
  Entry* pop_first();
  void pause(Entry& entry);
  void pause_group(const std::string& group);
  Task<> resume(Entry* entry);
  Task<> resume_group(std::optional<std::string> group);
  /// True: the next fire time has changed, or there is none any more.
  Task<bool> apply_misfire(Entry* entry);
  std::optional<FiredResult> fire(JobTrigger held);
  void block(const JobKey& job);
  void unblock(const JobKey& job);
  void set_all(const JobKey& job, MemoryState state);
  const Calendar* calendar_of(const JobTrigger& trigger) const;
  WallTime now() const { return WallTime::from_ms(clock_.wall().ms()); }
  triggers::TriggerContext context() const { return {now(), clock_.zone(), give_up_year_}; }

  Clock& clock_;
  MemoryStoreSettings settings_;
  int give_up_year_;
  std::int64_t last_fire_instance_;
  Signaler* signaler_ = nullptr;
  Mutex monitor_;
  std::map<JobKey, JobDetail> jobs_;
  std::map<TriggerKey, Entry> triggers_;
  std::map<JobKey, std::vector<TriggerKey>> triggers_by_job_;
  std::set<triggers::TriggerOrder> queue_;  // timeTriggers
  std::map<std::string, std::shared_ptr<const Calendar>> calendars_;
  std::set<std::string> paused_trigger_groups_;
  std::set<std::string> paused_job_groups_;
  std::set<JobKey> blocked_jobs_;
};

}  // namespace chronofault::quartz
