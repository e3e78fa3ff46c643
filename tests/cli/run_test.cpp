// run: campaigns, chaos scripts, plans of unexpected runs.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace chronofault::tests;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* const envelope = "powerjob-usurpation-envelope";

}  // namespace

TEST_CASE("what a campaign prints does not depend on threads", "[cli]") {
  const Folder folder;
  const Ran one = chronofault_in(folder, {"run", envelope, "--seeds", "1..24", "-j", "1"});
  const Ran many = chronofault_in(folder, {"run", envelope, "--seeds", "1..24", "-j", "8"});
  CHECK(one.status == 0);
  CHECK(has(one.out, "48 runs"));
  CHECK(one.out == many.out);
  CHECK(folder.empty());
}

TEST_CASE("a campaign runs again in another process with the same digests", "[cli]") {
  const Folder folder;
  const Ran ran = chronofault_in(folder, {"run", envelope, "--seeds", "10", "--check-determinism"});
  CHECK(ran.status == 0);
  CHECK(has(ran.err, "has the same digests (20 runs)"));
}

TEST_CASE("an unexpected run leaves a plan that reproduces it", "[cli]") {
  const Folder folder;
  folder.file("wrong.yaml", "expect:\n  - {property: no-lost-run, seeds: none}\n");
  const Ran ran = chronofault_in(folder, {"run", envelope, "--faults", "wrong.yaml", "--seeds", "3"});
  CHECK(ran.status == 1);
  CHECK(has(ran.out, "expectations are NOT met"));
  const std::string plan = "powerjob-usurpation-envelope-documented-1.yaml";
  CHECK(has(ran.out, "chronofault replay ./" + plan));
  const Ran again = chronofault_in(folder, {"replay", plan});
  CHECK(again.status == 1);
  CHECK(has(again.out, "Reproduced: "));
}

TEST_CASE("because is looked for in the slices", "[cli]") {
  const Folder folder;
  folder.file(
      "late.yaml",
      "expect:\n  - {property: no-lost-run, seeds: some, because: [{message: Ping.reply, from: lz, to: xz}]}\n");
  folder.file("other.yaml", "expect:\n  - {property: no-lost-run, seeds: some, because: [{record: AlarmRaised}]}\n");
  const auto run = [&folder](const std::string& script) {
    const Ran plan = shell_in(folder, "'" + program_path() + "' replay " + envelope + " --plan plan.yaml >/dev/null");
    REQUIRE(plan.status == 0);
    return chronofault_in(folder, {"run", "plan.yaml", "--faults", script, "--seeds", "2"});
  };
  CHECK(run("late.yaml").status == 0);
  const Ran not_there = run("other.yaml");
  CHECK(not_there.status == 1);
  CHECK(has(not_there.out, "has no"));
}

TEST_CASE("a folder gives its scenarios, without chaos scripts", "[cli]") {
  const Folder folder;
  folder.file("script.yaml", "faults: []\n");
  REQUIRE(chronofault_in(folder, {"init", "powerjob", "-o", "first.yaml"}).status == 0);
  const Ran ran = chronofault_in(folder, {"run", ".", "--seeds", "2"});
  CHECK(ran.status == 0);
  CHECK(has(ran.out, "first, seeds 1 to 2"));
}

TEST_CASE("run --json is a list of campaigns", "[cli]") {
  const Folder folder;
  const Ran checked = shell_in(folder, "'" + program_path() + "' run " + envelope + " --seeds 3 --json | python3 -c '" +
                                           "import json, sys\n(c,) = json.load(sys.stdin)\n"
                                           "assert c[\"met\"] and c[\"runs\"] == 6 and len(c[\"variants\"]) == 2'");
  INFO(checked.err);
  CHECK(checked.status == 0);
}
