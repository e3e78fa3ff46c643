// Jobs and triggers in the QRTZ_ tables (org.quartz.impl.jdbcjobstore.JobStoreSupport), alone or as one node of a
// cluster that shares them. Nodes exchange no messages: all they know of each other are rows.
//
// "In lock L" (quartz 2.4): one transaction on a connection of the pool that obtains L, does the body, commits, sends
// the scheduling signal that the body asked for, and forgets the ownership of L. What fails rolls back and comes out as
// JobPersistence. Where a commit fails nobody knows whether it happened: acquire and fire then look whether their rows
// are there; release and complete are repeated until they succeed.
//
// Instants are the node's wall clock in whole milliseconds. The database's clock plays no part, so a clock that is off
// fires early or late for everybody and sees its peers older or younger than they are (quartz 8).
//
// Three settings stand for upstream's classes: JobStoreTX; clustered; managed_connections, which is Spring's
// LocalDataSourceJobStore where no transaction surrounds the call: an API operation then runs in auto-commit mode, so
// its row lock ends with the statement that takes it, and nothing of it is undone.
//
// Not modelled: foreign keys, triggers of unknown kinds (BLOB), selections by other matchers than "group equals".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ports/system.hpp>
#include <ports/task/scope.hpp>
#include <quartz/job_store.hpp>
#include <quartz/lock_handler.hpp>
#include <quartz/statements.hpp>
#include <quartz/tables.hpp>

namespace chronofault::quartz {

class ClusterManager;
class MisfireHandler;

/// How a store deviates from 2.3.2. Each is a later release's, or says "not upstream" (quartz 11).
struct StorePolicies {
  StorePolicies() = default;
  bool roll_back_before_lock_retry = false;  // 2.4.0, #763
  bool skip_bad_misfires = false;            // 2.5.0, #1260: a trigger that cannot be re-timed does not fail the pass
  bool long_properties = false;              // 2.5.0, 6b1b8414
  bool rewrite_extension_rows = false;       // after 2.5.2, #920: replacing with another type of trigger
  bool release_only_from_acquired = false;   // not upstream: and fire refuses while the job's executing row is there
  bool delete_only_read_rows = false;        // not upstream: recovery deletes the rows that it has looked at
  bool clamp_sleeps_to_period = false;       // not upstream: a clock that jumps back does not prolong a loop's sleep
};

struct DatabaseStoreOptions {
  DatabaseStoreOptions() = default;
  std::string scheduler_name = "QuartzScheduler";           // scheduler.instanceName
  std::string instance_id = "NON_CLUSTERED";                // scheduler.instanceId, resolved
  bool clustered = false;                                   // jobStore.isClustered
  bool use_db_locks = false;                                // jobStore.useDBLocks; true if clustered or managed
  bool managed_connections = false;                         // LocalDataSourceJobStore
  bool lock_on_insert = true;                               // jobStore.lockOnInsert
  bool acquire_triggers_within_lock = false;                // jobStore.acquireTriggersWithinLock
  bool double_check_lock_misfire_handler = true;            // jobStore.doubleCheckLockMisfireHandler
  Duration misfire_threshold = Duration::minutes(1);        // jobStore.misfireThreshold
  int max_misfires_to_handle_at_a_time = 20;                // jobStore.maxMisfiresToHandleAtATime
  Duration cluster_checkin_interval = Duration::ms(7'500);  // jobStore.clusterCheckinInterval
  Duration db_retry_interval = Duration::seconds(15);       // scheduler.dbFailureRetryInterval
  int lock_max_retry = 3;                                   // jobStore.lockHandler.maxRetry
  Duration lock_retry_period = Duration::seconds(1);        // jobStore.lockHandler.retryPeriod
  StorePolicies policies;
  ZoneTable zones;  // besides the host's own zone and UTC
};

/// One transaction of the store, or (managed) statements in auto-commit mode.
struct StoreTransaction {
  StoreTransaction(db::Session& session, const std::string& sched_name)
      : session(&session), rows(session, sched_name) {}
  db::Session* session;
  Statements rows;
  bool scheduling_changed = false;  // signal once it is committed
};

class DatabaseStore : public JobStore {
 public:
  /// `ports` and `classes` outlive it.
  DatabaseStore(Ports& ports, DatabaseStoreOptions options, const JobClasses& classes);
  DatabaseStore(const DatabaseStore&) = delete;
  DatabaseStore& operator=(const DatabaseStore&) = delete;
  ~DatabaseStore() override;

  void initialize(Signaler& signaler) override { signaler_ = &signaler; }
  /// Clustered: a check-in, whose failure is swallowed, then the cluster manager. Else recover_jobs(), whose failure is
  /// the start's. Then the misfire handler.
  Task<> scheduler_started() override;
  void scheduler_paused() override { scheduler_running_ = false; }
  void scheduler_resumed() override { scheduler_running_ = true; }
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

  Duration worth_it_margin() const override { return Duration::ms(70); }
  Duration acquire_retry_delay() const override { return options_.db_retry_interval; }

  // What the store's own threads do; one pass each.
  /// The start of a node that is alone (quartz 7.16).
  Task<> recover_jobs();
  struct Misfires {
    int processed = 0;
    bool more = false;
    std::optional<WallTime> earliest;  // of the new fire times; none: upstream's Long.MAX_VALUE
  };
  /// The misfire handler's pass, without its signal (quartz 3.2).
  Task<Misfires> recover_misfires();
  /// doCheckin (quartz 7.17). True: it has recovered somebody.
  Task<bool> check_in();
  /// The wall clock at the last check-in; before the first: when the store was made.
  WallTime last_check_in() const noexcept { return last_check_in_; }

  const DatabaseStoreOptions& options() const noexcept { return options_; }
  bool shut_down() const noexcept { return shut_down_; }
  /// System.currentTimeMillis().
  WallTime now() const noexcept { return WallTime::from_ms(ports_.clock.wall().ms()); }
  Ports& ports() const noexcept { return ports_; }
  Signaler& signaler() const noexcept { return *signaler_; }

 protected:
  // Q-ACQ and Q-MISF, whose order of ties is any (quartz 4): a replay of a recording may follow the recording's.
  virtual Task<std::vector<TriggerRow>> select_to_acquire(StoreTransaction* tx, WallTime to, WallTime from,
                                                          std::size_t n);
  virtual Task<std::vector<TriggerRow>> select_misfired(StoreTransaction* tx, WallTime ts,
                                                        std::optional<std::size_t> limit);
  /// The row of a run that had begun is deleted by recovery: what ran, or runs, has no end in the tables.
  virtual void run_given_up(const FiredTriggerRow&) {}

 private:
  using Calendar = std::shared_ptr<const triggers::ExclusionCalendar>;
  using Tx = StoreTransaction*;
  using Body = std::function<Task<>(Tx)>;
  using Validator = std::function<Task<bool>(Tx)>;
  using Lock = std::optional<LockName>;
  /// How a trigger is stored (quartz 7.15).
  struct Storing {
    explicit Storing(const char* state) : state(state) {}
    std::string state;
    bool replace = false;
    bool forced = false;  // paused groups do not matter
    bool recovering = false;
    bool with_data = false;  // an update also writes JOB_DATA
  };

  // Transactions: database_store.cpp.
  Task<db::PooledConnection> open();
  Task<> in_lock(Lock lock, Body body);
  Task<> in_managed_connection(Lock lock, Body body);
  Task<> in_own_transaction(Lock lock, Body body, Validator validate);
  Task<bool> validate_for_ever(Validator validate);
  Task<> retry_for_ever(Lock lock, Body body, std::string what);
  Task<> sleep_before_retry();
  [[noreturn]] static void throw_persistence(const std::exception_ptr& failure);
  triggers::TriggerContext context() const;
  WallTime misfire_time() const;

  // Rows of jobs and triggers: database_store_rows.cpp.
  Task<std::optional<JobDetail>> retrieve_job(Tx tx, JobKey key);
  Task<std::optional<JobTrigger>> retrieve_trigger(Tx tx, TriggerKey key);
  Task<std::vector<JobTrigger>> retrieve_triggers(Tx tx, std::vector<TriggerKey> keys);
  Task<Calendar> retrieve_calendar(Tx tx, std::string name);
  Task<> put_job(Tx tx, const JobDetail* job, bool replace);
  /// `job`: null to look it up.
  Task<> put_trigger(Tx tx, const JobTrigger* trigger, const JobDetail* job, Storing how);
  Task<> write_trigger(Tx tx, const JobTrigger* trigger, const Storing* how, bool exists);
  Task<std::string> blocked_state(Tx tx, JobKey job, std::string state);
  Task<bool> delete_trigger_row(Tx tx, TriggerKey key);
  Task<bool> drop_trigger(Tx tx, TriggerKey key);
  Task<bool> drop_job(Tx tx, JobKey key);
  Task<bool> swap_trigger(Tx tx, TriggerKey old, const JobTrigger* trigger);
  Task<> put_calendar(Tx tx, const std::string* name, const triggers::ExclusionCalendar* calendar, bool replace,
                      bool update_triggers);

  // Pausing: database_store_pause.cpp.
  Task<> pause_one(Tx tx, TriggerKey key);
  Task<> pause_group(Tx tx, std::string group);
  /// pause_one or resume_one.
  using OnTrigger = Task<> (DatabaseStore::*)(Tx tx, TriggerKey key);
  Task<> act_on_triggers_of(Tx tx, JobKey job, OnTrigger act);
  Task<> act_on_jobs_of(Tx tx, std::string group, OnTrigger act);
  Task<> pause_everything(Tx tx);
  Task<> resume_one(Tx tx, TriggerKey key);
  Task<> resume_group(Tx tx, std::string group);
  Task<> resume_everything(Tx tx);
  Task<> reset_one(Tx tx, TriggerKey key);

  // Acquire, fire, release, complete: database_store_fire.cpp.
  Task<std::vector<JobTrigger>> acquire_round(Tx tx, WallTime no_later_than, int max_count, Duration window,
                                              std::vector<JobKey>* seen, bool* nothing_due);
  Task<> acquire_all(Tx tx, WallTime no_later_than, int max_count, Duration window, std::vector<JobTrigger>* acquired);
  Task<bool> acquired_rows_exist(Tx tx, const std::vector<JobTrigger>* acquired);
  Task<FiredResult> fire_or_fail(Tx tx, JobTrigger trigger);
  Task<std::optional<FiredBundle>> fire(Tx tx, JobTrigger held);
  Task<> fire_all(Tx tx, const std::vector<JobTrigger>* batch, std::vector<FiredResult>* results);
  Task<bool> executing_rows_exist(Tx tx, const std::vector<FiredResult>* results);
  Task<> release_in(Tx tx, const JobTrigger* trigger);
  Task<> complete_in(Tx tx, const JobTrigger* trigger, const JobDetail* job, CompletedExecution instruction);
  Task<> apply_instruction(Tx tx, const JobTrigger* trigger, CompletedExecution instruction);
  FiredTriggerRow fired_row(const JobTrigger& trigger, const char* state) const;
  std::string next_fire_id() { return options_.instance_id + std::to_string(fire_counter_++); }

  // Misfires, recovery, check-in: database_store_recovery.cpp, cluster_check_in.cpp.
  Task<> recover_in(Tx tx);
  Task<Misfires> recover_misfired(Tx tx, bool recovering);
  Task<> recover_misfires_locked(Tx tx, LockHandler::Guard* guard, Misfires* result);
  Task<std::optional<JobTrigger>> retime_misfired(Tx tx, TriggerKey key, bool recovering);
  /// doUpdateOfMisfiredTrigger: returns the trigger as it is stored.
  Task<JobTrigger> retime(Tx tx, JobTrigger trigger, Storing how);
  Task<bool> add_recovery_trigger(Tx tx, FiredTriggerRow row, std::string instance, WallTime counter);
  Task<> unblock(Tx tx, JobKey job);
  Task<std::vector<SchedulerStateRow>> find_failed(Tx tx);
  Task<std::vector<SchedulerStateRow>> find_and_check_in(Tx tx);
  Task<> recover_failed(Tx tx, std::vector<SchedulerStateRow> failed);
  Task<> recover_rows(Tx tx, std::vector<FiredTriggerRow> rows, WallTime* counter);
  Task<> delete_fired_rows(Tx tx, std::string instance, const std::vector<FiredTriggerRow>* read);
  Task<> drop_complete_triggers(Tx tx, const std::vector<FiredTriggerRow>* rows);
  Task<> check_in_on(db::Session* session, bool* recovered);
  void tell_lost(const SchedulerStateRow& failed);

  Ports& ports_;
  DatabaseStoreOptions options_;
  const JobClasses& classes_;
  RowReader reader_;
  Signaler* signaler_ = nullptr;
  std::unique_ptr<LockHandler> locks_;
  std::int64_t fire_counter_;                       // upstream: a static of the class, so unique to the process
  std::map<std::string, Calendar> calendar_cache_;  // not clustered
  std::map<std::string, JobData> data_as_fired_;    // by fire instance id, of jobs that persist theirs
  WallTime last_check_in_;
  bool first_check_in_ = true;
  bool scheduler_running_ = false;
  bool shut_down_ = false;
  std::unique_ptr<MisfireHandler> misfire_handler_;
  std::unique_ptr<ClusterManager> cluster_manager_;
  Scope threads_;  // last: its tasks use all of the above
};

}  // namespace chronofault::quartz
