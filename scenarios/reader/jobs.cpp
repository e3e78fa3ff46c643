// `jobs:` and `workflows:`.
#include <algorithm>

#include <workflow/dag.hpp>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

const std::vector<std::string> schedule_keys = {"cron", "every", "at", "after"};
const std::vector<std::string> overlaps = {"parallel", "queue", "discard_new", "replace_old"};

/// A portable key that the system cannot express: "KEY", or "KEY: VALUE".
void check_supported(Reading& r, const Node& node) {
  for (const auto& [key, value] : node.entries) {
    for (const Unsupported& unsupported : r.info.unsupported) {
      const bool with_value = value.is_scalar() && unsupported.key == key.text + ": " + value.text;
      if (unsupported.key != key.text && !with_value) continue;
      r.problems.add(with_value ? value.place : key.place, r.info.name + " has no '" + unsupported.key + "'",
                     "the nearest that it has, " + unsupported.nearest);
    }
  }
}

Schedule read_schedule(Reading& r, Fields& fields, const std::string& path) {
  Schedule schedule;
  const Node* const named = fields.get("schedule");
  const Node* given = nullptr;
  std::string kind;
  for (const std::string& key : schedule_keys) {
    const Node* const value = fields.get(key);
    if (value == nullptr) continue;
    if (given != nullptr) r.problems.add(value->place, "both '" + kind + "' and '" + key + "'", "one schedule");
    given = value;
    kind = key;
  }
  const Node* const zone = fields.get("zone");
  const Node* const fixed_delay = fields.get("fixed_delay");
  if (named != nullptr) {
    const auto word = r.values.name(*named, path + "/schedule", "schedule", {"on_demand"});
    if (word && given != nullptr)
      r.problems.add(named->place, "both 'schedule: on_demand' and '" + kind + "'", "one schedule");
  }
  if (zone != nullptr && kind != "cron") r.problems.add(zone->place, "'zone' without 'cron'", "a zone for cron alone");
  if (fixed_delay != nullptr && kind != "every") {
    r.problems.add(fixed_delay->place, "'fixed_delay' without 'every'", "fixed_delay for every alone");
  }
  if (kind == "cron") {
    schedule.kind = ScheduleKind::cron;
    schedule.cron = r.values.text(*given, path + "/cron").value_or("");
    if (zone != nullptr) schedule.zone = r.values.text(*zone, path + "/zone").value_or("");
    if (!schedule.zone.empty() && !parse_offset(schedule.zone) && r.world.zone(schedule.zone) == nullptr) {
      r.problems.add(zone->place, "'" + schedule.zone + "' is no time zone",
                     "a name of the tz database such as Asia/Shanghai, or +08:00");
    }
  } else if (kind == "every") {
    schedule.kind = ScheduleKind::every;
    schedule.every = r.values.duration(*given, path + "/every", Duration::ms(1)).value_or(Duration::seconds(1));
    if (fixed_delay != nullptr)
      schedule.fixed_delay = r.values.boolean(*fixed_delay, path + "/fixed_delay").value_or(false);
  } else if (kind == "at") {
    schedule.kind = ScheduleKind::at;
    if (const auto at = r.values.instant(*given, path + "/at")) schedule.at = WallTime::from_us(at->us());
  } else if (kind == "after") {
    schedule.kind = ScheduleKind::after;
    for (const Node& job : entries_of(*given, "`after`", r.problems)) {
      if (auto name = r.values.text(job, path + "/after")) schedule.after.push_back(std::move(*name));
    }
    if (schedule.after.empty()) r.problems.add(given->place, "`after` names no job", "a list of jobs");
  }
  return schedule;
}

/// The name, if it is free; jobs and workflows share one set of names.
std::optional<std::string> read_name(Reading& r, Fields& fields, const std::string& path) {
  const Node* const node = fields.need("name", "a name");
  if (node == nullptr) return std::nullopt;
  auto name = r.values.text(*node, path + "/name");
  if (!name) return std::nullopt;
  std::vector<std::string> taken = r.jobs();
  for (const std::string& workflow : r.workflows()) taken.push_back(workflow);
  if (name->empty()) r.problems.add(node->place, "an empty name", "a name");
  if (std::find(taken.begin(), taken.end(), *name) != taken.end()) {
    r.problems.add(node->place, "a second job or workflow '" + *name + "'", "names that differ");
  }
  return name;
}

void read_job(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "a job", r.problems);
  JobSpec job;
  const auto name = read_name(r, fields, path);
  job.schedule = read_schedule(r, fields, path);
  if (const Node* overlap = fields.get("overlap")) {
    const auto word = r.values.name(*overlap, path + "/overlap", "overlap", overlaps);
    if (word) job.overlap = static_cast<Overlap>(std::find(overlaps.begin(), overlaps.end(), *word) - overlaps.begin());
  }
  if (const Node* shards = fields.get("shards")) {
    job.shards = static_cast<int>(r.values.integer(*shards, path + "/shards", 1, 100'000).value_or(1));
  }
  if (const Node* retries = fields.get("retries")) {
    job.retries = static_cast<int>(r.values.integer(*retries, path + "/retries", 0, 100'000).value_or(0));
  }
  if (const Node* enabled = fields.get("enabled"))
    job.enabled = r.values.boolean(*enabled, path + "/enabled").value_or(true);
  job.native = read_settings(r, fields.get("native"), r.info.job_keys, "`native` of a job", path + "/native", false);
  WorkPlan work;
  if (const Node* given = fields.get("work")) work = read_work(r, *given, path + "/work");
  fields.done();
  check_supported(r, node);
  if (!name) return;
  job.name = *name;
  r.plan.work.insert_or_assign(job.name, std::move(work));
  r.plan.cluster.jobs.push_back(std::move(job));
}

void check_cycle(Reading& r, const WorkflowSpec& workflow, const Node& place) {
  workflow::Dag dag;
  for (const std::string& node : workflow.nodes) dag.add_node(node);
  for (const auto& [from, to] : workflow.edges) dag.add_edge(from, to);
  const auto cycle = dag.cycle();
  if (!cycle.empty()) {
    r.problems.add(place.place, "the workflow '" + workflow.name + "' has a cycle: " + workflow::path_text(cycle),
                   "edges without a cycle");
  }
}

void read_edges(Reading& r, const Node& node, WorkflowSpec& workflow, const std::string& path) {
  for (const Node& edge : entries_of(node, "`edges`", r.problems)) {
    if (!edge.is_list() || edge.items.size() != 2) {
      r.problems.add(edge.place, "an edge that is " + described(edge), "[before, after]");
      continue;
    }
    const auto from = r.values.name(edge.items[0], path, "node of the workflow", workflow.nodes);
    const auto to = r.values.name(edge.items[1], path, "node of the workflow", workflow.nodes);
    if (from && to) workflow.edges.emplace_back(*from, *to);
  }
  check_cycle(r, workflow, node);
}

void read_workflow(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "a workflow", r.problems);
  WorkflowSpec workflow;
  const auto name = read_name(r, fields, path);
  workflow.name = name.value_or("");
  workflow.schedule = read_schedule(r, fields, path);
  const std::vector<std::string> jobs = r.jobs();
  const std::size_t before = r.problems.count();
  if (const Node* nodes = fields.need("nodes", "a list of jobs")) {
    for (const Node& entry : entries_of(*nodes, "`nodes`", r.problems)) {
      const auto job = r.values.name(entry, path + "/nodes", "job", jobs);
      if (job && std::find(workflow.nodes.begin(), workflow.nodes.end(), *job) != workflow.nodes.end()) {
        r.problems.add(entry.place, "the node '" + *job + "' stands here twice", "each job once");
      } else if (job) {
        workflow.nodes.push_back(*job);
      }
    }
    if (nodes->items.empty() && (nodes->is_list() || nodes->is_null()))
      r.problems.add(nodes->place, "a workflow without nodes", "a list of jobs");
  }
  const Node* const edges = fields.get("edges");
  if (edges != nullptr && r.problems.count() == before) read_edges(r, *edges, workflow, path + "/edges");
  workflow.native =
      read_settings(r, fields.get("native"), r.info.workflow_keys, "`native` of a workflow", path + "/native", false);
  fields.done();
  check_supported(r, node);
  if (name) r.plan.cluster.workflows.push_back(std::move(workflow));
}

}  // namespace

void read_jobs(Reading& r, const Node& node) {
  const auto& jobs = entries_of(node, "`jobs`", r.problems);
  for (std::size_t i = 0; i < jobs.size(); ++i) read_job(r, jobs[i], "jobs/" + label_of(jobs[i], i));
  check_job_names(r, node);
}

void read_workflows(Reading& r, const Node& node) {
  const auto& workflows = entries_of(node, "`workflows`", r.problems);
  for (std::size_t i = 0; i < workflows.size(); ++i) {
    read_workflow(r, workflows[i], "workflows/" + label_of(workflows[i], i));
  }
}

}  // namespace chronofault::scenarios
