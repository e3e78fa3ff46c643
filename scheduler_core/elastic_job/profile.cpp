#include <algorithm>
#include <array>
#include <span>

#include <elastic_job/profile.hpp>

namespace chronofault::elastic_job {

namespace {

constexpr std::array<std::string_view, 8> releases{
    "3.0.0-beta-SNAPSHOT", "3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.0.4", "3.0.5", "latest"};
// As the specification writes it, and as a key of a scenario's `policies`.
constexpr std::array<std::string_view, 2> leader_only{"resharding-flag-leader-only", "resharding-flag: leader-only"};

/// How many characters two words share at their beginning: enough to name the nearest of a handful.
std::size_t common(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::string no_such(std::string_view what, std::string_view word, std::span<const std::string_view> valid) {
  const auto nearest = std::max_element(valid.begin(), valid.end(), [word](std::string_view a, std::string_view b) {
    return common(a, word) < common(b, word);
  });
  std::string message = "elastic-job has no ";
  message.append(what).append(" \"").append(word).append("\"; nearest: \"").append(*nearest).append("\"");
  return message;
}

// Each paragraph is what its release changed (elasticjob 11).

void change_3_0_0(Profile& p) {
  p.only_leader_sets_flag = true;
  p.any_negative_time_diff_is_off = true;
  p.executor_reloads_configuration = true;
  p.instance_carries_data = true;
  p.trigger_nodes = true;
  p.empty_items_skip_barrier = true;
  p.reconcile_stops_at_shutdown = true;
  p.static_sharding = true;
  p.crashed_items_by_server = true;
  p.failovering_node = true;
  p.misfire_tested_before_necessary = true;
}

void change_3_0_1(Profile& p) {
  p.ops_writes_trigger_nodes = true;
  p.time_zone = true;
  p.empty_instance_data_is_skipped = true;
}

void change_3_0_2(Profile& p) {
  p.running_carries_id = true;
  p.failover_only_of_running_items = true;
  p.legacy_crashed_items = true;
  p.listener_thread_per_job = true;
  p.enabled_means_enabled = true;
  p.error_messages_are_cleared = true;
  p.read_only_is_an_error = true;
}

void change_3_0_3(Profile& p) {
  p.empty_class_name_is_no_conflict = true;
  p.barrier_latch = true;
  p.missing_instance_data_is_skipped = true;
}

void change_3_0_4(Profile& p) {
  p.offline_servers = Profile::OfflineServers::blank_removed;
  p.listeners_removed_at_shutdown = true;
}

void change_3_0_5(Profile& p) {
  p.offline_servers = Profile::OfflineServers::given_removed;
  p.shutdown_interrupts_run = true;
  p.single_sharding_balance = true;
  p.takeover_clears_running = true;
}

void change_latest(Profile& p) { p.failed_items_keep_marks = true; }

}  // namespace

std::string_view name_of(Release release) noexcept { return releases[static_cast<std::size_t>(release)]; }

// spec: elasticjob 11
Profile Profile::of(Release release) {
  using Change = void (*)(Profile&);
  constexpr std::array<Change, 7> changes{change_3_0_0, change_3_0_1, change_3_0_2, change_3_0_3,
                                          change_3_0_4, change_3_0_5, change_latest};
  Profile profile;
  profile.release = release;
  for (std::size_t i = 0; i < static_cast<std::size_t>(release); ++i) changes[i](profile);
  return profile;
}

tl::expected<Profile, std::string> Profile::named(std::string_view version, const std::vector<std::string>& policies) {
  const auto found = std::find(releases.begin(), releases.end(), version);
  if (found == releases.end()) return tl::unexpected(no_such("version", version, releases));
  Profile profile = of(static_cast<Release>(found - releases.begin()));
  for (const std::string& policy : policies) {
    const bool known = std::find(leader_only.begin(), leader_only.end(), policy) != leader_only.end();
    if (!known) return tl::unexpected(no_such("policy", policy, std::span(leader_only).first(1)));
    profile.only_leader_sets_flag = true;  // spec: elasticjob 9.6
  }
  return profile;
}

}  // namespace chronofault::elastic_job
