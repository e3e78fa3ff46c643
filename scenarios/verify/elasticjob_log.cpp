#include "elasticjob_log.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace chronofault::verify::elasticjob {

namespace {

using Words = std::set<std::string_view>;

/// What changes something: of the registry and its storage, of the services, of runs, of Quartz.
const Words& acts() {
  static const Words all{"create_if_needed",
                         "remove_if_exists",
                         "persist",
                         "update",
                         "persist_ephemeral",
                         "persist_root",
                         "remove",
                         "transaction",
                         "multi",
                         "in_leader",
                         "elect",
                         "remove_leader",
                         "persist_server",
                         "persist_instance",
                         "remove_instance",
                         "remove_offline_servers",
                         "clear_trigger",
                         "trigger_all",
                         "set_resharding_flag",
                         "sharding_if_necessary",
                         "set_crashed",
                         "set_crashed_directly",
                         "failover_if_necessary",
                         "update_failover_complete",
                         "remove_failover_info",
                         "clear_failovering",
                         "set_up",
                         "shutdown_instance",
                         "start_reconcile",
                         "stop_reconcile",
                         "notify_start",
                         "notify_complete",
                         "register_start",
                         "register_complete",
                         "clear_started",
                         "clear_completed",
                         "once_action",
                         "in_leader_for_last_started",
                         "in_leader_for_last_completed",
                         "check_time",
                         "register_begin",
                         "register_completed",
                         "clear_running",
                         "clear_all_running",
                         "set_misfire",
                         "clear_misfire",
                         "before",
                         "after",
                         "post_event",
                         "post_trace",
                         "trigger_job",
                         "schedule_job",
                         "reschedule",
                         "reschedule_one_off",
                         "pause_job",
                         "resume_job",
                         "controller.shutdown",
                         "start",
                         "shutdown",
                         "reschedule_job",
                         "pause_all",
                         "resume_all"};
  return all;
}

const Words& questions() {
  static const Words all{"exists",
                         "get",
                         "get_direct",
                         "children",
                         "num_children",
                         "root_exists",
                         "root_data",
                         "zk_time",
                         "is_leader",
                         "has_leader",
                         "is_leader_until_block",
                         "is_available_server",
                         "is_enable_server",
                         "has_available_servers",
                         "available_instances",
                         "own_instance_exists",
                         "has_running",
                         "has_running_all",
                         "misfire_if_running",
                         "misfired_items",
                         "disabled_items",
                         "all_running_items",
                         "is_need_sharding",
                         "sharding_items",
                         "local_sharding_items",
                         "crashed_items",
                         "has_offline_owner",
                         "is_static_and_sharded",
                         "failover_items",
                         "failovering_items",
                         "local_failover_items",
                         "local_taken_off_items",
                         "all_failovering_items",
                         "load",
                         "context",
                         "is_execute_misfired",
                         "is_register_start_success",
                         "is_all_started",
                         "is_register_complete_success",
                         "is_all_completed",
                         "is_paused",
                         "job_exists",
                         "own_trigger",
                         "own_trigger_state"};
  return all;
}

const std::map<std::string_view, std::string_view>& other_words() {
  static const std::map<std::string_view, std::string_view> all{
      {"check_environment", "check_time"},
      {"clear_trigger_flag", "clear_trigger"},
      {"commit", "multi"},
      {"fill_ephemeral", "persist_ephemeral"},
      {"instance.persist_online", "persist_instance"},
      {"is_existed", "exists"},
      {"persist_instance_online", "persist_instance"},
      {"persist_online_instance", "persist_instance"},
      {"persist_online_server", "persist_server"},
      {"persist_server_online", "persist_server"},
      {"registry_time", "zk_time"},
      {"replace", "persist"},
      {"reschedule_cron", "reschedule"},
      {"server.persist_online", "persist_server"},
      {"trigger_all_instances", "trigger_all"},
      {"update_complete", "update_failover_complete"},
  };
  return all;
}

}  // namespace

void Log::say(std::string call) {
  const MonoTime now = clock_.mono();
  if (!calls_.empty() && now > last_) sleeps_ms_.push_back((now - last_).count_ms());
  last_ = now;
  calls_.push_back(std::move(call));
}

int Log::count(std::string_view verb) const {
  return static_cast<int>(
      std::count_if(calls_.begin(), calls_.end(), [verb](const std::string& call) { return verb_of(call) == verb; }));
}

std::string_view verb_of(std::string_view call) { return call.substr(0, call.find_first_of(":=")); }

bool is_question(std::string_view verb) { return questions().contains(verb); }
bool is_known_verb(std::string_view verb) { return acts().contains(verb) || is_question(verb); }

std::string in_our_words(std::string_view entry) {
  // "X directly": not by way of another service. Collaborators are all that is seen here.
  constexpr std::string_view directly = " directly";
  if (entry.ends_with(directly)) entry.remove_suffix(directly.size());
  const std::string_view verb = verb_of(entry);
  const auto ours = other_words().find(verb);
  std::string text(ours == other_words().end() ? verb : ours->second);
  return text.append(entry.substr(verb.size()));
}

bool is_meant(std::string_view entry, std::string_view seen) {
  if (!seen.starts_with(entry)) return false;
  return seen.size() == entry.size() || seen[entry.size()] == ':' || seen[entry.size()] == '=';
}

std::string joined(const std::vector<int>& items) {
  std::string text;
  for (const int item : items) {
    if (!text.empty()) text += ',';
    text += std::to_string(item);
  }
  return text;
}

}  // namespace chronofault::verify::elasticjob
