#include <functional>

#include <elastic_job/error_handler.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/rules/sharding_strategy.hpp>
#include <elastic_job/rules/task_context.hpp>

#include "elasticjob_configuration.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

/// What a rule answers or throws.
Outcome outcome_of(const std::function<void(json& values)>& ask) {
  Outcome outcome;
  try {
    ask(outcome.values);
  } catch (const std::exception&) {
    throw;
  } catch (...) {
    outcome.error = error_name(std::current_exception());
    outcome.values = json::object();
  }
  return outcome;
}

std::string required_text(const Case& c, std::string_view key) {
  const json* const value = c.all().find(key);
  if (value == nullptr) c.bad("no " + std::string(key));
  return value->is_null() ? "" : value->get<std::string>();
}

ShardingStrategy strategy_of(const Case& c) {
  static const std::map<std::string_view, ShardingStrategy> by_file{
      {"sharding_average", ShardingStrategy::average_allocation},
      {"sharding_odevity", ShardingStrategy::odevity},
      {"sharding_round_robin", ShardingStrategy::round_robin},
      {"sharding_single_balance", ShardingStrategy::single_sharding_balance}};
  return by_file.at(c.group());
}

void write_task_context(const std::string& text, json& values) {
  const TaskContext context = task_context(text);
  values["id"] = context.id;
  values["job"] = context.meta.job;
  values["items"] = context.meta.items;
  values["type"] = context.type;
  values["execution_type"] = context.type;
  values["slave_id"] = context.slave_id;
  values["slave"] = context.slave_id;
  values["task_name"] = context.task_name();
}

bool expects_any(const Case& c, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(), [&c](const char* key) { return c.expect().contains(key); });
}

}  // namespace

// spec: elasticjob 7.5
void check_sharding_strategy(Case& c) {
  const std::string job = required_text(c, "job");
  const auto total = c.all().get("total", 0);
  const auto instances = c.all().get("instances", std::vector<std::string>());
  const WallTime now = WallTime::from_ms(c.all().get<std::int64_t>("now_ms", 0));
  c.compare(outcome_of([&](json& values) {
    values["assignment"] = json::array();
    for (const auto& [id, items] : shard(strategy_of(c), instances, job, total, now)) {
      values["assignment"].push_back(json::array({id, items}));
    }
  }));
}

// spec: elasticjob 6.1
void check_item_parameters(Case& c) {
  const std::string text = required_text(c, "text");
  c.compare(outcome_of([&](json& values) {
    values["map"] = json::object();
    for (const auto& [item, parameter] : parse_item_parameters(text)) values["map"][std::to_string(item)] = parameter;
  }));
}

// spec: elasticjob 1, 7.6
void check_task_id(Case& c) {
  const json* const text = c.all().find("text");
  const std::string job = c.given().get<std::string>("job", "");
  const auto items = c.given().get("items", std::vector<int>());
  const std::string own = c.given().get<std::string>("own", "");
  c.compare(outcome_of([&](json& values) {
    if (text == nullptr) {
      const std::string id = task_id(job, items, own);
      values["id"] = values["task_id"] = values["text"] = id;
      const std::string start = c.expect().value("starts_with", "");
      values["starts_with"] = id.starts_with(start) ? start : id;
    } else if (expects_any(c, {"ip"})) {
      values["ip"] = ip_of(text->get<std::string>());
    } else if (expects_any(c, {"id", "task_name", "type", "execution_type", "slave", "slave_id"})) {
      write_task_context(text->get<std::string>(), values);
    } else {
      const TaskMeta meta = task_meta(text->get<std::string>());
      values["job"] = meta.job;
      values["items"] = meta.items;
      values["text"] = to_string(meta);
    }
  }));
}

// spec: elasticjob 6.1
void check_config_defaults(Case& c) {
  const json* const strategy = c.given().find("strategyType");
  const json* const handler = c.given().find("errorHandlerType");
  const json* const pool = c.given().find("executorServiceHandlerType");
  if (strategy != nullptr || handler != nullptr || pool != nullptr) {
    return c.compare(outcome_of([&](json& values) {
      if (strategy != nullptr) values["strategy"] = name_of(sharding_strategy(text_or_none(*strategy), c.profile()));
      // These have no names of their own: the expected one must be the same.
      const auto same = [&](const char* key, const auto& read) {
        const std::string expected = c.expect().value(key, "");
        values[key] = read(expected) ? expected : "another than " + expected;
      };
      if (handler != nullptr) {
        const ErrorHandler found = error_handler(text_or_none(*handler), c.profile());
        same("handler", [&](const std::string& type) { return error_handler(type, c.profile()) == found; });
      }
      if (pool != nullptr) {
        const ExecutorServiceHandler found = executor_service_handler(text_or_none(*pool));
        same("executor", [&](const std::string& type) { return executor_service_handler(type) == found; });
      }
    }));
  }
  JobConfiguration given;
  set_keys(c.given(), given);
  Outcome outcome = outcome_of([&](json& values) { values = keys_of(build(given)); });
  if (c.expect() == "same") {
    bool same = !outcome.error;
    for (const auto& [key, value] : c.given().data().items()) same = same && outcome.values.value(key, json()) == value;
    outcome.values = {{"result", same ? json("same") : outcome.values}};
  }
  c.compare(outcome);
}

// spec: elasticjob 6.1
void check_config_yaml(Case& c) {
  const json* const yaml = c.all().find("yaml");
  c.compare(outcome_of([&](json& values) {
    if (yaml != nullptr) {
      values = keys_of(from_yaml(yaml->get<std::string>(), c.profile()));
      return;
    }
    // A configuration of which nothing is given: what upstream's plain object holds.
    JobConfiguration configuration = from_yaml("shardingTotalCount: 0\n", c.profile());
    set_keys(c.given(), configuration);
    values["yaml"] = to_yaml(configuration, c.profile());
  }));
}

}  // namespace chronofault::verify::elasticjob
