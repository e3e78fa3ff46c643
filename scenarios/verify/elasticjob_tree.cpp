#include "elasticjob_tree.hpp"

#include <elastic_job/rules/java_order.hpp>

namespace chronofault::verify::elasticjob {

namespace {

template <class T>
T answer_at(std::map<std::string, Answers<T>>& answers, const std::string& node, T otherwise) {
  const auto found = answers.find(node);
  return found == answers.end() ? otherwise : found->second.take();
}

bool exists_at(Nodes& nodes, const std::string& node) {
  const auto direct = nodes.direct.find(node);
  const auto children = nodes.children.find(node);
  const bool is_told_of = (direct != nodes.direct.end() && direct->second.peek()) ||
                          (children != nodes.children.end() && !children->second.empty());
  return answer_at(nodes.exists, node, is_told_of);
}

std::vector<std::string> children_at(const Nodes& nodes, const std::string& node) {
  const auto found = nodes.children.find(node);
  return found == nodes.children.end() ? std::vector<std::string>() : found->second;
}

template <class T>
void read_answers(const json* by_node, std::map<std::string, Answers<T>>& answers) {
  if (by_node == nullptr) return;
  for (const auto& [node, value] : by_node->items()) answers.insert_or_assign(node, Answers<T>::of(&value, T()));
}

}  // namespace

void read_nodes(const Facts& given, Nodes& nodes) {
  read_answers(given.find_any({"exists", "exists_sequence"}), nodes.exists);
  const json* const data = given.find("data");
  read_answers(data, nodes.cached);
  read_answers(data, nodes.direct);
  read_answers(given.find("cached"), nodes.cached);
  read_answers(given.find("direct"), nodes.direct);
  for (const char* const key : {"children", "children_unsorted"}) {
    const json* const by_node = given.find(key);
    if (by_node == nullptr) continue;
    for (const auto& [node, names] : by_node->items()) {
      auto list = names.get<std::vector<std::string>>();
      if (key == std::string_view("children_unsorted")) sort_descending(list);
      nodes.children.insert_or_assign(node, std::move(list));
    }
  }
}

std::string call_of(std::string_view verb, std::string_view argument) {
  return std::string(verb).append(":").append(argument);
}
std::string call_of(std::string_view verb, std::string_view argument, std::string_view data) {
  return call_of(verb, argument).append("=").append(data);
}

Task<bool> PlayedStorage::exists(std::string node) { return answer(call_of("exists", node), exists_at(nodes, node)); }
Task<Text> PlayedStorage::get(std::string node) {
  return answer(call_of("get", node), answer_at(nodes.cached, node, Text()));
}
Task<Text> PlayedStorage::get_direct(std::string node) {
  return answer(call_of("get_direct", node), answer_at(nodes.direct, node, Text()));
}
Task<std::vector<std::string>> PlayedStorage::children(std::string node) {
  return answer(call_of("children", node), children_at(nodes, node));
}
Task<> PlayedStorage::transaction(TxBuilder build) {
  const std::vector<TxOp> members = build();
  committed.insert(committed.end(), members.begin(), members.end());
  return act("transaction");
}
Task<> PlayedStorage::in_leader(std::string latch_node, std::function<Task<>()>) {
  return act(call_of("in_leader", latch_node));
}

Task<bool> PlayedRegistry::exists(std::string path) { return answer(call_of("exists", path), exists_at(nodes, path)); }
Task<Text> PlayedRegistry::get_direct(std::string path) {
  return answer(call_of("get_direct", path), answer_at(nodes.direct, path, Text()));
}
Task<Text> PlayedRegistry::get(std::string path) {
  return answer(call_of("get", path), answer_at(nodes.cached, path, Text()));
}
Task<std::vector<std::string>> PlayedRegistry::children(std::string path) {
  return answer(call_of("children", path), children_at(nodes, path));
}
Task<int> PlayedRegistry::num_children(std::string path) {
  return answer(call_of("num_children", path), static_cast<int>(children_at(nodes, path).size()));
}
Task<> PlayedRegistry::in_leader(std::string path, std::function<Task<>()>) { return act(call_of("in_leader", path)); }

Task<> PlayedRegistry::commit(Log* log, std::exception_ptr error) {
  log->say("multi");
  if (error) std::rethrow_exception(error);
  co_return;
}

}  // namespace chronofault::verify::elasticjob
