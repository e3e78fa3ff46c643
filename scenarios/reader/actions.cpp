// `do:`: what the operator does, and when.
#include <algorithm>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

void read_target(Reading& r, const Node& node, const std::string& path, bool bare, bool workflow,
                 OperatorAction& action) {
  std::vector<std::string> names = workflow ? r.workflows() : r.jobs();
  if (bare) {
    for (const std::string& name : r.workflows()) names.push_back(name);
  }
  const auto name = r.values.name(node, path, workflow ? "workflow" : bare ? "job or workflow" : "job", names);
  if (!name) return;
  const std::vector<std::string> workflows = r.workflows();
  action.job = *name;
  action.workflow = std::find(workflows.begin(), workflows.end(), *name) != workflows.end();
}

OperatorAction read_action(Reading& r, const std::string& verb, const Node& node, const std::string& path) {
  OperatorAction action;
  action.verb = verb;
  if (node.is_scalar() || Values::is_draw(node)) {
    read_target(r, node, path, true, false, action);
    return action;
  }
  Fields fields(node, "the action '" + verb + "'", r.problems);
  const Node* const job = fields.get("job");
  const Node* const workflow = fields.get("workflow");
  if (job != nullptr && workflow != nullptr)
    r.problems.add(workflow->place, "both 'job' and 'workflow'", "one of them");
  if (job == nullptr && workflow == nullptr) {
    static const std::vector<std::string> free = {"scale", "deploy"};
    if (std::find(free.begin(), free.end(), verb) == free.end()) {
      r.problems.add(node.place, "the action '" + verb + "' without its job", "job: NAME or workflow: NAME");
    }
  }
  if (job != nullptr) read_target(r, *job, path + "/job", false, false, action);
  if (workflow != nullptr) read_target(r, *workflow, path + "/workflow", false, true, action);
  if (const Node* delay = fields.get("delay"))
    action.delay = r.values.duration(*delay, path + "/delay").value_or(Duration{});
  if (const Node* via = fields.get("via")) {
    std::vector<std::string> names = r.processes();
    if (!r.info.operator_role.empty()) {
      names.clear();
      for (const ProcessEntry& process : r.plan.cluster.processes) {
        if (process.role == r.info.operator_role) names.push_back(process.name);
      }
    }
    const std::string what = r.info.operator_role.empty() ? "process" : r.info.operator_role;
    action.via = r.values.name(*via, path + "/via", what, names).value_or("");
  }
  if (const Node* params = fields.get("params")) action.params = r.values.text(*params, path + "/params").value_or("");
  if (const Node* edits = fields.get("set")) {
    action.edits = read_settings(r, edits, editable_settings(r.info), "`set` of an edit", path + "/set", false);
  }
  fields.done();
  return action;
}

}  // namespace

std::vector<Setting> editable_settings(const SystemInfo& info) {
  std::vector<Setting> keys = {
      {"cron", SettingType::text, Null{}, "", INT64_MIN, INT64_MAX, {}},
      {"every", SettingType::duration, Null{}, "", 1'000, INT64_MAX, {}},
      {"overlap", SettingType::text, Null{}, "", 0, 0, {"parallel", "queue", "discard_new", "replace_old"}},
      {"shards", SettingType::integer, Null{}, "", 1, 100'000, {}},
      {"retries", SettingType::integer, Null{}, "", 0, 100'000, {}},
      {"enabled", SettingType::boolean, Null{}, "", 0, 0, {}},
  };
  keys.insert(keys.end(), info.job_keys.begin(), info.job_keys.end());
  return keys;
}

void read_actions(Reading& r, const Node& node) {
  const auto& entries = entries_of(node, "`do`", r.problems);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string path = "do/" + std::to_string(i + 1);
    Fields fields(entries[i], "an action", r.problems);
    if (entries[i].find("at") == nullptr && entries[i].find("every") == nullptr) fields.need("at", "an instant");
    const std::vector<sim::TrueTime> instants = entries[i].find("at") == nullptr && entries[i].find("every") == nullptr
                                                    ? std::vector<sim::TrueTime>()
                                                    : read_instants(r, fields, path);
    const Node* what = nullptr;
    std::string verb;
    for (const std::string& known : r.info.operator_actions) {
      const Node* const value = fields.get(known);
      if (value == nullptr) continue;
      if (what != nullptr) r.problems.add(value->place, "both '" + verb + "' and '" + known + "'", "one action");
      what = value;
      verb = known;
    }
    fields.know("from");
    fields.know("until");
    const std::size_t before = r.problems.count();
    fields.done();
    if (what == nullptr && entries[i].is_map() && r.problems.count() == before) {
      r.problems.add(entries[i].place, "nothing that the operator does", "one of " + listed(r.info.operator_actions));
    }
    if (what == nullptr) continue;
    for (const sim::TrueTime at : instants)
      r.plan.actions.push_back(ActionPlan{at, read_action(r, verb, *what, path + "/" + verb)});
    if (instants.empty()) read_action(r, verb, *what, path + "/" + verb);
  }
  std::stable_sort(r.plan.actions.begin(), r.plan.actions.end(),
                   [](const ActionPlan& a, const ActionPlan& b) { return a.at < b.at; });
}

}  // namespace chronofault::scenarios
