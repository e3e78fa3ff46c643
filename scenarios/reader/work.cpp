// `work:` of a job: what the simulated work takes, and what it does afterwards through the client API.
#include <algorithm>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

const std::vector<std::string> verbs = {"build", "execute", "trigger", "map", "wait_for"};

bool begins_round(const std::string& verb) { return verb == "execute" || verb == "trigger"; }

/// One step, or two: `wait: true` is short for a `wait_for` by the same items.
void read_then(Reading& r, const Node& node, const std::string& path, std::vector<ThenPlan>& steps) {
  Fields fields(node, "a step of `then`", r.problems);
  ThenPlan then;
  for (const std::string& verb : verbs) {
    const Node* const argument = fields.get(verb);
    if (argument == nullptr) continue;
    if (!then.verb.empty()) {
      r.problems.add(argument->place, "both '" + then.verb + "' and '" + verb + "'", "one call per step");
    }
    const std::vector<std::string>& calls = r.info.client_calls;
    if (std::find(calls.begin(), calls.end(), verb) == calls.end()) {
      r.problems.add(argument->place, "work cannot call '" + verb + "' of " + r.info.name,
                     calls.empty() ? "no `then`" : listed(calls));
    }
    then.verb = verb;
    then.argument = r.values.text(*argument, path + "/" + verb).value_or("");
  }
  if (const Node* takes = fields.get("takes")) then.takes = r.values.distribution(*takes).value_or(then.takes);
  if (const Node* items = fields.get("items")) {
    for (const Node& item : entries_of(*items, "`items`", r.problems)) {
      if (const auto n = r.values.integer(item, path + "/items")) then.items.push_back(*n);
    }
  }
  bool waits = false;
  if (const Node* wait = fields.get("wait")) {
    if (!then.verb.empty() && !begins_round(then.verb)) {
      r.problems.add(wait->place, "`wait` beside '" + then.verb + "', which begins no round",
                     "`wait` beside `execute` or `trigger`", then.verb == "wait_for" ? "" : "wait_for");
    }
    waits = r.values.boolean(*wait, path + "/wait").value_or(false);
  }
  if (then.verb.empty() && !node.is_scalar())
    r.problems.add(node.place, "a step of `then` without a call", "one of " + listed(verbs));
  fields.done();
  if (then.verb.empty()) return;
  steps.push_back(std::move(then));
  if (!waits) return;
  ThenPlan after;
  after.verb = "wait_for";
  after.argument = steps.back().argument;
  after.items = steps.back().items;
  steps.push_back(std::move(after));
}

void check(Reading& r, const Node& name, const std::vector<std::string>& jobs) {
  if (!name.is_scalar() || std::find(jobs.begin(), jobs.end(), name.text) != jobs.end()) return;
  r.problems.add(name.place, "'" + name.text + "' is no job", listed(jobs), nearest_name(name.text, jobs));
}

}  // namespace

WorkPlan read_work(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "`work`", r.problems);
  WorkPlan work;
  if (const Node* takes = fields.get("takes")) work.takes = r.values.distribution(*takes).value_or(work.takes);
  if (const Node* cpu = fields.get("cpu")) {
    work.cpu_milli = r.values.decimal(*cpu, path + "/cpu", 0, 1'000'000'000).value_or(0) / 1'000;
  }
  if (const Node* memory = fields.get("memory"))
    work.memory_bytes = r.values.bytes(*memory, path + "/memory").value_or(0);
  if (const Node* fails = fields.get("fails")) {
    work.fails_ppm = r.values.decimal(*fails, path + "/fails", 0, 1'000'000).value_or(0);
  }
  if (const Node* obeys = fields.get("obeys_interrupt")) {
    work.obeys_interrupt = r.values.boolean(*obeys, path + "/obeys_interrupt").value_or(true);
  }
  if (const Node* outlives = fields.get("outlives_worker")) {
    work.outlives_worker = r.values.boolean(*outlives, path + "/outlives_worker").value_or(false);
  }
  if (const Node* then = fields.get("then")) {
    const auto& steps = entries_of(*then, "`then`", r.problems);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      read_then(r, steps[i], path + "/then/" + std::to_string(i + 1), work.then);
    }
  }
  fields.done();
  return work;
}

void check_job_names(Reading& r, const Node& jobs) {
  const std::vector<std::string> names = r.jobs();
  for (const Node& job : jobs.items) {
    if (const Node* after = job.find("after")) {
      for (const Node& name : after->items) check(r, name, names);
    }
    const Node* const work = job.find("work");
    const Node* const then = work != nullptr ? work->find("then") : nullptr;
    if (then == nullptr) continue;
    for (const Node& step : then->items) {
      for (const std::string& verb : verbs) {
        // What `map` names is a task of the same job.
        if (const Node* name = step.find(verb); name != nullptr && verb != "map") check(r, *name, names);
      }
    }
  }
}

}  // namespace chronofault::scenarios
