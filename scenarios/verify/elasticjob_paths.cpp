#include <functional>

#include <elastic_job/rules/job_paths.hpp>

#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

/// The job, its own id, and the arguments of the case.
struct PathCall {
  explicit PathCall(const Case& c) : c(c), paths("test_job"), own("127.0.0.1@-@0"), own_ip("127.0.0.1") {}
  std::string text(std::size_t i) const { return c.arg(i).is_string() ? c.arg(i).get<std::string>() : c.arg(i).dump(); }
  int item() const { return c.arg(0).is_number() ? c.arg(0).get<int>() : std::stoi(text(0)); }
  bool has(std::size_t i) const { return !c.arg(i).is_null(); }
  std::string full(std::string_view node) const { return paths.full(node); }

  const Case& c;
  JobPaths paths;
  std::string own;
  std::string own_ip;
};

using PathFunction = std::function<json(const PathCall&)>;

json item_or_null(std::optional<int> item) { return item ? json(*item) : json(); }

PathFunction of_item(std::string (*node)(int)) {
  return [node](const PathCall& call) { return json(node(call.item())); };
}
PathFunction of_root(const char* node) {
  return [node](const PathCall& call) { return json(call.full(node)); };
}

json sharding_path(const PathCall& call) {
  std::string node = node::sharding;
  for (std::size_t i = 0; call.has(i); ++i) node.append("/").append(call.text(i));
  return call.full(node);
}

const std::map<std::string_view, PathFunction>& path_functions() {
  static const std::map<std::string_view, PathFunction> all{
      {"full", [](const PathCall& call) { return json(call.full(call.text(0))); }},
      {"config", of_root(node::config)},
      {"leader", of_root(node::leader_instance)},
      {"leader_host", of_root(node::leader_instance)},
      {"instances", of_root(node::instances)},
      {"servers", of_root(node::servers)},
      {"server",
       [](const PathCall& call) {
         return json(call.full(call.has(0) ? node::server(call.text(0)) : std::string(node::servers)));
       }},
      {"instance",
       [](const PathCall& call) {
         return json(call.full(call.has(0) ? node::instance(call.text(0)) : std::string(node::instances)));
       }},
      {"sharding", sharding_path},
      {"server_node", [](const PathCall& call) { return json(node::server(call.text(0))); }},
      {"instance_node",
       [](const PathCall& call) {
         return json(call.c.arg(0).is_number() ? node::owner(call.item()) : node::instance(call.text(0)));
       }},
      {"item_node", of_item(node::item)},
      {"owner_node", of_item(node::owner)},
      {"running_node", of_item(node::running)},
      {"misfire_node", of_item(node::misfire)},
      {"disabled_node", of_item(node::disabled)},
      {"failover_node", of_item(node::failover)},
      {"execution_failover_node", of_item(node::failover)},
      {"failovering_node", of_item(node::failovering)},
      {"failover_items_node", of_item(node::failover_item)},
      {"items_node", of_item(node::failover_item)},
      {"started_node", of_item(node::started_item)},
      {"completed_node", of_item(node::completed_item)},
      {"local_instance_node", [](const PathCall& call) { return json(node::instance(call.own)); }},
      {"item_of_running", [](const PathCall& call) { return item_or_null(call.paths.item_of_running(call.text(0))); }},
      {"item_of_failover",
       [](const PathCall& call) { return item_or_null(call.paths.item_of_failover(call.text(0))); }},
      {"is_started_root", [](const PathCall& call) { return json(call.paths.is_started_root(call.text(0))); }},
      {"is_completed_root", [](const PathCall& call) { return json(call.paths.is_completed_root(call.text(0))); }},
      {"is_config_path", [](const PathCall& call) { return json(call.paths.is_config(call.text(0))); }},
      {"is_instance_path", [](const PathCall& call) { return json(call.paths.is_instance(call.text(0))); }},
      {"is_local_instance_path",
       [](const PathCall& call) { return json(call.paths.is_instance_of(call.text(0), call.own)); }},
      {"is_server_path", [](const PathCall& call) { return json(call.paths.is_server(call.text(0))); }},
      {"is_local_server_path",
       [](const PathCall& call) { return json(call.paths.is_server_of(call.text(0), call.own_ip)); }},
      {"is_leader_instance_path",
       [](const PathCall& call) { return json(call.paths.is_leader_instance(call.text(0))); }},
      {"is_local_trigger_path",
       [](const PathCall& call) { return json(call.paths.is_trigger_of(call.text(0), call.own)); }},
      {"instance_id_of", [](const PathCall& call) { return json(call.paths.instance_id(call.text(0))); }},
  };
  return all;
}

}  // namespace

// spec: elasticjob 2.1
void check_paths(Case& c) {
  std::string fn = c.fn();
  auto found = path_functions().find(fn);
  if (found == path_functions().end()) found = path_functions().find(fn.append("_path"));  // "is_config"
  if (found == path_functions().end()) c.unknown_function();
  Outcome outcome;
  outcome.values["result"] = found->second(PathCall(c));
  c.compare(outcome);
}

}  // namespace chronofault::verify::elasticjob
