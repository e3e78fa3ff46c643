// What the releases of ElasticJob-Lite do differently (elasticjob, table at the top; 11). A rule asks for a switch, so
// that it says which behaviour it wants instead of which release it mimics.
//
// All defaults in the struct are those of 3.0.0-beta-SNAPSHOT, which the specification documents. named() turns on what
// each later release changed, oldest first: a release is the one before it and its own paragraph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace chronofault::elastic_job {

/// In the order of their publication.
enum class Release { documented, v3_0_0, v3_0_1, v3_0_2, v3_0_3, v3_0_4, v3_0_5, latest };

struct Profile {
  Profile() = default;
  static Profile of(Release release);
  /// By the scenario's words. The error names the nearest valid word.
  static tl::expected<Profile, std::string> named(std::string_view version, const std::vector<std::string>& policies);

  Release release = Release::documented;  // for printing; rules ask for the switches below

  // Policy `resharding-flag: leader-only`, upstream's PR #1472; part of every release from 3.0.0 on (9.6).
  bool only_leader_sets_flag = false;

  // --- 3.0.0 ---
  bool any_negative_time_diff_is_off = false;   // maxTimeDiffSeconds (6.1); before: -1 alone
  bool executor_reloads_configuration = false;  // error handler, pool and props per run (7.1); before: as given locally
  bool instance_carries_data = false;           // `instances/{id}` holds YAML with its ip (11)
  bool trigger_nodes = false;                   // `trigger/{id}` instead of TRIGGER in the instance's data (7.10)
  bool empty_items_skip_barrier = false;        // distribute-once (7.14)
  bool reconcile_stops_at_shutdown = false;     // 7.15
  bool static_sharding = false;                 // L4 and reconcile spare jobs whose items are assigned (7.3)
  bool crashed_items_by_server = false;         // 7.9: of any instance whose server is not disabled
  bool failovering_node = false;                // persistent `failovering` beside the ephemeral `failover` (2.1)
  bool misfire_tested_before_necessary = false;  // E7

  // --- 3.0.1 ---
  bool ops_writes_trigger_nodes = false;  // 7.16
  bool time_zone = false;                 // of the cron expression (6.1)
  bool empty_instance_data_is_skipped = false;

  // --- 3.0.2 ---
  bool running_carries_id = false;              // and is persistent with failover (2.1)
  bool failover_only_of_running_items = false;  // 7.9; setCrashed also removes `running`
  bool legacy_crashed_items = false;            // L13
  bool listener_thread_per_job = false;         // ListenerNotify-J (1.1)
  bool enabled_means_enabled = false;           // isEnableServer: at most 10 waits, then only ENABLED counts (7.2)
  bool error_messages_are_cleared = false;      // of a run (7.6)
  bool read_only_is_an_error = false;           // C1

  // --- 3.0.3 ---
  bool empty_class_name_is_no_conflict = false;  // 7.1 step 2
  bool barrier_latch = false;                    // distribute-once runs its action in a latch (7.14)
  bool missing_instance_data_is_skipped = false;

  // --- 3.0.4 ---
  enum class OfflineServers { stay, blank_removed, given_removed };
  OfflineServers offline_servers = OfflineServers::stay;  // after start-up step 11
  bool listeners_removed_at_shutdown = false;             // 7.15

  // --- 3.0.5 ---
  bool shutdown_interrupts_run = false;  // 7.15
  bool single_sharding_balance = false;  // the strategy of that name (7.5)
  bool takeover_clears_running = false;  // L5 step 1 (7.9)

  // --- latest ---
  bool failed_items_keep_marks = false;  // `running` and `failover` of items that failed (7.6)
};

/// "3.0.0-beta-SNAPSHOT", "3.0.2", "latest".
std::string_view name_of(Release release) noexcept;

}  // namespace chronofault::elastic_job
