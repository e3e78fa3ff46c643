// The command line as it is written. The only unit that knows the option parser.
#include <algorithm>
#include <functional>
#include <limits>
#include <type_traits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <scenarios/place.hpp>
#include <scenarios/scenario.hpp>

#include "commands.hpp"

namespace chronofault::cli {
namespace {

using Check = std::function<std::string(const std::string&)>;

/// An empty value is no way to leave an option out: more often a variable of the shell was empty.
Check some(std::string expected) {
  return [expected = std::move(expected)](const std::string& text) {
    return text.empty() ? "an empty value; expected " + expected : std::string();
  };
}

/// An option whose value is a whole number in decimal digits, as a scenario has it.
template <class Value>
CLI::Option* add_number(CLI::App& command, const std::string& name, Value& value, std::uint64_t least,
                        std::uint64_t most, const std::string& description) {
  const Check in_range = [least, most](const std::string& text) {
    const auto number = scenarios::parse_whole(text);
    if (number && *number >= least && *number <= most) return std::string();
    return fmt::format("'{}' is wrong; expected a whole number from {} to {}", text, least, most);
  };
  const auto store = [&value](const std::string& text) {
    const std::uint64_t number = scenarios::parse_whole(text).value_or(0);
    if constexpr (std::is_same_v<Value, int>) {
      value = static_cast<int>(number);
    } else {
      value = number;
    }
  };
  return command.add_option_function<std::string>(name, store, description)->check(in_range);
}

void add_list(CLI::App& app, ListArgs& args) {
  CLI::App* command = app.add_subcommand("list", "Systems, and the scenarios with their variants.");
  command->add_option("FOLDER", args.folders, "show the scenarios of these folders too")->check(some("a folder"));
  command->footer("Example:\n  chronofault list");
}

void add_describe(CLI::App& app, DescribeArgs& args) {
  CLI::App* command = app.add_subcommand("describe", "All that a scenario may say of one system.");
  command->add_option("SYSTEM", args.system, "name of the system")->required()->check(some("a system"));
  command->footer("Example:\n  chronofault describe powerjob");
}

void add_init(CLI::App& app, InitArgs& args) {
  CLI::App* command = app.add_subcommand("init", "A commented scenario that runs, to start from.");
  command->add_option("SYSTEM", args.system, "name of the system")->required()->check(some("a system"));
  command->add_option("-o,--output", args.out, "write it to this file, which must not exist; default: standard output")
      ->check(some("a file"));
  command->footer("Example:\n  chronofault init powerjob -o first.yaml");
}

void add_next(CLI::App& app, NextArgs& args) {
  CLI::App* command = app.add_subcommand("next", "The next fire times of a cron expression, or why it is wrong.");
  command->add_option("EXPRESSION", args.expression, "6 or 7 fields, in quotes")
      ->required()
      ->check(some("6 or 7 fields"));
  command->add_option("--zone", args.zone, "time zone: a name of the tz database or an offset; default: UTC")
      ->check(some("a time zone"));
  command
      ->add_option("--from", args.from,
                   "fire times after this instant (2024-03-31T01:59:59, local unless it has an offset); default: now")
      ->check(some("an instant"));
  add_number(*command, "--count", args.count, 1, 100'000, "how many; default: 10")
      ->type_name("INT:INT in [1 - 100000]");
  command->add_option("--dialect", args.dialect, "quartz, xxl-job or powerjob; default: quartz")
      ->check(some("quartz, xxl-job or powerjob"));
  command->footer(
      "Exit status: 0 the times are shown, 1 the real search fails or does not end, 2 bad input.\n"
      "Example:\n  chronofault next \"0 30 2 * * ?\" --zone Europe/Berlin --from 2024-03-30T00:00:00 --count 3");
}

void add_replay(CLI::App& app, ReplayArgs& args) {
  CLI::App* command = app.add_subcommand("replay", "Runs one plan and shows how it went.");
  command
      ->add_option("WHAT", args.what,
                   "a file, a built-in scenario by name, or all: every built-in scenario and variant")
      ->required()
      ->check(some("a file, a built-in scenario or all"));
  command->add_option("--variant", args.variant, "which variant; default: the plan's, or the first")
      ->check(some("the name of a variant"));
  add_number(*command, "--seed", args.seed, 0, std::numeric_limits<std::uint64_t>::max(),
             "seed of all draws; default: the plan's, or 1")
      ->type_name("UINT");
  command
      ->add_option("--until", args.until,
                   "stop after a step (5000) or at an instant (04:00:13, 2022-02-25T04:00:13, +90s)")
      ->check(some("a step or an instant"));
  command->add_option("--plan", args.plan, "write the plan, with what was seen, to this file")->check(some("a file"));
  command->add_option("--trace", args.trace, "write every record as a line of JSON to this file")
      ->check(some("a file"));
  command->add_flag("--json", args.json, "print JSON");
  command->add_flag("--digests", args.digests, "print one line of digests per run, and nothing else");
  command->add_flag("--check-determinism", args.check_determinism,
                    "run a second time in another process with another heap and stack, and compare");
  command->add_option("--faults", args.faults)->group("")->check(some("a chaos script"));
  command->add_option("--inside", args.inside)->group("")->expected(1, 3);
  command->footer(
      "Exit status: 0 every expectation is met, 1 not, 2 bad input.\n"
      "Example:\n  chronofault replay powerjob-usurpation --variant fixed");
}

void add_run(CLI::App& app, RunArgs& args) {
  CLI::App* command = app.add_subcommand("run", "Runs scenarios with many seeds and judges what is expected of them.");
  command->add_option("WHAT", args.what, "files, folders (every scenario in them) or built-in names")
      ->required()
      ->check(some("a file, a folder or a built-in scenario"));
  command
      ->add_option("--faults", args.faults, "a chaos script: its faults are added, its expectations replace the others")
      ->check(some("a chaos script"));
  command->add_option("--seeds", args.seeds, "N: the seeds 1 to N; A..B; default: 1")->check(some("N or A..B"));
  add_number(*command, "-j,--jobs", args.jobs, 1, 1024, "threads; default: one per core")
      ->type_name("INT:INT in [1 - 1024]");
  command->add_option("--plans", args.plans, "folder for the plan of the first unexpected run; default: here")
      ->check(some("a folder"));
  command->add_flag("--json", args.json, "print JSON");
  command->add_flag("--digests", args.digests, "print one line of digests per run, and nothing else");
  command->add_flag("--check-determinism", args.check_determinism,
                    "run everything a second time in another process, and compare");
  command->footer(
      "Exit status: 0 every expectation is met, 1 not, 2 bad input.\n"
      "Example:\n  chronofault run powerjob-usurpation-envelope --seeds 200 -j 2");
}

void add_verify(CLI::App& app, VerifyArgs& args) {
  CLI::App* command =
      app.add_subcommand("verify", "Replays recordings of real servers and libraries, and names each difference.");
  command->add_option("SYSTEM", args.system, "database, elasticjob, quartz or zookeeper")
      ->required()
      ->check(some("database, elasticjob, quartz or zookeeper"));
  command->add_option("FILE", args.files, "recordings: .jsonl or .json, also gzipped (.gz)")
      ->required()
      ->check(some("a file"));
  command->add_flag("--json", args.json, "print JSON");
  command->footer(
      "Exit status: 0 all steps are reproduced, 1 not, 2 bad input.\n"
      "Example:\n  chronofault verify zookeeper tests/vectors/zookeeper/scripted.jsonl.gz");
}

/// "'rply' is no command; expected ...; did you mean 'replay'?"
std::string unknown(const std::string& word, const std::string& what, const std::vector<std::string>& names) {
  const std::string near = scenarios::nearest_name(word, names);
  return fmt::format("'{}' is no {}; expected {}{}", word, what, scenarios::listed(names),
                     near.empty() ? "" : "; did you mean '" + near + "'?");
}

std::string without_command(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  const std::vector<std::string> words = app.remaining();
  return words.empty() ? "no command; expected " + scenarios::listed(names) : unknown(words.front(), "command", names);
}

std::string with_leftover(const CLI::App& command) {
  const std::string word = command.remaining().front();
  if (!word.starts_with('-')) return fmt::format("'{}' is one argument too many", word);
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    if (option->nonpositional() && !option->get_group().empty()) names.push_back(option->get_name());
  }
  return unknown(word, "option of it", names);
}

/// What is wrong with the command line, told like any other bad input.
std::string told(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return without_command(app);
  const CLI::App& command = *chosen.front();
  const std::string name = command.get_name();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return name + ": " + with_leftover(command);
  const std::string what = error.what();
  // The parser leaves out the name of a hidden option.
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr)
    return name + (what.starts_with(": ") ? "" : ": ") + what;
  // Values have validators: what is left to be converted is a flag's, as in --json=abc.
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    return fmt::format("{}: {}; expected the flag alone", name, what.substr(std::min(what.find("--"), what.size())));
  return fmt::format("{}: {}; chronofault {} --help says what is expected", name, what, name);
}

}  // namespace

int dispatch(int argc, char** argv) {
  CLI::App app("chronofault: whole clusters of job schedulers on virtual time, with faults.", "chronofault");
  app.require_subcommand(1);
  app.set_version_flag("--version", "chronofault 0.1.0");
  app.footer("chronofault COMMAND --help says more, with an example.");
  ListArgs list_args;
  DescribeArgs describe_args;
  InitArgs init_args;
  NextArgs next_args;
  ReplayArgs replay_args;
  RunArgs run_args;
  VerifyArgs verify_args;
  add_list(app, list_args);
  add_describe(app, describe_args);
  add_init(app, init_args);
  add_next(app, next_args);
  add_replay(app, replay_args);
  add_run(app, run_args);
  add_verify(app, verify_args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : refuse(told(app, error));
  }
  if (app.got_subcommand("list")) return list(list_args);
  if (app.got_subcommand("describe")) return describe(describe_args);
  if (app.got_subcommand("init")) return init(init_args);
  if (app.got_subcommand("next")) return next(next_args);
  if (app.got_subcommand("replay")) return replay(replay_args);
  if (app.got_subcommand("verify")) return verify(verify_args);
  return run(run_args);
}

}  // namespace chronofault::cli
