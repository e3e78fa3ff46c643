#include <algorithm>

#include <scenarios/scenario.hpp>
#include <scenarios/time_zones.hpp>

#include "plan/maker.hpp"
#include "reader/files.hpp"
#include "reader/header.hpp"

namespace chronofault::scenarios {
namespace {

constexpr std::string_view program_version = "0.1.0";

ReadResult failed(Problem problem) {
  Problems problems;
  problems.add(std::move(problem.place), std::move(problem.message), std::move(problem.expected),
               std::move(problem.nearest));
  return tl::make_unexpected(std::move(problems));
}

/// Makes the plan of each variant with the draws at their lowest, their highest and each option in between, up to the
/// first that has problems: others would say the same of other values, or in the words of another version.
void check_variants(const Scenario& scenario, const World& world, Problems& problems) {
  constexpr std::uint64_t options_max = 32;
  for (const Variant& variant : scenario.variants) {
    const auto probed = [&](Probe probe) {
      Problems found;
      const Made made = make(scenario, variant, nullptr, probe, world, found);
      problems.add_all(found);
      return std::min(made.options, options_max);
    };
    const std::uint64_t lowest = probed(Probe{});
    const std::uint64_t highest = problems.empty() ? probed(highest_probe) : 0;
    for (std::uint64_t option = 1; problems.empty() && option + 1 < std::max(lowest, highest); ++option) {
      probed(Probe{option});
    }
    if (!problems.empty()) return;
  }
}

ReadResult checked(Node tree, const World& world) {
  Problems problems;
  auto scenario = read_header(tree, world, problems);
  problems.sort();
  if (!scenario || !problems.empty()) return tl::make_unexpected(std::move(problems));
  scenario->tree = std::make_shared<const Node>(std::move(tree));
  check_variants(*scenario, world, problems);
  problems.sort();
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  return std::move(*scenario);
}

}  // namespace

World::World() : systems(chronofault::systems()), program_version(scenarios::program_version) {
  const auto zones = std::make_shared<TimeZones>();
  zone = [zones](std::string_view name) { return zones->find(name); };
  tzdata_version = scenarios::tzdata_version();
}

const Variant* Scenario::find(std::string_view name_of_variant) const {
  for (const Variant& known : variants) {
    if (known.name == name_of_variant) return &known;
  }
  return nullptr;
}

ReadResult read_scenario(const Source& source, const Source* script, const World& world) {
  std::vector<std::string> included;
  auto tree = load(source, included);
  if (!tree) return failed(tree.error());
  if (script != nullptr) {
    const auto loaded = load(*script, included);
    if (!loaded) return failed(loaded.error());
    tree = apply_script(std::move(*tree), *loaded);
    if (!tree) return failed(tree.error());
  }
  ReadResult read = checked(std::move(*tree), world);
  if (read) read->included = std::move(included);
  return read;
}

ReadResult read_scenario(const std::string& path, const std::string& script, const World& world) {
  const auto source = read_source(path);
  if (!source) return failed(source.error());
  if (script.empty()) return read_scenario(*source, nullptr, world);
  const auto its_script = read_source(script);
  if (!its_script) return failed(its_script.error());
  return read_scenario(*source, &*its_script, world);
}

ReadResult read_scenario_text(const std::string& text, const std::string& name, const std::string& script_text,
                              const std::string& script_name, const World& world) {
  const Source script{script_name, script_text};
  return read_scenario(Source{name, text}, script_text.empty() ? nullptr : &script, world);
}

bool is_chaos_script(const std::string& path) {
  const auto source = read_source(path);
  std::vector<std::string> included;
  const auto tree = source ? load(*source, included) : tl::make_unexpected(source.error());
  return tree && is_script(*tree);
}

}  // namespace chronofault::scenarios
