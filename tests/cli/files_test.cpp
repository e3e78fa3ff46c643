// What is read and what is written: no result is lost in silence, and nothing of the user's is overwritten.
#include <filesystem>

#include <catch2/catch.hpp>

#include "refused.hpp"

using namespace chronofault::tests;

namespace {

const char* const envelope = "powerjob-usurpation-envelope";

/// `words` as the shell has them, after the program.
Ran shell(const Folder& folder, const std::string& words, const std::string& before = "") {
  return shell_in(folder, before + " '" + program_path() + "' " + words + "\n");
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// own.yaml, which includes base.yaml.
void write_scenario(const Folder& folder) {
  REQUIRE(chronofault_in(folder, {"init", "powerjob", "-o", "base.yaml"}).status == 0);
  folder.file("own.yaml", "include: base.yaml\nsummary: mine\n");
}

}  // namespace

TEST_CASE("what standard output cannot hold is told", "[cli]") {
  const Folder folder;
  const std::string recording = root_path() + "/tests/vectors/zookeeper/scripted.jsonl.gz";
  for (const std::string& words :
       {std::string("list"), std::string("--help"), std::string("next '0 0 12 * * ?'"),
        std::string("replay powerjob-usurpation --until 10"),
        std::string("replay powerjob-usurpation --until 10 --json"), std::string("run ") + envelope,
        std::string("run --json ") + envelope, "verify zookeeper '" + recording + "'"}) {
    INFO(words);
    refused(shell(folder, words + " >/dev/full"), {"standard output cannot be written"});
  }
  const Ran cut = shell(folder, "replay powerjob-usurpation | true; exit ${PIPESTATUS[0]}");
  CHECK((cut.status == 0 || cut.status == 128 + 13));
  CHECK(cut.err.empty());
}

TEST_CASE("a plan or a trace that cannot be written is told", "[cli]") {
  const Folder folder;
  for (const std::string option : {"--plan", "--trace"}) {
    const Ran ran = shell(folder, "replay powerjob-usurpation --until 10 " + option + " /dev/full");
    CHECK(ran.status == 2);
    CHECK(has(ran.err, "chronofault: /dev/full: cannot be written"));
  }
}

TEST_CASE("replay overwrites nothing that it reads or prints", "[cli]") {
  const Folder folder;
  write_scenario(folder);
  folder.file("script.yaml", "faults: []\n");
  std::filesystem::create_symlink("own.yaml", folder.path() + "/link.yaml");
  std::filesystem::create_hard_link(folder.path() + "/own.yaml", folder.path() + "/hard.yaml");
  std::filesystem::create_symlink("nothing", folder.path() + "/dangling");
  std::filesystem::create_symlink(".", folder.path() + "/here");
  const std::string own = read_file(folder.path() + "/own.yaml");
  const std::string base = read_file(folder.path() + "/base.yaml");
  for (const std::string option : {"--plan", "--trace"}) {
    for (const std::string path : {"own.yaml", "./own.yaml", "link.yaml", "hard.yaml", "here/own.yaml", "base.yaml"}) {
      refused(folder, {"replay", "own.yaml", option, path}, {option + " " + path + ": would overwrite "});
    }
    refused(folder, {"replay", "link.yaml", option, "own.yaml"}, {"would overwrite link.yaml, which is read"});
    refused(folder, {"replay", "own.yaml", "--faults", "script.yaml", option, "script.yaml"}, {"would overwrite"});
    refused(shell(folder, "replay own.yaml " + option + " out >>out; rc=$?; cat out; exit $rc"),
            {option + " out: is where standard output goes"});
  }
  for (const auto& [plan, trace] : {std::pair("p", "p"), std::pair("p", "./p"), std::pair("p", "here/p"),
                                    std::pair("dangling", "nothing"), std::pair("out", "./out")}) {
    refused(folder, {"replay", "own.yaml", "--plan", plan, "--trace", trace}, {"are one file; expected two"});
  }
  CHECK(read_file(folder.path() + "/own.yaml") == own);
  CHECK(read_file(folder.path() + "/base.yaml") == base);
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/p"));
  CHECK(chronofault_in(folder, {"replay", "own.yaml", "--until", "10", "--plan", "p", "--trace", "t"}).status == 0);
  CHECK(chronofault_in(folder, {"replay", "own.yaml", "--until", "10", "--plan", "/dev/null", "--trace", "/dev/null"})
            .status == 0);
}

TEST_CASE("a campaign's plan does not overwrite what was read", "[cli]") {
  const Folder folder;
  const std::string name = std::string(envelope) + "-documented-1.yaml";
  REQUIRE(chronofault_in(folder, {"replay", envelope, "--plan", name}).status == 0);
  const std::string plan = read_file(folder.path() + "/" + name);
  folder.file("wrong.yaml", "expect:\n  - {property: no-lost-run, seeds: none}\n");
  const Ran ran = chronofault_in(folder, {"run", name, "--faults", "wrong.yaml"});
  CHECK(ran.status == 1);
  CHECK(has(ran.out, "not written over ./" + name + ", which this command read or wrote"));
  CHECK(read_file(folder.path() + "/" + name) == plan);
  // Two scenarios of one name.
  std::filesystem::create_directory(folder.path() + "/plans");
  const Ran both = chronofault_in(folder, {"run", name, envelope, "--faults", "wrong.yaml", "--plans", "plans"});
  CHECK(both.status == 1);
  CHECK(has(both.out, "chronofault replay plans/" + name));
  CHECK(has(both.out, "not written over plans/" + name));
}

TEST_CASE("the folder for plans is looked at before the campaign", "[cli]") {
  const Folder folder;
  refused(folder, {"run", envelope, "--plans", "none"}, {"--plans none: there is no such folder"});
  std::filesystem::create_directory(folder.path() + "/shut");
  const std::string mortal =
      "[ $(id -u) != 0 ] || as='setpriv --inh-caps=-all --bounding-set=-all'; chmod 500 shut; $as";
  refused(shell(folder, std::string("run ") + envelope + " --plans shut", mortal),
          {"--plans shut: no file can be written into this folder"});
  refused(shell(folder, "replay powerjob-usurpation --plan shut/p", mortal), {"no file can be written"});
}

TEST_CASE("what is no file is refused, whoever names it", "[cli]") {
  const Folder folder;
  write_scenario(folder);
  folder.file("empty.yaml", "");
  folder.file("large.yaml", std::string((4 << 20) + 1, '#'));
  REQUIRE(shell_in(folder, "mkfifo pipe.yaml; mkdir folder").status == 0);
  for (const std::string what : {envelope, "own.yaml"}) {
    for (const auto& [script, said] :
         {std::pair("empty.yaml", "empty.yaml: not a chaos script; expected a map with `faults:`"),
          std::pair("folder", "folder: a folder; expected a file"),
          std::pair("/dev/zero", "/dev/zero: neither a file nor a pipe of the shell; expected a file, /dev/stdin"),
          std::pair("large.yaml", "large.yaml: larger than 4 MiB"),
          std::pair("pipe.yaml", "pipe.yaml: neither a file nor a pipe"),
          std::pair("/dev/stdin", "/dev/stdin: not a chaos script"),
          std::pair("none.yaml", "none.yaml: no such file")}) {
      refused(folder, {"run", what, "--faults", script}, {said});
    }
  }
  refused(folder, {"replay", "pipe.yaml"}, {"pipe.yaml: neither a file nor a pipe of the shell"});
  refused(folder, {"run", "/dev/zero"}, {"/dev/zero: neither a file"});
  refused(shell(folder, "replay /dev/stdin </dev/zero"), {"/dev/stdin: larger than 4 MiB"});
}

TEST_CASE("a folder that cannot be read is named", "[cli]") {
  const Folder folder;
  REQUIRE(shell_in(folder, "mkdir -p many/shut").status == 0);
  const std::string mortal =
      "[ $(id -u) != 0 ] || as='setpriv --inh-caps=-all --bounding-set=-all'; chmod 0 many/shut; $as";
  const std::vector<std::string> said = {"chronofault: many/shut: this folder cannot be read: Permission denied\n"};
  refused(shell(folder, "run many", mortal), said);
  refused(shell(folder, "run many/shut", mortal), said);
  refused(shell(folder, "list many", mortal), said);
}

TEST_CASE("a pipe of the shell is read once", "[cli]") {
  const Folder folder;
  REQUIRE(chronofault_in(folder, {"replay", envelope, "--plan", "plan.yaml"}).status == 0);
  folder.file("script.yaml", "expect:\n  - {property: no-lost-run, seeds: all}\n");
  for (const std::string& words :
       {std::string("replay /dev/stdin < plan.yaml"), std::string("replay <(cat plan.yaml)")}) {
    const Ran ran = shell(folder, words);
    INFO(words << ran.err);
    CHECK(ran.status == 0);
    CHECK(has(ran.out, "Reproduced: "));
  }
  const Ran ran = shell(folder, "run plan.yaml plan.yaml --faults <(cat script.yaml)");
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  refused(shell(folder, "replay <(cat plan.yaml) --check-determinism"), {"in two processes; expected no pipe"});
  refused(shell(folder, "run <(cat plan.yaml) --check-determinism"), {"in two processes; expected no pipe"});
}

TEST_CASE("a scenario's name cannot lead out of the folder for plans", "[cli]") {
  const Folder folder;
  std::filesystem::create_directory(folder.path() + "/plans");
  REQUIRE(chronofault_in(folder, {"init", "powerjob", "-o", "good.yaml"}).status == 0);
  REQUIRE(shell_in(folder, "sed 's|^scenario: .*|scenario: ../evil|' good.yaml >bad.yaml").status == 0);
  refused(folder, {"run", "bad.yaml", "--plans", "plans"}, {"bad.yaml:", "'../evil' is no name of a scenario"});
}
