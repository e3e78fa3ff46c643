#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include <reports/campaign.hpp>
#include <scenarios/campaign.hpp>

#include "commands.hpp"
#include "input.hpp"
#include "paths.hpp"
#include "second.hpp"
#include "seen.hpp"

namespace chronofault::cli {
namespace {

using scenarios::CampaignResult;
using scenarios::VariantResult;

/// A line on the terminal that is written over; nothing where there is no terminal.
class Progress {
 public:
  explicit Progress(std::string name) : name_(std::move(name)), shown_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (written_) std::cerr << "\r\033[K" << std::flush;
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void tell(std::uint64_t done, std::uint64_t all) {
    if (!shown_) return;
    written_ = true;
    std::cerr << fmt::format("\r\033[K{}: {} of {} runs ({})", name_, done, all, reports::share(done, all))
              << std::flush;
  }

 private:
  std::string name_;
  bool shown_;
  bool written_ = false;
};

CampaignResult campaign(const Input& input, const RunArgs& args, scenarios::SeedRange seeds) {
  Progress progress(input.scenario.name);
  scenarios::CampaignOptions options;
  options.seeds = seeds;
  options.jobs = args.jobs > 0 ? args.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (input.scenario.variant) options.variants = {*input.scenario.variant};
  options.progress = [&progress](std::uint64_t done, std::uint64_t all) { progress.tell(done, all); };
  if (args.digests) options.traced_most = 0;
  return run_campaign(input.scenario, options);
}

/// Writes the plan of each variant's first unexpected run, but over none of the files that are `taken`, to which it
/// adds them; what to print about it, or the message.
Read<std::string> write_plans(const CampaignResult& result, const std::string& folder,
                              std::vector<std::string>& taken) {
  std::string text;
  for (const VariantResult& variant : result.variants) {
    if (variant.plan.empty()) continue;
    const std::uint64_t seed = *variant.first_unexpected;
    const scenarios::SeedOutcome& outcome = variant.outcomes[seed - result.seeds.first];
    Seen seen;
    for (std::size_t p = 0; p < outcome.states.size(); ++p) {
      if (outcome.states[p] == scenarios::PropertyState::violated) seen.violated.push_back(result.properties[p]);
    }
    seen.digest = to_string(outcome.digest);
    seen.struck = outcome.struck;
    const std::string name = fmt::format("{}-{}-{}.yaml", result.scenario, variant.variant, seed);
    const std::string path = (std::filesystem::path(folder) / name).string();
    text += fmt::format("Plan of the first unexpected run of {}: ", variant.variant);
    if (std::any_of(taken.begin(), taken.end(), [&path](const std::string& file) { return same_file(path, file); })) {
      text +=
          fmt::format("not written over {}, which this command read or wrote; --plans names another folder\n", path);
      continue;
    }
    const std::string failed = write_text(path, with_seen(variant.plan, seen));
    if (!failed.empty()) return tl::make_unexpected(failed);
    taken.push_back(path);
    text += fmt::format("chronofault replay {}\n", path);
  }
  return text;
}

std::vector<std::string> again(const RunArgs& args) {
  std::vector<std::string> words = {"run"};
  words.insert(words.end(), args.what.begin(), args.what.end());
  words.insert(words.end(), {"--seeds", args.seeds, "--digests"});
  if (!args.faults.empty()) words.insert(words.end(), {"--faults", args.faults});
  if (args.jobs > 0) words.insert(words.end(), {"--jobs", std::to_string(args.jobs)});
  return words;
}

struct Sheet {
  std::vector<std::string> digests;
  std::vector<RunName> runs;

  void add(const CampaignResult& result, const Input& input, const RunArgs& args) {
    std::string lines = reports::digest_lines(result);
    for (std::size_t end = lines.find('\n'); end != std::string::npos; end = lines.find('\n')) {
      digests.push_back(lines.substr(0, end));
      lines.erase(0, end + 1);
    }
    for (const VariantResult& variant : result.variants) {
      for (const scenarios::SeedOutcome& outcome : variant.outcomes) {
        runs.push_back({input.from, args.faults, variant.variant, outcome.seed});
      }
    }
  }
};

}  // namespace

int run(const RunArgs& args) {
  const auto seeds = scenarios::parse_seeds(args.seeds);
  if (!seeds) return refuse("--seeds: " + seeds.error());
  if (args.check_determinism &&
      (reads_once(args.faults) || std::any_of(args.what.begin(), args.what.end(), reads_once))) {
    return refuse("--check-determinism reads its files in two processes; expected no pipe");
  }
  const auto inputs = read_inputs(args.what, args.faults);
  if (!inputs) return refuse(inputs.error());
  if (!args.digests) {
    if (const std::string failed = cannot_write_into(args.plans); !failed.empty()) return refuse("--plans " + failed);
  }

  std::vector<std::string> taken;
  for (const Input& input : *inputs) taken.insert(taken.end(), input.files.begin(), input.files.end());
  bool all_met = true;
  bool problems = false;
  Sheet sheet;
  std::string json;
  for (const Input& input : *inputs) {
    const CampaignResult result = campaign(input, args, *seeds);
    all_met = all_met && result.met();
    problems = problems || !result.problems.empty();
    if (args.check_determinism) sheet.add(result, input, args);
    if (args.digests) {
      std::cout << reports::digest_lines(result) << std::flush;
      continue;
    }
    if (args.json) {
      json += (json.empty() ? "" : ",\n") + reports::to_json(result);
    } else {
      std::cout << reports::to_text(result);
    }
    // The campaigns that went before and those to come are told all the same.
    const auto plans = write_plans(result, args.plans, taken);
    if (!plans) {
      refuse(plans.error());
      problems = true;
    }
    (args.json ? std::cerr : std::cout) << plans.value_or("") << (args.json ? "" : "\n") << std::flush;
  }
  if (args.json && !args.digests) std::cout << "[" << json << "]\n";
  if (args.check_determinism) {
    const std::string difference = compare_with_second(sheet.digests, sheet.runs, again(args));
    std::cerr << (difference.empty() ? fmt::format("A second run in another process has the same digests ({} runs).\n",
                                                   sheet.digests.size())
                                     : difference);
    all_met = all_met && difference.empty();
  }
  if (problems) return bad_input;
  return all_met ? met : not_met;
}

}  // namespace chronofault::cli
