#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/services/execution_context_service.hpp>
#include <elastic_job/services/execution_service.hpp>
#include <elastic_job/services/failover_service.hpp>
#include <elastic_job/services/reconcile_service.hpp>
#include <elastic_job/services/sharding_service.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

/// `owners`: data of each `sharding/N/instance`; null: there is none.
void read_owners(const Facts& given, Nodes& nodes) {
  const json* const owners = given.find("owners");
  if (owners == nullptr) return;
  for (std::size_t i = 0; i < owners->size(); ++i) {
    const json& owner = (*owners)[i];
    nodes.set_data(node::owner(static_cast<int>(i)), Answers<Text>::of(&owner, Text()));
  }
}

class ShardingCheck final : public Check {
 public:
  explicit ShardingCheck(Case& of)
      : Check(of),
        leader_(log),
        instances_(log),
        servers_(log),
        execution_(log),
        sharding_(context, storage, ShardingService::Others(leader_, configurations, instances_, servers_, execution_),
                  nullptr) {
    Nodes& nodes = storage.nodes;
    read_nodes(given(), nodes);
    read_owners(given(), nodes);
    leader_.leads = Answers<bool>::of(given().find_any({"leader", "leader_sequence"}), false);
    sequence("necessary_sequence", node::necessary);
    sequence("processing_sequence", node::processing);
    if (const json* const names = given().find("sharding_children")) {
      nodes.children.insert_or_assign(node::sharding, names->get<std::vector<std::string>>());
    }
    if (const json* const names = given().find("instances")) {
      nodes.children.insert_or_assign(node::instances, names->get<std::vector<std::string>>());
    }
    for (const std::string& id : given().get("available", std::vector<std::string>())) {
      instances_.available.emplace_back(id);
    }
    const json* const enabled = given().find("server_enabled");
    const bool is_enabled = Facts::value_of(enabled, false);
    servers_.enabled = [is_enabled](const std::string&) { return is_enabled; };
    servers_.available = Answers<bool>::of(given().find("server_available"), false);
    execution_.running = Answers<bool>::of(given().find_any({"has_running_sequence", "has_running"}), false);
    configuration.static_sharding = given().get("static_sharding", false);
    if (const json* const strategy = given().find_any({"strategy", "jobShardingStrategyType"})) {
      configuration.job_sharding_strategy_type = strategy->get<std::string>();
    }
  }

 private:
  void sequence(const char* key, const char* node) {
    if (const json* const answers = given().find(key)) {
      storage.nodes.exists.insert_or_assign(node, Answers<bool>::of(answers, false));
    }
  }
  std::string id() const {
    const json named = c.arg_or_given("id");
    return named.is_null() ? context.own().id : named.get<std::string>();
  }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "set_resharding_flag") {
      co_await sharding_.set_resharding_flag();
    } else if (fn == "is_need_sharding") {
      const bool need = co_await sharding_.is_need_sharding();
      result(need);
    } else if (fn == "sharding_if_necessary") {
      co_await sharding_.sharding_if_necessary();
    } else if (fn == "sharding_items") {
      const Items items = co_await sharding_.sharding_items(id());
      result(items);
    } else if (fn == "local_sharding_items") {
      const Items items = co_await sharding_.local_sharding_items();
      result(items);
    } else if (fn == "crashed_items") {
      const Items items = co_await sharding_.crashed_items(id());
      result(items);
    } else if (fn == "has_offline_owner") {
      const bool has = co_await sharding_.has_offline_owner();
      result(has);
    } else if (fn == "is_static_and_sharded") {
      const bool is = co_await sharding_.is_static_and_sharded();
      result(is);
    } else {
      c.unknown_function();
    }
  }
  void look_back() override {
    outcome.values["running_checks"] = log.count("has_running") + log.count("has_running_all");
    json members = json::array();
    for (const TxOp& op : storage.committed) {
      const char* const verb = op.kind == TxOp::Kind::create ? "create" : "remove";
      members.push_back(op.kind == TxOp::Kind::create ? call_of(verb, op.path, op.data) : call_of(verb, op.path));
    }
    outcome.values["transaction"] = std::move(members);
  }

  PlayedLeader leader_;
  PlayedInstances instances_;
  PlayedServers servers_;
  PlayedExecution execution_;
  ShardingService sharding_;
};

class ExecutionCheck final : public Check {
 public:
  explicit ExecutionCheck(Case& of) : Check(of), execution_(context, storage, configurations) {
    read_nodes(given(), storage.nodes);
  }

 private:
  Task<> call() override {
    const std::string fn = c.fn();
    const json named = c.arg_or_given("items");
    const json failed_named = c.arg(1).is_null() ? json(given().get("failed", Items())) : c.arg(1);
    Items items = items_of(named);
    if (fn == "register_begin") {
      co_await execution_.register_begin(std::move(items));
    } else if (fn == "register_completed") {
      Items failed = items_of(failed_named);
      co_await execution_.register_completed(std::move(items), std::move(failed));
    } else if (fn == "clear_running") {
      co_await execution_.clear_running(std::move(items));
    } else if (fn == "clear_all_running") {
      co_await execution_.clear_all_running();
    } else if (fn == "set_misfire") {
      co_await execution_.set_misfire(std::move(items));
    } else if (fn == "clear_misfire") {
      co_await execution_.clear_misfire(std::move(items));
    } else {
      co_await ask(fn, std::move(items));
    }
  }
  Task<> ask(std::string fn, Items items) {
    if (fn == "has_running") {
      const bool has = co_await execution_.has_running(std::move(items));
      result(has);
    } else if (fn == "has_running_all") {
      const bool has = co_await execution_.has_running_all();
      result(has);
    } else if (fn == "misfire_if_running") {
      const bool misfired = co_await execution_.misfire_if_running(std::move(items));
      result(misfired);
    } else if (fn == "misfired_items" || fn == "get_misfired_items" || fn == "misfired") {
      const Items misfired = co_await execution_.misfired_items(std::move(items));
      result(misfired);
    } else if (fn == "disabled_items" || fn == "get_disabled_items" || fn == "disabled") {
      const Items disabled = co_await execution_.disabled_items(std::move(items));
      result(disabled);
    } else if (fn == "all_running_items") {
      const std::map<int, std::string> running = co_await execution_.all_running_items();
      json by_item = json::object();
      for (const auto& [item, id] : running) by_item[std::to_string(item)] = id;
      result(std::move(by_item));
    } else {
      c.unknown_function();
    }
  }

  ExecutionService execution_;
};

class ExecutionContextCheck final : public Check {
 public:
  explicit ExecutionContextCheck(Case& of) : Check(of), contexts_(context, storage, configurations) {
    read_nodes(given(), storage.nodes);
    configuration.sharding_item_parameters = given().get<std::string>("parameters", "");
    configuration.job_parameter = given().get<std::string>("jobParameter", "");
  }

 private:
  Task<> call() override {
    const json named = c.arg_or_given("items");
    Items items = items_of(named);
    const ShardingContexts made = co_await contexts_.sharding_contexts(std::move(items));
    json map = json::object();
    for (const auto& [item, parameter] : made.item_parameters) {
      map[std::to_string(item)] = parameter ? json(*parameter) : json();
    }
    outcome.values["map"] = std::move(map);
    outcome.values["item_order"] = made.items();
    outcome.values["total"] = made.total;
    outcome.values["task_id"] = made.task_id;
    outcome.values["jobParameter"] = made.job_parameter;
  }

  ExecutionContextService contexts_;
};

class FailoverCheck final : public Check {
 public:
  explicit FailoverCheck(Case& of) : Check(of), sharding_(log), failover_(context, storage, sharding_, configurations) {
    read_nodes(given(), storage.nodes);
    sharding_.local = Facts::value_of(given().find_any({"local_items", "local"}), Items());
  }

 private:
  std::string id() const {
    const json named = c.arg_or_given("id");
    return named.is_null() ? context.own().id : named.get<std::string>();
  }
  int item() const { return c.arg_or_given("item").get<int>(); }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "set_crashed") {
      co_await failover_.set_crashed(item());
    } else if (fn == "set_crashed_directly") {
      co_await failover_.set_crashed_directly(item());
    } else if (fn == "failover_if_necessary") {
      co_await failover_.failover_if_necessary();
    } else if (fn == "takeover") {
      co_await failover_.takeover();
    } else if (fn == "update_complete" || fn == "update_failover_complete") {
      const json named = c.arg_or_given("items");
      Items items = items_of(named);
      co_await failover_.update_complete(std::move(items));
    } else if (fn == "remove_failover_info" || fn == "remove_info") {
      co_await failover_.remove_failover_info();
    } else if (fn == "clear_failovering") {
      co_await failover_.clear_failovering(item());
    } else {
      co_await ask(fn);
    }
  }
  Task<> ask(std::string fn) {
    if (fn == "failover_items") {
      const Items items = co_await failover_.failover_items(id());
      result(items);
    } else if (fn == "failovering_items") {
      const Items items = co_await failover_.failovering_items(id());
      result(items);
    } else if (fn == "local_failover_items") {
      const Items items = co_await failover_.local_failover_items();
      result(items);
    } else if (fn == "local_taken_off_items") {
      const Items items = co_await failover_.local_taken_off_items();
      result(items);
    } else if (fn == "all_failovering_items") {
      const std::map<int, std::string> marks = co_await failover_.all_failovering_items();
      json by_item = json::object();
      for (const auto& [item, id] : marks) by_item[std::to_string(item)] = id;
      result(std::move(by_item));
    } else {
      c.unknown_function();
    }
  }

  PlayedSharding sharding_;
  FailoverService failover_;
};

class ReconcileCheck final : public Check {
 public:
  explicit ReconcileCheck(Case& of)
      : Check(of),
        sharding_(log),
        leader_(log),
        reconcile_(context, configurations, sharding_, leader_,
                   stage.clock().wall().ms() - given().get<std::int64_t>("elapsed_ms", 0)) {
    configuration.reconcile_interval_minutes = given().get("interval_min", 10);
    leader_.leads = Answers<bool>::of(given().find("leader"), false);
    sharding_.necessary = Answers<bool>::of(given().find("necessary"), false);
    sharding_.offline_owner = given().get("offline_owner", false);
    sharding_.static_and_sharded = static_and_sharded(given());
  }

 private:
  Task<> call() override { return reconcile_.pass(); }

  PlayedSharding sharding_;
  PlayedLeader leader_;
  ReconcileService reconcile_;
};

}  // namespace

void check_sharding_service(Case& c) { play<ShardingCheck>(c); }
void check_execution_service(Case& c) { play<ExecutionCheck>(c); }
void check_execution_context(Case& c) { play<ExecutionContextCheck>(c); }
void check_failover_service(Case& c) { play<FailoverCheck>(c); }
void check_reconcile(Case& c) { play<ReconcileCheck>(c); }

}  // namespace chronofault::verify::elasticjob
