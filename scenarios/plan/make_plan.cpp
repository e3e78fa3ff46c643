#include <ports/assert.hpp>
#include <scenarios/plan.hpp>

#include "../reader/reading.hpp"
#include "maker.hpp"

namespace chronofault::scenarios {
namespace {

/// False: nothing that needs a time can be read.
bool read_times(Reading& r, Fields& top) {
  const Node* const start = top.need("start", "an instant with its offset, such as 2022-02-24T10:59:00+08:00");
  if (start == nullptr) return false;
  const auto instant = start->is_scalar() ? parse_dated(start->text, nullptr, &r.plan.utc_offset) : std::nullopt;
  if (!instant) {
    r.problems.add(start->place, described(*start) + " is no start",
                   "an instant with its offset, such as 2022-02-24T10:59:00+08:00");
    return false;
  }
  r.plan.start = *instant;
  r.plan.cluster.start = WallTime::from_us(instant->us());
  r.plan.cluster.zone_name = offset_text(r.plan.utc_offset);
  r.values.set_frame(TimeFrame{*instant, r.plan.utc_offset});
  if (const Node* let = top.get("let")) r.plan.let = r.values.read_let(*let);
  const Node* const until = top.need("until", "the instant at which the run ends");
  if (until != nullptr) {
    r.plan.until = r.values.instant(*until, "until").value_or(*instant + Duration::us(1));
    if (r.plan.until <= r.plan.start) {
      r.problems.add(until->place, "the end is not after the start",
                     "an instant after " + faults::to_string(r.plan.start, r.plan.utc_offset));
      r.plan.until = r.plan.start + Duration::us(1);
    }
  }
  if (const Node* settle = top.get("settle")) r.plan.settle = r.values.duration(*settle, "settle");
  return until != nullptr;
}

void read_expect(Reading& r, Fields& top) {
  const Node* const expect = top.get("expect");
  if (expect == nullptr) return;
  const Node* const list = expect->is_list() ? expect : expect->find(r.plan.variant);
  if (list != nullptr) r.plan.expect = read_expectations(r, *list, "expect");
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

  Fields top(*scenario.tree, "the scenario", problems);
  if (!read_times(r, top)) return made;
  if (const Node* cluster = top.need("cluster", "the cluster")) {
    read_cluster(r, *cluster);
    if (const Node* jobs = top.get("jobs")) read_jobs(r, *jobs);
    if (const Node* workflows = top.get("workflows")) read_workflows(r, *workflows);
    if (const Node* actions = top.get("do")) read_actions(r, *actions);
    if (const Node* faults = top.get("faults")) read_faults(r, *faults);
    read_expect(r, top);
    // Only a whole cluster is shown to the system.
    if (problems.empty()) {
      for (std::string& reason : system.check(plan.cluster)) problems.add(cluster->place, std::move(reason));
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
