// The command line as it is written. The only unit that knows the option parser.
#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace chronofault::cli {
namespace {

void add_list(CLI::App& app, ListArgs& args) {
  CLI::App* command = app.add_subcommand("list", "Systems, and the scenarios with their variants.");
  command->add_option("FOLDER", args.folders, "show the scenarios of these folders too");
  command->footer("Example:\n  chronofault list");
}

void add_describe(CLI::App& app, DescribeArgs& args) {
  CLI::App* command = app.add_subcommand("describe", "All that a scenario may say of one system.");
  command->add_option("SYSTEM", args.system, "name of the system")->required();
  command->footer("Example:\n  chronofault describe powerjob");
}

void add_init(CLI::App& app, InitArgs& args) {
  CLI::App* command = app.add_subcommand("init", "A commented scenario that runs, to start from.");
  command->add_option("SYSTEM", args.system, "name of the system")->required();
  command->add_option("-o,--output", args.out, "write it to this file, which must not exist; default: standard output");
  command->footer("Example:\n  chronofault init powerjob -o first.yaml");
}

void add_next(CLI::App& app, NextArgs& args) {
  CLI::App* command = app.add_subcommand("next", "The next fire times of a cron expression, or why it is wrong.");
  command->add_option("EXPRESSION", args.expression, "6 or 7 fields, in quotes")->required();
  command->add_option("--zone", args.zone, "time zone: a name of the tz database or an offset; default: UTC");
  command->add_option(
      "--from", args.from,
      "fire times after this instant (2024-03-31T01:59:59, local unless it has an offset); default: now");
  command->add_option("--count", args.count, "how many; default: 10")->check(CLI::Range(1, 100'000));
  command->add_option("--dialect", args.dialect, "quartz, xxl-job or powerjob; default: quartz");
  command->footer(
      "Exit status: 0 the times are shown, 1 the real search fails or does not end, 2 bad input.\n"
      "Example:\n  chronofault next \"0 30 2 * * ?\" --zone Europe/Berlin --from 2024-03-30T00:00:00 --count 3");
}

void add_replay(CLI::App& app, ReplayArgs& args) {
  CLI::App* command = app.add_subcommand("replay", "Runs one plan and shows how it went.");
  command
      ->add_option("WHAT", args.what,
                   "a file, a built-in scenario by name, or all: every built-in scenario and variant")
      ->required();
  command->add_option("--variant", args.variant, "which variant; default: the plan's, or the first");
  command->add_option("--seed", args.seed, "seed of all draws; default: the plan's, or 1");
  command->add_option("--until", args.until,
                      "stop after a step (5000) or at an instant (04:00:13, 2022-02-25T04:00:13, +90s)");
  command->add_option("--plan", args.plan, "write the plan, with what was seen, to this file");
  command->add_option("--trace", args.trace, "write every record as a line of JSON to this file");
  command->add_flag("--json", args.json, "print JSON");
  command->add_flag("--digests", args.digests, "print one line of digests per run, and nothing else");
  command->add_flag("--check-determinism", args.check_determinism,
                    "run a second time in another process with another heap and stack, and compare");
  command->add_option("--faults", args.faults)->group("");
  command->add_option("--inside", args.inside)->group("")->expected(1, 3);
  command->footer(
      "Exit status: 0 every expectation is met, 1 not, 2 bad input.\n"
      "Example:\n  chronofault replay powerjob-usurpation --variant fixed");
}

void add_run(CLI::App& app, RunArgs& args) {
  CLI::App* command = app.add_subcommand("run", "Runs scenarios with many seeds and judges what is expected of them.");
  command->add_option("WHAT", args.what, "files, folders (every scenario in them) or built-in names")->required();
  command->add_option("--faults", args.faults,
                      "a chaos script: its faults are added, its expectations replace the others");
  command->add_option("--seeds", args.seeds, "N: the seeds 1 to N; A..B; default: 1");
  command->add_option("-j,--jobs", args.jobs, "threads; default: one per core")->check(CLI::Range(1, 1024));
  command->add_option("--plans", args.plans, "folder for the plan of the first unexpected run; default: here");
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
  command->add_option("SYSTEM", args.system, "database, elasticjob, quartz or zookeeper")->required();
  command->add_option("FILE", args.files, "recordings: .jsonl or .json, also gzipped (.gz)")->required();
  command->add_flag("--json", args.json, "print JSON");
  command->footer(
      "Exit status: 0 all steps are reproduced, 1 not, 2 bad input.\n"
      "Example:\n  chronofault verify zookeeper tests/vectors/zookeeper/scripted.jsonl.gz");
}

}  // namespace

int dispatch(int argc, char** argv) {
  CLI::App app("chronofault: whole clusters of job schedulers on virtual time, with faults.", "chronofault");
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
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
    return app.exit(error) == 0 ? met : bad_input;
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
