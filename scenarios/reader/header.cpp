#include "header.hpp"

#include <algorithm>
#include <charconv>

#include "fields.hpp"
#include "literals.hpp"
#include "values.hpp"

namespace chronofault::scenarios {
namespace {

template <class List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& entry : list) names.push_back(entry.name);
  return names;
}

std::string plain_text(const Node* node, Values& values) {
  return node != nullptr ? values.text(*node, "").value_or("") : "";
}

/// Plans are written to files that are named after both.
void check_file_name(const Node& node, const std::string& name, const std::string& what, Problems& problems) {
  if (is_file_name(name)) return;
  problems.add(node.place, "'" + name + "' is no name of a " + what,
               "at most 100 letters, digits, '.', '_' and '-', not '.' first");
}

/// `version:` and `policies:` of a variant, or of a scenario without variants.
Profile read_profile(const Node* version, const Node* policies, const SystemInfo& info, Values& values,
                     Problems& problems) {
  Profile profile;
  if (!info.versions.empty()) profile.version = info.versions.front().name;
  if (version != nullptr) {
    const auto name = values.name(*version, "", "version of " + info.name, names_of(info.versions));
    if (name) profile.version = *name;
  }
  if (policies == nullptr) return profile;
  Fields fields(*policies, "the policies of " + info.name, problems);
  for (const Policy& policy : info.policies) {
    const Node* const on = fields.get(policy.name);
    if (on != nullptr && values.boolean(*on, "").value_or(false)) profile.policies.push_back(policy.name);
  }
  fields.done();
  return profile;
}

std::vector<Variant> read_variants(Fields& top, const SystemInfo& info, Values& values, Problems& problems) {
  const Node* const variants = top.get("variants");
  const Node* const version = top.get("version");
  const Node* const policies = top.get("policies");
  if (variants == nullptr) return {Variant{"plain", read_profile(version, policies, info, values, problems)}};
  if (version != nullptr || policies != nullptr) {
    problems.add((version != nullptr ? version : policies)->place, "a version or policies beside `variants`",
                 "them in the variants");
  }
  std::vector<Variant> all;
  if (!variants->is_map())
    problems.add(variants->place, "`variants` is " + described(*variants), "a map {NAME: {version: ...}}");
  for (const auto& [key, value] : variants->entries) {
    check_file_name(key, key.text, "variant", problems);
    Fields fields(value, "a variant", problems);
    const Node* const its_version = fields.get("version");
    const Node* const its_policies = fields.get("policies");
    fields.done();
    all.push_back(Variant{key.text, read_profile(its_version, its_policies, info, values, problems)});
  }
  if (all.empty() && variants->is_map()) problems.add(variants->place, "`variants` names none", "at least one");
  return all;
}

/// A run without an expectation would pass whatever it does.
void check_not_empty(const Node& list, Problems& problems) {
  if (list.is_list() && list.items.empty()) {
    problems.add(list.place, "no expectations", "at least one, such as {property: settles, seeds: none}");
  } else if (!list.is_list()) {
    problems.add(list.place, "the list of expectations is " + described(list), "a list");
  }
}

/// Every variant has its expectations, and no other has.
void check_expectations(Fields& top, const std::vector<Variant>& variants, Problems& problems) {
  const Node* const expect = top.node().find("expect");
  if (expect == nullptr) return;
  if (expect->is_list()) {
    check_not_empty(*expect, problems);
    return;
  }
  if (!expect->is_map()) {
    problems.add(expect->place, "`expect` is " + described(*expect), "a list, or a map {VARIANT: list}");
    return;
  }
  const Node* const first = expect->entries.empty() ? nullptr : &expect->entries.front().first;
  if (top.node().find("variants") == nullptr && (first == nullptr || first->text != variants.front().name)) {
    problems.add(first != nullptr ? first->place : expect->place, "`expect` of variants in a scenario without variants",
                 "a list of expectations, or `variants`");
    return;
  }
  const std::vector<std::string> names = names_of(variants);
  for (const auto& [key, value] : expect->entries) {
    if (std::find(names.begin(), names.end(), key.text) == names.end()) {
      problems.add(key.place, "'" + key.text + "' is no variant", listed(names), nearest_name(key.text, names));
    } else {
      check_not_empty(value, problems);
    }
  }
  for (const std::string& name : names) {
    if (expect->find(name) == nullptr)
      problems.add(expect->place, "the variant '" + name + "' has no expectations", name + ": a list");
  }
}

void read_plan_lines(Fields& top, Scenario& scenario, Values& values, Problems& problems) {
  if (const Node* seed = top.get("seed")) {
    if (seed->is_scalar()) scenario.seed = parse_whole(seed->text);
    if (!scenario.seed)
      problems.add(seed->place, described(*seed) + " is no seed", "a whole number from 0 to 18446744073709551615");
  }
  if (const Node* variant = top.get("variant")) {
    scenario.variant = values.name(*variant, "", "variant", names_of(scenario.variants));
  }
  if (const Node* versions = top.get("versions")) {
    Fields fields(*versions, "`versions`", problems);
    for (const char* key : {"program", "system", "tzdata"}) {
      if (const Node* version = fields.get(key)) scenario.versions[key] = plain_text(version, values);
    }
    fields.done();
  }
}

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Scenario> read_header(const Node& tree, const World& world, Problems& problems) {
  if (!tree.is_map()) {
    problems.add(tree.place, "the file is " + described(tree),
                 "a map with the keys of a scenario: scenario, system, start ...");
    return std::nullopt;
  }
  Values values(problems, nullptr, Probe{});
  Fields top(tree, "the scenario", problems);
  Scenario scenario;
  if (const Node* name = top.need("scenario", "the scenario's name")) {
    if (const auto text = values.text(*name, "")) {
      scenario.name = *text;
      check_file_name(*name, *text, "scenario", problems);
    }
  }
  scenario.summary = plain_text(top.get("summary"), values);
  std::vector<std::string> known;
  for (const auto& [name, system] : world.systems) known.push_back(name);
  if (const Node* system = top.need("system", listed(known))) {
    scenario.system = values.name(*system, "", "system", known).value_or("");
  }
  for (const char* key : {"variants", "version", "policies", "variant", "seed", "versions"}) top.know(key);
  top.need("start", "an instant with its offset, such as 2022-02-24T10:59:00+08:00");
  top.need("until", "the instant at which the run ends");
  for (const char* key : {"settle", "let"}) top.know(key);
  top.need("cluster", "the cluster");
  for (const char* key : {"jobs", "workflows", "do", "faults"}) top.know(key);
  top.need("expect", "a list of expectations per variant");
  top.know("include");
  top.done();
  // Nothing at all would quietly take the place of included faults, and a chaos script's that of the scenario's.
  if (const Node* faults = tree.find("faults"); faults != nullptr && faults->is_null()) {
    problems.add(faults->place, "`faults` is nothing", "a list of faults, [] for none");
  }
  if (scenario.system.empty()) return std::nullopt;
  const SystemInfo& info = world.systems.at(scenario.system)->info();
  scenario.variants = read_variants(top, info, values, problems);
  check_expectations(top, scenario.variants, problems);
  read_plan_lines(top, scenario, values, problems);
  return scenario;
}

}  // namespace chronofault::scenarios
