#include <algorithm>
#include <array>
#include <span>

#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

namespace {

// Edit distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string complain(std::string_view what, std::string_view word, std::span<const std::string_view> valid) {
  const auto nearest = std::min_element(valid.begin(), valid.end(), [word](std::string_view a, std::string_view b) {
    return distance(a, word) < distance(b, word);
  });
  return "powerjob has no " + std::string(what) + " \"" + std::string(word) + "\"; nearest: \"" +
         std::string(*nearest) + "\"";
}

constexpr std::array<std::string_view, 3> versions{"V340", "V411", "V511"};
constexpr std::array<std::string_view, 2> policy_names{"owner-check", "patient-usurp"};

}  // namespace

std::string_view name_of(Release release) noexcept { return versions[static_cast<std::size_t>(release)]; }

Profile Profile::v411() { return Profile(); }

Profile Profile::v340() {
  Profile p;
  p.release = Release::v340;
  p.server_row_heartbeat = false;
  p.clean_takes_database_lock = false;
  p.exhausted_workflow_is_disabled = false;
  p.waiting_dispatch_check_spares_fresh_rows = true;
  p.missing_job_throws_in_dispatch = true;
  p.redispatch_writes_waiting_row = false;
  p.redispatch_resets_run_count = true;
  p.self_ping = false;
  p.pong_carries_addresses = false;
  p.lock_failures_before_read = 5;
  p.lock_takes_over_at_once = false;
  p.machine_id_under_lock = false;
  p.dispatch_is_locked = false;
  p.dispatch_only_waiting = false;
  p.dispatch_limit_is_strict = false;
  p.second_level_runs_once = false;
  p.score_order_always = true;
  p.designated_matches_tags = false;
  p.dispatch_writes_run_count = true;
  p.report_counts_runs = false;
  p.failed_second_level_is_stopped = false;
  p.lifecycle = false;
  p.second_level_alarm = false;
  p.retry_by_memory_timer = true;
  p.retry_writes_expected_time = false;
  p.report_error_reply = ReportError::no_reply;
  p.log_sync_after_finish = Duration::ms(15000);
  p.plain_workflows = true;
  p.quartz_cron = true;
  p.frequency_is_validated = false;
  p.tracker_report_initial = Duration::ms(13000);
  p.dispatcher_initial = Duration{};
  p.task_status_is_monotonic = false;
  p.detector_respects_max_workers = false;
  p.idle_counts_completed_tasks = false;
  p.second_level_pool_is_concurrent = false;
  p.frequency_min_interval = Duration::ms(1000);
  return p;
}

Profile Profile::v511() {
  Profile p;
  p.release = Release::v511;
  p.passes_overlap = false;
  p.exception_ends_check_pass = false;
  p.check_returns_rows_to_waiting = true;
  p.check_rows_limit = 3000;
  p.usurp_needs_asked_protocol = true;
  p.ids_run_ahead = true;
  p.server_list_is_shuffled = true;
  p.heartbeat_period = Duration::seconds(10);
  p.worker_loops_are_guarded = true;
  p.strategy_before_cut = false;
  p.specify_strategy = true;
  p.overloaded_workers_are_spared = true;
  p.dispatch_update_is_conditional = true;
  p.retry_writes_expected_time = false;
  p.unfinished_report_is_conditional = true;
  p.report_end_time_is_used = true;
  p.empty_address_reread_wait = Duration::ms(277);
  p.report_error_reply = ReportError::failure;
  p.timer_pool_max_per_cpu = 8;
  p.timer_pool_queue = 8192;
  p.nested_calls_take_lock = true;
  p.daily_time_interval = true;
  p.unknown_server_counts_as_failed_report = true;
  p.task_report_answered_first = false;
  p.lost_broadcast_tasks_fail = true;
  p.processor_beside_tracker_stays = true;
  p.light_trackers = true;
  return p;
}

tl::expected<Profile, std::string> Profile::named(std::string_view version, const std::vector<std::string>& policies) {
  Profile profile;
  if (version == versions[0]) {
    profile = v340();
  } else if (version == versions[1]) {
    profile = v411();
  } else if (version == versions[2]) {
    profile = v511();
  } else {
    return tl::unexpected(complain("version", version, versions));
  }
  for (const std::string& policy : policies) {
    if (policy == policy_names[0]) {
      profile.owner_check = true;
    } else if (policy == policy_names[1]) {
      profile.patient_usurp = true;
    } else {
      return tl::unexpected(complain("policy", policy, policy_names));
    }
  }
  return profile;
}

}  // namespace chronofault::powerjob
