#include <algorithm>

#include <powerjob/json.hpp>
#include <powerjob/workflow_dag.hpp>

namespace chronofault::powerjob {

namespace {

struct Problem {
  std::string text;
};

const Json* present(const Json& object, const char* key) {
  const Json* value = object.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

template <class T>
std::optional<T> optional_member(const Json& object, const char* key, const char* kind) {
  const Json* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  const T* content = value->get<T>();
  if (content == nullptr) throw Problem{std::string(key) + " must be " + kind};
  return *content;
}
std::optional<std::int64_t> number(const Json& object, const char* key) {
  return optional_member<std::int64_t>(object, key, "a whole number");
}
std::int64_t required(const Json& object, const char* key) {
  const std::optional<std::int64_t> value = number(object, key);
  if (!value) throw Problem{std::string(key) + " is missing"};
  return *value;
}
bool flag(const Json& object, const char* key, bool fallback) {
  return optional_member<bool>(object, key, "true or false").value_or(fallback);
}
std::optional<std::string> text(const Json& object, const char* key) {
  return optional_member<std::string>(object, key, "text");
}

NodeType node_type(std::int64_t code) {
  if (code < 1 || code > 3) throw Problem{"nodeType must be 1, 2 or 3"};
  return static_cast<NodeType>(code);
}

InstanceStatus instance_status(std::int64_t code) {
  const bool known = (code >= 1 && code <= 5) || code == 9 || code == 10;
  if (!known) throw Problem{"status must be 1 .. 5, 9 or 10"};
  return static_cast<InstanceStatus>(code);
}

const Json::Array& items(const Json& object, const char* key) {
  static const Json::Array none;
  const Json* value = present(object, key);
  if (value == nullptr) return none;
  const Json::Array* array = value->get<Json::Array>();
  if (array == nullptr) throw Problem{std::string(key) + " must be a list"};
  return *array;
}

DagNode node_of(const Json& json) {
  DagNode node;
  node.node_id = required(json, "nodeId");
  node.type = node_type(number(json, "nodeType").value_or(1));
  node.job_id = number(json, "jobId").value_or(0);
  node.name = text(json, "nodeName").value_or("");
  node.params = text(json, "nodeParams").value_or("");
  node.enable = flag(json, "enable", true);
  node.skip_when_failed = flag(json, "skipWhenFailed", false);
  node.disabled_by_control_node = flag(json, "disableByControlNode", false);
  node.instance_id = number(json, "instanceId");
  if (const auto status = number(json, "status")) node.status = instance_status(*status);
  node.result = text(json, "result");
  node.finished_at_ms = number(json, "finishedTime");
  return node;
}

DagEdge edge_of(const Json& json) {
  DagEdge edge;
  edge.from = required(json, "from");
  edge.to = required(json, "to");
  edge.property = text(json, "property").value_or("");
  edge.enable = flag(json, "enable", true);
  return edge;
}

Json json_of(const DagNode& node) {
  Json json;
  json.add("nodeId", node.node_id);
  json.add("nodeType", static_cast<std::int64_t>(node.type));
  json.add("jobId", node.job_id);
  if (!node.name.empty()) json.add("nodeName", node.name);
  if (!node.params.empty()) json.add("nodeParams", node.params);
  json.add("enable", node.enable);
  json.add("skipWhenFailed", node.skip_when_failed);
  if (node.disabled_by_control_node) json.add("disableByControlNode", true);
  if (node.instance_id) json.add("instanceId", *node.instance_id);
  if (node.status) json.add("status", static_cast<std::int64_t>(*node.status));
  if (node.result) json.add("result", *node.result);
  if (node.finished_at_ms) json.add("finishedTime", *node.finished_at_ms);
  return json;
}

Json json_of(const DagEdge& edge) {
  Json json;
  json.add("from", edge.from);
  json.add("to", edge.to);
  if (!edge.property.empty()) json.add("property", edge.property);
  if (!edge.enable) json.add("enable", false);
  return json;
}

template <class Items>
Json list_of(const Items& list) {
  Json::Array array;
  for (const auto& item : list) array.push_back(json_of(item));
  return array;
}

}  // namespace

DagNode* WorkflowDag::find(std::int64_t node_id) noexcept {
  const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const DagNode& n) { return n.node_id == node_id; });
  return it == nodes.end() ? nullptr : &*it;
}
const DagNode* WorkflowDag::find(std::int64_t node_id) const noexcept {
  return const_cast<WorkflowDag*>(this)->find(node_id);
}

std::string to_json(const WorkflowDag& dag) {
  Json json;
  json.add("nodes", list_of(dag.nodes));
  json.add("edges", list_of(dag.edges));
  return json.dump();
}

tl::expected<WorkflowDag, std::string> parse_dag(const std::string& text) {
  const auto json = Json::parse(text);
  if (!json) return tl::unexpected("dag: " + json.error());
  if (json->get<Json::Object>() == nullptr) return tl::unexpected(std::string("dag: an object is expected"));
  WorkflowDag dag;
  try {
    for (const Json& node : items(*json, "nodes")) dag.nodes.push_back(node_of(node));
    for (const Json& edge : items(*json, "edges")) dag.edges.push_back(edge_of(edge));
  } catch (const Problem& problem) {
    return tl::unexpected("dag: " + problem.text);
  }
  return dag;
}

}  // namespace chronofault::powerjob
