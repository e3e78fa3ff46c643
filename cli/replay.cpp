#include <algorithm>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include <reports/misfire_policies.hpp>
#include <reports/replay.hpp>
#include <reports/trace_lines.hpp>
#include <scenarios/because.hpp>
#include <scenarios/run.hpp>

#include "commands.hpp"
#include "input.hpp"
#include "paths.hpp"
#include "second.hpp"
#include "seen.hpp"
#include "until.hpp"

namespace chronofault::cli {
namespace {

using scenarios::Plan;
using scenarios::ScenarioRun;
using scenarios::Verdict;

std::vector<std::string> variants_of(const scenarios::Scenario& scenario) {
  std::vector<std::string> names;
  for (const scenarios::Variant& variant : scenario.variants) names.push_back(variant.name);
  return names;
}

Read<std::string> choose_variant(const Input& input, const std::string& wanted) {
  if (wanted.empty()) return input.scenario.variant.value_or(input.scenario.variants.front().name);
  if (input.scenario.find(wanted) != nullptr) return wanted;
  const auto names = variants_of(input.scenario);
  const std::string near = scenarios::nearest_name(wanted, names);
  return tl::make_unexpected(fmt::format("{}: no variant '{}'; expected {}{}", input.from, wanted,
                                         scenarios::listed(names),
                                         near.empty() ? "" : "; did you mean '" + near + "'?"));
}

Seen seen_of(const ScenarioRun& run, const Verdict& verdict) {
  Seen seen;
  for (const auto& property : verdict.properties) {
    if (property.state == scenarios::PropertyState::violated) seen.violated.push_back(property.name);
  }
  seen.digest = to_string(verdict.digest);
  seen.struck = run.resolved();
  return seen;
}

/// The patterns of `because` that are missing from the slices.
void check_because(ScenarioRun& run, const Verdict& verdict, std::vector<std::string>& reasons) {
  for (const scenarios::Expectation& expectation : run.plan().expect) {
    for (const auto& [property, slice] : verdict.slices) {
      if (property != expectation.property) continue;
      for (const std::string& pattern : not_found(run, slice, expectation.because)) {
        reasons.push_back(fmt::format("the causal slice of {} has no {}", property, pattern));
      }
    }
  }
}

bool wants_slices(const Plan& plan) {
  return std::any_of(plan.expect.begin(), plan.expect.end(),
                     [](const scenarios::Expectation& e) { return !e.because.empty(); });
}

std::vector<std::string> again(const ReplayArgs& args) {
  std::vector<std::string> words = {"replay", args.what, "--digests"};
  if (!args.variant.empty()) words.insert(words.end(), {"--variant", args.variant});
  if (args.seed) words.insert(words.end(), {"--seed", std::to_string(*args.seed)});
  return words;
}

int check_second(const ReplayArgs& args, const std::vector<std::string>& lines, const std::vector<RunName>& runs) {
  const std::string difference = compare_with_second(lines, runs, again(args));
  if (difference.empty()) {
    std::cerr << fmt::format("A second run in another process has the same digests ({} run{}).\n", lines.size(),
                             lines.size() == 1 ? "" : "s");
    return met;
  }
  std::cerr << difference;
  return not_met;
}

int replay_all(const ReplayArgs& args) {
  if (!args.plan.empty() || !args.trace.empty() || !args.until.empty()) {
    return refuse("--plan, --trace and --until need one scenario, not 'all'");
  }
  auto inputs = read_built_in();
  if (!inputs) return refuse(inputs.error());
  std::vector<reports::ReplayLine> table;
  std::vector<std::string> digests;
  std::vector<RunName> runs;
  std::vector<std::string> all_reasons;
  for (const Input& input : *inputs) {
    for (const std::string& variant : variants_of(input.scenario)) {
      if (!args.variant.empty() && args.variant != variant) continue;
      const std::uint64_t seed = args.seed.value_or(input.scenario.seed.value_or(1));
      const auto plan = make_plan(input.scenario, variant, seed);
      if (!plan) return refuse(plan.error().text());
      scenarios::RunOptions options;
      options.trace = wants_slices(*plan) && !args.digests;
      ScenarioRun run(*plan, options);
      run.run();
      const Verdict verdict = run.verdict();
      digests.push_back(reports::digest_line(verdict));
      runs.push_back({input.from, "", variant, seed});
      if (args.digests) {
        std::cout << digests.back() << std::endl;
        continue;
      }
      for (const scenarios::Expectation& expectation : plan->expect) {
        std::vector<std::string> reasons;
        scenarios::meets({expectation}, verdict, reasons);
        check_because(run, verdict, reasons);
        const auto* seen = verdict.find(expectation.property);
        table.push_back({plan->scenario, variant, expectation.property, reports::expected_of_one(expectation.seeds),
                         seen == nullptr ? "-" : std::string(name_of(seen->state)), reasons.empty()});
        for (const std::string& reason : reasons)
          all_reasons.push_back(fmt::format("{}, {}: {}", plan->scenario, variant, reason));
      }
    }
  }
  if (digests.empty()) return refuse(fmt::format("no built-in scenario has a variant '{}'", args.variant));
  if (!args.digests) std::cout << (args.json ? reports::to_json(table) : reports::to_text(table));
  for (const std::string& reason : all_reasons) std::cerr << reason << "\n";
  if (args.check_determinism && check_second(args, digests, runs) != met) return not_met;
  return all_reasons.empty() ? met : not_met;
}

/// Empty if --plan and --trace can be written and overwrite nothing that this command reads or prints.
std::string cannot_write_results(const ReplayArgs& args, const Input& input) {
  for (const auto& [option, path] : {std::pair("--plan", args.plan), std::pair("--trace", args.trace)}) {
    if (path.empty()) continue;
    std::string failed = cannot_write(path);
    if (!failed.empty()) return failed;
    for (const std::string& file : input.files) {
      if (same_file(path, file))
        return fmt::format("{} {}: would overwrite {}, which is read; expected another file", option, path, file);
    }
    if (same_file(path, "/dev/stdout"))
      return fmt::format("{} {}: is where standard output goes; expected another file", option, path);
  }
  if (args.plan.empty() || args.trace.empty() || !same_file(args.plan, args.trace)) return {};
  return fmt::format("--plan {} and --trace {} are one file; expected two", args.plan, args.trace);
}

/// True if the run was stopped before its end.
bool was_stopped(const scenarios::RunOptions& options, const Verdict& verdict) {
  if (options.stop_at) return verdict.end >= *options.stop_at;
  return options.stop_at_step != 0 && verdict.steps >= options.stop_at_step;
}

int replay_one(const ReplayArgs& args) {
  const auto input = read_input(args.what, args.faults);
  if (!input) return refuse(input.error());
  const auto variant = choose_variant(*input, args.variant);
  if (!variant) return refuse(variant.error());
  const std::uint64_t seed = args.seed.value_or(input->scenario.seed.value_or(1));
  const auto plan = make_plan(input->scenario, *variant, seed);
  if (!plan) return refuse(plan.error().text());
  if (!args.inside.empty()) {
    std::cout << look_inside(*plan, args.inside);
    return met;
  }
  scenarios::RunOptions options;
  options.trace = !args.digests;
  if (!args.until.empty()) {
    if (const auto read = read_until(args.until, *plan, options); !read) return refuse(read.error());
  }
  if (const std::string failed = cannot_write_results(args, *input); !failed.empty()) return refuse(failed);

  ScenarioRun run(*plan, options);
  run.run();
  const Verdict verdict = run.verdict();
  const std::string digests = reports::digest_line(verdict);
  const std::vector<RunName> runs = {{args.what, args.faults, *variant, seed}};
  std::vector<std::string> reasons;
  const bool stopped = was_stopped(options, verdict);
  if (!args.until.empty() && !stopped) {
    std::cerr << fmt::format("The run ended before --until {}: after step {}, at {}; it is judged as a whole.\n",
                             args.until, verdict.steps, faults::to_string(verdict.end, plan->utc_offset));
  }
  if (!stopped) {
    scenarios::meets(plan->expect, verdict, reasons);
    check_because(run, verdict, reasons);
  }
  if (args.digests) {
    std::cout << digests << "\n";
  } else {
    reports::Replay shown(*plan, verdict, run.world().trace(), view_of(run));
    if (stopped) {
      shown.stopped =
          options.stop_at_step != 0 ? fmt::format("at step {}", verdict.steps) : "at the instant that was asked for";
    }
    shown.reasons = reasons;
    if (!stopped) shown.comparison = compare(input->seen, seen_of(run, verdict), input->scenario, *plan);
    std::cout << (args.json ? reports::to_json(shown) : reports::to_text(shown));
  }
  if (!args.plan.empty()) {
    const std::string text = print(*plan);
    const std::string failed = write_text(args.plan, stopped ? text : with_seen(text, seen_of(run, verdict)));
    if (!failed.empty()) return refuse(failed);
  }
  if (!args.trace.empty()) {
    std::ofstream file(args.trace, std::ios::binary);
    reports::write_trace(file, run.world().trace());
    file.close();
    if (!file) return refuse(args.trace + ": cannot be written");
  }
  if (args.check_determinism && check_second(args, {digests}, runs) != met) return not_met;
  return reasons.empty() ? met : not_met;
}

/// A table of many small worlds instead of a timeline.
int replay_misfire_policies(const ReplayArgs& args) {
  const bool plain = args.variant.empty() && !args.seed && args.until.empty() && args.plan.empty() &&
                     args.trace.empty() && args.faults.empty() && !args.digests && !args.check_determinism;
  if (!plain) return refuse(fmt::format("{} has one table, and no option but --json", args.what));
  const scenarios::MisfirePolicies table = scenarios::quartz_misfire_policies();
  std::cout << (args.json ? reports::to_json(table) : reports::to_text(table));
  return met;
}

}  // namespace

int replay(const ReplayArgs& args) {
  if (args.what == scenarios::quartz_misfire_policies_name) return replay_misfire_policies(args);
  if (args.check_determinism && !args.until.empty())
    return refuse("--check-determinism needs a whole run, without --until");
  if (args.check_determinism && (reads_once(args.what) || reads_once(args.faults)))
    return refuse("--check-determinism reads its files in two processes; expected no pipe");
  if (args.digests && !args.trace.empty()) return refuse("--digests keeps no trace that --trace could write");
  return args.what == "all" ? replay_all(args) : replay_one(args);
}

}  // namespace chronofault::cli
