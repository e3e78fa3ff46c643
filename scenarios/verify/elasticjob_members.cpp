#include <elastic_job/rules/java_order.hpp>
#include <elastic_job/services/configuration_service.hpp>
#include <elastic_job/services/instance_service.hpp>
#include <elastic_job/services/leader_service.hpp>
#include <elastic_job/services/server_service.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_configuration.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

class LeaderCheck final : public Check {
 public:
  explicit LeaderCheck(Case& of) : Check(of), servers_(log), leader_(context, storage, servers_) {
    read_nodes(given(), storage.nodes);
    if (const json* const has = given().find("has_leader")) {
      storage.nodes.exists.insert_or_assign(node::leader_instance, Answers<bool>::of(has, false));
    }
    if (const json* const data = given().find("leader_data")) {
      storage.nodes.set_data(node::leader_instance, Answers<Text>::of(data, Text()));
    }
    servers_.any_available = Answers<bool>::of(given().find("available_servers"), false);
    servers_.available = Answers<bool>::of(given().find_any({"server_available", "available", "own_available"}), false);
    outcome.words.emplace("elect", call_of("in_leader", node::leader_latch));
  }

 private:
  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "elect") {
      co_await leader_.elect();
    } else if (fn == "election_callback") {
      co_await leader_.become_leader_if_none();
    } else if (fn == "remove_leader" || fn == "remove") {
      co_await leader_.remove_leader();
    } else if (fn == "is_leader") {
      const bool leads = co_await leader_.is_leader();
      result(leads);
    } else if (fn == "has_leader") {
      const bool has = co_await leader_.has_leader();
      result(has);
    } else if (fn == "is_leader_until_block") {
      const bool leads = co_await leader_.is_leader_until_block();
      result(leads);
    } else {
      c.unknown_function();
    }
  }

  PlayedServers servers_;
  LeaderService leader_;
};

class ServerCheck final : public Check {
 public:
  explicit ServerCheck(Case& of) : Check(of), servers_(context, storage) {
    read_nodes(given(), storage.nodes);
    if (const json* const servers = given().find("servers")) {
      std::vector<std::string> ips;
      for (const auto& [ip, status] : servers->items()) {
        ips.push_back(ip);
        storage.nodes.set_data(node::server(ip), Answers<Text>::of(&status, Text()));
      }
      sort_descending(ips);
      storage.nodes.children.insert_or_assign(node::servers, std::move(ips));
    }
    if (const json* const instances = given().find("instances")) {
      storage.nodes.children.insert_or_assign(node::instances, instances->get<std::vector<std::string>>());
    }
    if (const json* const statuses = given().find_any({"status_sequence", "status"})) {
      storage.nodes.set_data(node::server(ip()), Answers<Text>::of(statuses, Text()));
    }
  }

 private:
  std::string ip() const { return c.arg(0).is_string() ? c.arg(0).get<std::string>() : context.own().ip; }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "persist_online") {
      const json enabled = c.arg_or_given("enabled");
      co_await servers_.persist_online(enabled.is_null() || enabled.get<bool>());
    } else if (fn == "has_available_servers") {
      const bool has = co_await servers_.has_available_servers();
      result(has);
    } else if (fn == "is_available_server") {
      const bool available = co_await servers_.is_available_server(ip());
      result(available);
    } else if (fn == "is_enable_server") {
      const bool enabled = co_await servers_.is_enable_server(ip());
      result(enabled);
    } else if (fn == "remove_offline_servers") {
      co_await servers_.remove_offline_servers();
    } else {
      c.unknown_function();
    }
  }

  ServerService servers_;
};

class InstanceCheck final : public Check {
 public:
  explicit InstanceCheck(Case& of) : Check(of), servers_(log), instances_(context, storage, servers_) {
    const json* const names = given().find_any({"children", "children_unsorted", "instances"});
    if (names != nullptr && names->is_array()) {  // of `instances`
      auto ids = names->get<std::vector<std::string>>();
      if (given().find("children_unsorted") != nullptr) sort_descending(ids);
      storage.nodes.children.insert_or_assign(node::instances, std::move(ids));
      for (const char* const key : {"exists", "data", "cached", "direct"}) {
        if (given().find(key) != nullptr) read_nodes(Facts(json::object({{key, *given().find(key)}})), storage.nodes);
      }
    } else {
      read_nodes(given(), storage.nodes);
    }
    read_enabled();
  }

 private:
  /// "all", a list of ips, or an object ip -> bool.
  void read_enabled() {
    const json* const enabled = given().find("enabled");
    if (enabled == nullptr) return;
    const json rule = *enabled;
    if (!rule.is_array() && !rule.is_object() && rule != "all" && rule != "none")
      c.bad("unknown value of given.enabled");
    servers_.enabled = [rule](const std::string& ip) {
      if (rule.is_array()) return std::find(rule.begin(), rule.end(), ip) != rule.end();
      if (rule.is_object()) return rule.value(ip, false);
      return rule == "all";
    };
  }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "persist_online") {
      co_await instances_.persist_online();
    } else if (fn == "remove_instance" || fn == "remove") {
      co_await instances_.remove_instance();
    } else if (fn == "clear_trigger_flag" || fn == "clear_trigger") {
      co_await instances_.clear_trigger_flag();
    } else if (fn == "available_instances") {
      const std::vector<JobInstance> available = co_await instances_.available_instances();
      json ids = json::array();
      for (const JobInstance& instance : available) ids.push_back(instance.id);
      result(std::move(ids));
    } else if (fn.find("exist") != std::string::npos) {  // own_instance_exists, is_local_instance_existed
      const bool exists = co_await instances_.own_instance_exists();
      result(exists);
    } else if (fn == "trigger_all" || fn == "trigger_all_instances") {
      co_await instances_.trigger_all_instances();
    } else {
      c.unknown_function();
    }
  }

  PlayedServers servers_;
  InstanceService instances_;
};

class ConfigurationCheck final : public Check {
 public:
  explicit ConfigurationCheck(Case& of) : Check(of), service_(context, storage) {
    storage.root_there = given().get("root_exists", false);
    storage.root_text = Answers<Text>::of(given().find("root_data"), Text()).take();
    storage.nodes.exists.insert_or_assign(node::config, given().get("config_exists", false));
    const json* const direct = given().find_any({"direct", "stored"});
    put(direct, storage.nodes.direct);
    put(given().find("cached"), storage.nodes.cached);
    if (direct == nullptr && given().get("config_exists", false)) {
      storage.nodes.direct.insert_or_assign(node::config,
                                            Answers<Text>(to_yaml(JobConfiguration(job_default, 3), c.profile())));
    }
    // The local one is told apart by its description.
    configuration.description = "as given";
    configuration.overwrite = given().get("overwrite", false);
    configuration.max_time_diff_seconds = given().get("max_seconds", -1);
    read_clock();
  }

 private:
  void put(const json* keys, std::map<std::string, Answers<Text>>& data) {
    if (keys == nullptr || keys->is_null()) return;
    JobConfiguration as_told(job_default, 3);
    const Facts facts(*keys);
    set_keys(facts, as_told);
    if (!facts.unread().empty()) c.bad("unknown key of a configuration: " + facts.unread().front());
    data.insert_or_assign(node::config, Answers<Text>(to_yaml(as_told, c.profile())));
  }
  /// The check of the clocks reads the configuration from the tree.
  void read_clock() {
    const json* const zk_time = given().find("zk_time_ms");
    const json* const ahead = given().find("diff_ms");
    if (c.fn() != "check_time") return;
    storage.nodes.set_data(node::config, Answers<Text>(to_yaml(configuration, c.profile())));
    const std::int64_t now = stage.clock().wall().ms();
    storage.time_ms = now - Facts::value_of<std::int64_t>(ahead, 0);
    if (zk_time != nullptr && *zk_time != "now") storage.time_ms = zk_time->get<std::int64_t>();
  }

  Task<> call() override {
    const std::string fn = c.fn();
    const json* const class_name = given().find("class");
    if (fn == "load") {
      const json from_cache = c.arg_or_given("from_cache");
      const ConfigurationPtr loaded = co_await service_.load(from_cache.get<bool>());
      outcome.values = keys_of(*loaded);
      outcome.values["count"] = loaded->sharding_total_count;
      outcome.values["source"] = source();
    } else if (fn == "set_up") {
      std::optional<std::string> name;
      if (class_name != nullptr) name = text_or_none(*class_name);
      JobConfiguration local = configuration;
      const JobConfiguration accepted = co_await service_.set_up(std::move(name), std::move(local));
      outcome.values["accepted"] = accepted == configuration ? "local" : accepted_from_tree();
    } else if (fn == "check_time") {
      co_await service_.check_time();
    } else {
      c.unknown_function();
    }
  }

  /// Where the last request that had an answer went.
  std::string source() const {
    const std::string& last = log.calls().back();
    return verb_of(last) == "get" ? "cached" : "direct";
  }
  /// Any word but "local" means the one in the tree.
  std::string accepted_from_tree() const {
    const std::string expected = c.expect().value("accepted", "");
    return expected.empty() || expected == "local" ? "direct" : expected;
  }

  ConfigurationService service_;
};

class ShutdownCheck final : public Check {
 public:
  explicit ShutdownCheck(Case& of)
      : Check(of), leader_(log), reconcile_(log), facade_(context, leader_, reconcile_, [] {}) {
    leader_.leads = Answers<bool>::of(given().find("leader"), false);
    reconcile_.running = Facts::value_of(given().find_any({"facade_reconcile_running", "reconcile_running"}), false);
  }

 private:
  Task<> call() override { return facade_.shutdown_instance(); }

  PlayedLeader leader_;
  PlayedReconcile reconcile_;
  SchedulerFacade facade_;
};

/// The registry as it is given: `controller` and `instance` say what it knows of the job.
class JobRegistryCheck final : public Check {
 public:
  explicit JobRegistryCheck(Case& of) : Check(of) {
    if (given().get("controller", false)) known_.register_job(job_default, controller);
    if (given().get("instance", false)) known_.add_instance(job_default, JobInstance(own_id_default));
    if (given().find("running") != nullptr) known_.set_running(job_default, given().get("running", false));
    if (given().find("count") != nullptr) known_.set_total_count(job_default, given().get("count", 0));
  }

 private:
  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "is_job_running") {
      result(known_.is_running(job_default));
    } else if (fn == "current_total_count") {
      result(known_.total_count(job_default));
    } else if (fn == "is_shutdown") {
      result(known_.is_shutdown(job_default));
    } else if (fn == "shutdown") {
      co_await known_.shutdown(job_default);
      result(known_.is_shutdown(job_default));
    } else {
      c.unknown_function();
    }
  }

  JobRegistry known_;
};

}  // namespace

void check_leader_service(Case& c) { play<LeaderCheck>(c); }
void check_server_service(Case& c) { play<ServerCheck>(c); }
void check_instance_service(Case& c) { play<InstanceCheck>(c); }
void check_config_service(Case& c) { play<ConfigurationCheck>(c); }
void check_shutdown(Case& c) { play<ShutdownCheck>(c); }
void check_job_registry(Case& c) { play<JobRegistryCheck>(c); }

}  // namespace chronofault::verify::elasticjob
