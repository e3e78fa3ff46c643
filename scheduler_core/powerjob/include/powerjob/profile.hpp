// The three behaviour profiles (powerjob, table at the top; constants: powerjob 6). A profile is a plain struct of
// named switches and constants, so that a rule says which behaviour it asks for instead of which release it mimics.
//
// All defaults in the struct are V411's; v340() and v511() change what their paragraphs of the specification change.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include <ports/time.hpp>

namespace chronofault::powerjob {

enum class Release { v340, v411, v511 };

struct Profile {
  Profile() = default;
  static Profile v340();
  static Profile v411();
  static Profile v511();
  /// By the scenario's words: "V340" | "V411" | "V511" and policy names. The error names the nearest valid word.
  static tl::expected<Profile, std::string> named(std::string_view version, const std::vector<std::string>& policies);

  Release release = Release::v411;  // for printing; rules ask for the switches below

  // --- policies of the test bed, not upstream (powerjob 9.1) ---
  bool owner_check = false;                        // FIX-A: timer callbacks and "no worker" read the app row first
  bool patient_usurp = false;                      // FIX-B
  int patient_pings = 3;                           // failed pings in a row before a usurpation ...
  Duration patient_spread = Duration::seconds(5);  // ... whose first and last are further apart than this

  // --- server loops (3.1) ---
  Duration schedule_period = Duration::seconds(15);  // SCHEDULE_RATE
  Duration look_ahead = Duration::seconds(30);
  int apps_per_group = 10;
  Duration status_check_period = Duration::seconds(10);
  Duration server_row_heartbeat_period = Duration::seconds(15);
  bool server_row_heartbeat = true;  // S3; not V340
  std::string_view clean_cron = "0 0 3 * * ?";
  bool passes_overlap = true;                  // V511: dedicated threads, sleep first, one pass at a time
  bool exception_ends_check_pass = true;       // V511: each check has its own guard
  bool clean_takes_database_lock = true;       // not V340
  int instance_retention_days = 7;             // oms.instanceinfo.retention; negative: never
  bool exhausted_workflow_is_disabled = true;  // V340: the change is not saved (3.1.1b)

  // --- status check (3.1.2) ---
  Duration waiting_dispatch_timeout = Duration::seconds(30);
  Duration waiting_receive_timeout = Duration::seconds(60);
  Duration running_timeout = Duration::seconds(60);
  Duration workflow_waiting_timeout = Duration::seconds(60);
  bool waiting_dispatch_check_spares_fresh_rows = false;  // V340: skipped when now - gmt_modified < 30000
  bool missing_job_throws_in_dispatch = false;            // V340: the WD check passes an empty job object on
  bool redispatch_writes_waiting_row = true;              // V340: not written
  bool redispatch_resets_run_count = false;               // V340: WD and WWR checks
  bool check_returns_rows_to_waiting = false;             // V511: WWR and RUNNING become WD by a targeted update
  int check_rows_limit = 0;                               // V511: 3000 rows per query, repeated; 0: no limit
  int check_update_batch = 500;                           // V511

  // --- election and locks (7.2) ---
  int accurate_percentage = 50;  // oms.accurate.select.server.percentage, 0..100
  Duration ping_timeout = Duration::ms(1000);
  int election_tries = 10;
  Duration election_lock_max = Duration::ms(30000);
  Duration election_lock_wait = Duration::ms(500);
  bool self_ping = true;                    // V340: own address counts as active without a ping
  bool usurp_needs_asked_protocol = false;  // V511
  bool pong_carries_addresses = true;       // V340: the pong carries the clock difference
  int lock_failures_before_read = 0;        // V340: 5
  bool lock_takes_over_at_once = true;      // V340: an expired row is deleted, the next call gets it
  int unlock_tries = 3;
  Duration unlock_retry_wait = Duration::ms(100);
  Duration clean_lock_max = Duration::ms(600000);
  bool machine_id_under_lock = true;  // not V340 (2.4): server_init_lock
  Duration init_lock_max = Duration::ms(15000);
  bool ids_run_ahead = false;  // V511: a clock that went back does not make draws throw

  // --- discovery and heartbeat at the worker (7.3, 3.2) ---
  Duration discovery_period = Duration::seconds(10);
  int discovery_failures_before_kill = 5;
  bool server_list_is_shuffled = false;  // V511
  Duration http_connect_timeout = Duration::ms(1000);
  Duration http_read_timeout = Duration::ms(5000);
  int http_tries = 3;
  Duration http_retry_wait = Duration::ms(100);
  Duration heartbeat_period = Duration::seconds(15);  // V511: healthReportInterval 10
  Duration worker_heartbeat_timeout = Duration::seconds(60);
  Duration log_submit_period = Duration::seconds(5);
  bool worker_loops_are_guarded = false;  // V511

  // --- dispatch (7.4) ---
  bool dispatch_is_locked = true;               // not V340
  bool dispatch_only_waiting = true;            // V340: any status but CANCELED
  bool dispatch_limit_is_strict = true;         // n >= limit; V340: n > limit
  bool second_level_runs_once = true;           // limit 1; V340: max_instance_num
  bool strategy_before_cut = true;              // V511: cut to max_worker_count before any ordering
  bool score_order_always = false;              // V340: no dispatch strategy
  bool designated_matches_tags = true;          // V340: addresses only
  bool specify_strategy = false;                // V511
  bool overloaded_workers_are_spared = false;   // V511
  bool dispatch_writes_run_count = false;       // V340: running_times and instance_params too
  bool dispatch_update_is_conditional = false;  // V511: where status = status in the row used

  // --- status reports (4.2) ---
  bool report_counts_runs = true;              // V340: dispatch counts
  bool failed_second_level_is_stopped = true;  // not V340
  bool lifecycle = true;                       // not V340
  bool second_level_alarm = true;              // not V340
  bool retry_by_memory_timer = false;          // V340
  Duration retry_delay = Duration::ms(10000);
  bool retry_writes_expected_time = true;         // V340, V511: the old expected time stays
  bool unfinished_report_is_conditional = false;  // V511
  bool report_end_time_is_used = false;           // V511
  Duration empty_address_reread_wait;             // V511: 277 ms; zero: no re-read
  enum class ReportError { no_reply, success, failure };
  ReportError report_error_reply = ReportError::success;  // V340: no reply; V511: failure

  // --- timers (7.6) ---
  Duration long_delay_threshold = Duration::ms(60000);
  Duration cancellable_from = Duration::ms(1000);  // delays longer than this
  Duration fast_tick = Duration::ms(1);
  int fast_slots = 4096;
  Duration slow_tick = Duration::ms(10000);
  int slow_slots = 16;
  Duration inaccurate_tick = Duration::ms(5000);
  int inaccurate_slots = 16;
  int timer_pool_core_per_cpu = 4;
  int timer_pool_max_per_cpu = 16;                       // V511: 8
  int timer_pool_queue = 16;                             // V511: 8192
  Duration log_sync_after_finish = Duration::ms(60000);  // V340: 15000

  // --- workflows (7.8) ---
  bool plain_workflows = false;         // V340: jobs only, DAG from the workflow row, segment locks
  bool nested_calls_take_lock = false;  // V511

  // --- trigger times (7.1) ---
  bool quartz_cron = false;                                // V340: Quartz's expression; else the own dialect
  bool daily_time_interval = false;                        // V511
  bool frequency_is_validated = true;                      // V340: not checked
  Duration frequency_max_interval = Duration::ms(120000);  // powerjob.server.frequency-job.max-interval

  // --- trackers at the worker (7.9 - 7.12) ---
  Duration ask_timeout = Duration::ms(5000);
  Duration tracker_report_initial = Duration::ms(3000);    // V340: 13000
  Duration tracker_report_period = Duration::seconds(13);  // powerjob.worker.status-check.normal.period
  Duration detector_period = Duration::seconds(60);
  Duration dispatcher_initial = Duration::ms(10);  // V340: 0
  Duration dispatcher_period = Duration::ms(5000);
  int dispatcher_batch = 100;
  Duration unconfirmed_timeout = Duration::ms(15000);
  int final_report_attempts = 6;
  bool unknown_server_counts_as_failed_report = false;  // V511; else the pass throws and is repeated for ever
  bool task_status_is_monotonic = true;                 // V340: no status check
  bool task_report_answered_first = true;               // V511: after processing, and not without a tracker
  bool detector_respects_max_workers = true;            // not V340
  bool lost_broadcast_tasks_fail = false;               // V511
  Duration processor_report_period = Duration::ms(10000);
  Duration processor_timeout = Duration::ms(60000);
  Duration processor_idle_limit = Duration::ms(120000);
  int processor_backlog_limit = 20;
  int processor_queue = 128;
  bool second_level_pool_is_concurrent = true;         // V340: 2 threads
  bool idle_counts_completed_tasks = true;             // V340: active threads only
  bool processor_beside_tracker_stays = false;         // V511
  Duration frequency_min_interval = Duration::ms(50);  // V340: 1000
  bool light_trackers = false;                         // V511
  int light_tracker_max = 1024;                        // maxLightweightTaskNum
  int heavy_tracker_max = 64;                          // maxHeavyweightTaskNum
};

/// "V340", "V411", "V511".
std::string_view name_of(Release release) noexcept;

}  // namespace chronofault::powerjob
