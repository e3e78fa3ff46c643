#include "system_info.hpp"

#include <ports/setting.hpp>

namespace chronofault::quartz {

namespace {

Role node_role() {
  const DatabaseStoreOptions standard;
  Role role;
  role.list = "nodes";
  role.name = "node";
  role.meaning = "one scheduler process: acquires, fires and runs jobs of the tables that all nodes share (quartz 1)";
  role.settings = {
      setting::choice(key_store_class, {"JobStoreTX", "LocalDataSourceJobStore"},
                      "Spring's store leaves API calls unlocked"),
      setting::flag(key_clustered, true, "nodes check in, and recover those that do not"),
      setting::choice(key_instance_id, {"AUTO", "HOSTNAME"},
                      "AUTO is new at each start: host name and time; HOSTNAME stays"),
      setting::flag(key_use_db_locks, false, "row locks also where not clustered"),
      setting::flag(key_lock_on_insert, true, "jobs and triggers are stored in lock TRIGGER_ACCESS"),
      setting::flag(key_acquire_within_lock, false, "triggers are acquired in lock TRIGGER_ACCESS, whatever the batch"),
      setting::flag(key_double_check, true, "misfires are counted before the lock is taken"),
      setting::span(key_misfire_threshold, standard.misfire_threshold, Duration::ms(1), Duration::hours(24),
                    "a trigger that is later than this has misfired"),
      setting::whole(key_max_misfires, standard.max_misfires_to_handle_at_a_time, 1, 1'000'000,
                     "triggers re-timed in one pass"),
      setting::span(key_checkin_interval, standard.cluster_checkin_interval, Duration::ms(1), Duration::hours(1),
                    "period of check-ins; with 7.5 s more it makes a failed node"),
      setting::span(key_retry_interval, standard.db_retry_interval, Duration::ms(1), Duration::hours(1),
                    "pause after the database has failed"),
      setting::span(key_idle_wait, Duration::seconds(30), Duration::seconds(1), Duration::hours(1),
                    "how far ahead triggers are acquired, and the longest wait while there are none"),
      setting::whole(key_batch_size, 1, 1, 1'000, "triggers acquired at once, 1..1000"),
      setting::span(key_batch_window, Duration(), Duration(), Duration::hours(1),
                    "how far apart triggers of a batch may be due"),
      setting::whole(key_thread_count, 10, 1, 10'000, "worker threads, 1..10000"),
      setting::whole(key_connections, 10, 3, 1'000, "database connections, 3..1000"),
      setting::flag(key_wait_for_jobs, false, "a graceful stop waits for running jobs"),
  };
  return role;
}

std::vector<Setting> job_keys() {
  return {
      setting::flag(key_recovery, false, "runs again when the node that ran it is found failed"),
      setting::choice(key_misfire, {"SMART_POLICY", "IGNORE_MISFIRE_POLICY", "FIRE_NOW", "DO_NOTHING"},
                      "what a missed time becomes; `every` with DO_NOTHING goes on at its next time"),
      setting::whole(key_priority, 5, -1'000'000, 1'000'000,
                     "among triggers that are due at once the higher one fires first"),
  };
}

SystemInfo make() {
  SystemInfo info;
  info.name = "quartz";
  info.summary = "schedulers that share tables: whoever's update finds the trigger WAITING fires it";
  info.versions = {{"V232", "2.3.2 (2019-10)", "of DolphinScheduler 3.2.1 and ElasticJob 3.x"},
                   {"V240", "2.4.0", "rolls back before it tries a row lock again"},
                   {"V250", "2.5.0", "a misfire pass leaves out triggers that cannot be re-timed"}};
  info.policies = {
      {"skip-bad-misfires", "2.5.0, #1260", "a trigger that cannot be re-timed does not fail the misfire pass"},
      {"rewrite-extension-rows", "after 2.5.2, #920", "replacing a trigger by one of another type"},
      {"release-only-from-acquired", "not upstream", "and fire refuses while the job's executing row is there"},
      {"delete-only-read-rows", "not upstream", "recovery deletes only the fired rows that it has looked at"},
      {"clamp-sleeps-to-period", "not upstream", "a clock that jumps back does not prolong a loop's sleep"}};
  info.roles = {node_role()};
  info.job_keys = job_keys();
  info.operator_role = "node";
  info.operator_actions = {"run", "pause", "resume"};
  info.unsupported = {{"overlap: discard_new", "overlap: queue: @DisallowConcurrentExecution; later fires wait"},
                      {"overlap: replace_old", "overlap: queue"},
                      {"after", "an action `run`"},
                      {"zone", "the time zone of the nodes' hosts"},
                      {"retries", "native: {requestsRecovery: true}: a run whose node has failed"},
                      {"shards", "a job for each shard"}};
  info.uses_database = true;
  return info;
}

}  // namespace

const SystemInfo& system_info() {
  static const SystemInfo info = make();
  return info;
}

StorePolicies policies_of(const Profile& profile) {
  StorePolicies policies;
  const bool since_250 = profile.version == "V250";
  policies.roll_back_before_lock_retry = since_250 || profile.version == "V240";
  policies.skip_bad_misfires = since_250 || profile.has("skip-bad-misfires");
  policies.long_properties = since_250;
  policies.rewrite_extension_rows = profile.has("rewrite-extension-rows");
  policies.release_only_from_acquired = profile.has("release-only-from-acquired");
  policies.delete_only_read_rows = profile.has("delete-only-read-rows");
  policies.clamp_sleeps_to_period = profile.has("clamp-sleeps-to-period");
  return policies;
}

DatabaseStoreOptions store_options(const ProcessEntry& node, const Profile& profile) {
  const auto& settings = node.settings;
  const auto flag_of = [&settings](const char* key, bool& member) {
    if (const auto value = given<bool>(settings, key)) member = *value;
  };
  const auto span_of = [&settings](const char* key, Duration& member) {
    if (const auto value = given<std::int64_t>(settings, key)) member = Duration::us(*value);
  };
  DatabaseStoreOptions options;
  options.policies = policies_of(profile);
  options.clustered = true;
  options.managed_connections = given<std::string>(settings, key_store_class) == "LocalDataSourceJobStore";
  flag_of(key_clustered, options.clustered);
  flag_of(key_use_db_locks, options.use_db_locks);
  flag_of(key_lock_on_insert, options.lock_on_insert);
  flag_of(key_acquire_within_lock, options.acquire_triggers_within_lock);
  flag_of(key_double_check, options.double_check_lock_misfire_handler);
  span_of(key_misfire_threshold, options.misfire_threshold);
  span_of(key_checkin_interval, options.cluster_checkin_interval);
  span_of(key_retry_interval, options.db_retry_interval);
  if (const auto value = given<std::int64_t>(settings, key_max_misfires)) {
    options.max_misfires_to_handle_at_a_time = static_cast<int>(*value);
  }
  return options;
}

}  // namespace chronofault::quartz
