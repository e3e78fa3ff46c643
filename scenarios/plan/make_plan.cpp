#include <sstream>

#include <ports/assert.hpp>
#include <scenarios/plan.hpp>

#include "../reader/reading.hpp"
#include "maker.hpp"

namespace chronofault::scenarios {
namespace {

bool check_instant(Reading& r, const Place& place, const std::string& what, sim::TrueTime instant) {
  if (in_calendar(instant)) return true;
  r.problems.add(place, what + " is out of range", std::string(calendar_text));
  return false;
}

/// False: nothing that needs a time can be read.
bool read_times(Reading& r, const Node& tree) {
  const Node& start = *tree.find("start");
  const auto instant = start.is_scalar() ? parse_dated(start.text, nullptr, &r.plan.utc_offset) : std::nullopt;
  if (!instant) {
    r.problems.add(start.place, described(start) + " is no start",
                   "an instant with its offset, such as 2022-02-24T10:59:00+08:00");
    return false;
  }
  if (!check_instant(r, start.place, "the start " + start.text, *instant)) return false;
  r.plan.start = *instant;
  r.plan.cluster.start = WallTime::from_us(instant->us());
  r.plan.cluster.zone_name = offset_text(r.plan.utc_offset);
  r.values.set_frame(TimeFrame{*instant, r.plan.utc_offset});
  const std::size_t before = r.problems.count();
  if (const Node* let = tree.find("let")) r.plan.let = r.values.read_let(*let);
  if (r.problems.count() != before) return false;
  const Node& until = *tree.find("until");
  const auto end = r.values.instant(until, "until");
  const std::string named = until.is_scalar() ? "the end " + until.text : "the end";
  if (!end || !check_instant(r, until.place, named, *end)) return false;
  r.plan.until = *end;
  if (r.plan.until <= r.plan.start) {
    r.problems.add(until.place, "the end is not after the start",
                   "an instant after " + faults::to_string(r.plan.start, r.plan.utc_offset));
    return false;
  }
  if (const Node* settle = tree.find("settle")) {
    r.plan.settle = r.values.duration(*settle, "settle");
    if (r.plan.settle) check_instant(r, settle->place, "the end after `settle`", r.plan.until + *r.plan.settle);
  }
  return true;
}

/// Where the tree says what the system objects to: the deepest of the keys that is there.
Place place_of(const Node& tree, const Objection& objection) {
  const Node* const cluster = tree.find("cluster");
  const bool of_jobs = objection.list == "jobs" || objection.list == "workflows";
  const Node* const list = of_jobs ? tree.find(objection.list) : cluster->find(objection.list);
  const Node* at = nullptr;
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const Node* const name = list->items[i].find("name");
    if (name == nullptr) continue;
    // "lw-2" is one of `name: lw, count: 2`.
    const bool counted =
        list->items[i].find("count") != nullptr && objection.entry.substr(0, objection.entry.rfind('-')) == name->text;
    if (counted || name->text == objection.entry) at = &list->items[i];
  }
  if (at == nullptr) return cluster->place;
  std::istringstream keys(objection.key);
  for (std::string key; std::getline(keys, key, '/');) {
    const Node* const below = at->find(key);
    if (below == nullptr) break;
    at = below;
  }
  return at->place;
}

void read_expect(Reading& r, const Node& tree) {
  const Node* const expect = tree.find("expect");
  const Node* const list = expect->is_list() ? expect : expect->find(r.plan.variant);
  if (list != nullptr) r.plan.expect = read_expectations(r, *list, "expect");
}

/// A part that names things of another is read only when that other is right: its mistakes would be said again as
/// names that nobody knows.
void read_sections(Reading& r, const Node& tree) {
  read_cluster(r, *tree.find("cluster"));
  if (const Node* jobs = tree.find("jobs")) read_jobs(r, *jobs);
  if (!r.problems.empty()) return;
  if (const Node* workflows = tree.find("workflows")) read_workflows(r, *workflows);
  if (!r.problems.empty()) return;
  if (const Node* actions = tree.find("do")) read_actions(r, *actions);
  if (const Node* faults = tree.find("faults")) read_faults(r, *faults);
  read_expect(r, tree);
}

Versions versions_of(const SystemInfo& info, const std::string& version, const World& world) {
  Versions versions{world.program_version, version, world.tzdata_version};
  for (const Version& known : info.versions) {
    if (known.name == version && !known.release.empty()) versions.system = known.release;
  }
  return versions;
}

}  // namespace

Made make(const Scenario& scenario, const Variant& variant, sim::Streams* streams, Probe probe, const World& world,
          Problems& problems) {
  CF_ASSERT(scenario.tree != nullptr && problems.empty());
  const System& system = *world.systems.at(scenario.system);
  Made made;
  Plan& plan = made.plan;
  Values values(problems, streams, probe);
  Reading r{world, system.info(), values, problems, plan};
  plan.scenario = scenario.name;
  plan.summary = scenario.summary;
  plan.system = scenario.system;
  plan.target = &system;
  plan.variant = variant.name;
  plan.seed = streams != nullptr ? streams->seed() : 0;
  plan.versions = versions_of(r.info, variant.profile.version, world);
  plan.cluster.profile = variant.profile;

  const Node& tree = *scenario.tree;
  if (!read_times(r, tree)) return made;
  read_sections(r, tree);
  // Only a whole cluster is shown to the system.
  if (problems.empty()) {
    for (Objection& objection : system.check(plan.cluster)) {
      problems.add(place_of(tree, objection), std::move(objection.message));
    }
  }
  made.options = values.options_seen();
  return made;
}

std::vector<std::string> DatabasePlan::processes() const {
  std::vector<std::string> names{name};
  for (const Replica& replica : replicas) names.push_back(replica.name);
  return names;
}

const HostPlan* Plan::host(std::string_view name) const {
  for (const HostPlan& host : hosts) {
    if (host.name == name) return &host;
  }
  return nullptr;
}

const Distribution& Plan::latency(std::string_view from, std::string_view to) const {
  const LinkPlan* found = nullptr;
  for (const LinkPlan& link : links) {
    if (link.from == from && link.to == to) found = &link;
  }
  CF_ASSERT(found != nullptr);
  return found->latency;
}

tl::expected<Plan, Problems> make_plan(const Scenario& scenario, const std::string& variant, std::uint64_t seed,
                                       const World& world) {
  Problems problems;
  const Variant* const chosen = scenario.find(variant);
  if (chosen == nullptr) {
    std::vector<std::string> names;
    for (const Variant& known : scenario.variants) names.push_back(known.name);
    problems.add(scenario.tree->place, "'" + variant + "' is no variant", listed(names), nearest_name(variant, names));
    return tl::make_unexpected(std::move(problems));
  }
  sim::Streams streams(seed, nullptr);
  Made made = make(scenario, *chosen, &streams, Probe{}, world, problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  return std::move(made.plan);
}

}  // namespace chronofault::scenarios
