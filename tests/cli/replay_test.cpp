// replay: the incident as it is told, plans that carry what was seen, and where a replay may stop.
#include <algorithm>

#include <catch2/catch.hpp>

#include <support/approved.hpp>

#include "program.hpp"

using namespace chronofault::tests;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* const envelope = "powerjob-usurpation-envelope";

}  // namespace

TEST_CASE("the incident is told as approved", "[cli][powerjob:9.1]") {
  const Folder folder;
  for (const std::string variant : {"documented", "fixed", "newest"}) {
    const Ran ran = chronofault_in(folder, {"replay", "powerjob-usurpation", "--variant", variant});
    CHECK(ran.status == 0);
    check_approved("usurpation-" + variant + ".txt", ran.out);
  }
}

TEST_CASE("replay all is one table", "[cli][powerjob:9.1]") {
  const Folder folder;
  const Ran ran = chronofault_in(folder, {"replay", "all"});
  CHECK(ran.status == 0);
  CHECK_FALSE(has(ran.out, "NOT MET"));
  check_approved("replay-all.txt", ran.out);
  const Ran digests = chronofault_in(folder, {"replay", "all", "--digests", "--check-determinism"});
  CHECK(digests.status == 0);
  const auto lines = std::count(digests.out.begin(), digests.out.end(), '\n');
  CHECK(lines >= 7);
  CHECK(has(digests.err, "has the same digests (" + std::to_string(lines) + " runs)"));
}

TEST_CASE("a plan that was written is reproduced, byte for byte", "[cli]") {
  const Folder folder;
  const Ran first = chronofault_in(folder, {"replay", envelope, "--seed", "7", "--plan", "seven.yaml"});
  CHECK(first.status == 0);
  const std::string plan = read_file(folder.path() + "/seven.yaml");
  CHECK(has(plan, "\nseed: 7\n"));
  const Ran again = chronofault_in(folder, {"replay", "seven.yaml", "--plan", "again.yaml"});
  CHECK(again.status == 0);
  CHECK(has(again.out, "Reproduced: "));
  CHECK(has(again.out, "with the same digest"));
  CHECK(read_file(folder.path() + "/again.yaml") == plan);
}

TEST_CASE("timeline and plans say whom a fault struck", "[cli]") {
  const Folder folder;
  folder.file("chaos.yaml", R"(faults: [{at: +90s, pause: {owner: monkey}, for: 2s}]
expect: [{property: loops-progress, seeds: all}]
)");
  const std::string struck = "pause: {owner: monkey} -> lz\n";
  const Ran ran = chronofault_in(
      folder, {"replay", "powerjob-usurpation-outside", "--faults", "chaos.yaml", "--plan", "plan.yaml"});
  INFO(ran.err);
  CHECK(has(ran.out, "  fault     " + struck));
  CHECK(has(ran.out, "  fault     over: " + struck));
  const auto says = [&](const std::string& plan) {
    const std::string text = read_file(folder.path() + "/" + plan);
    const std::size_t line = text.find("\n# seen: struck 20");
    return line != std::string::npos && text.find(struck, line) < text.find('\n', line + 1);
  };
  CHECK(says("plan.yaml"));
  REQUIRE(shell_in(folder, "mkdir plans").status == 0);
  chronofault_in(folder,
                 {"run", "powerjob-usurpation-outside", "--faults", "chaos.yaml", "--seeds", "1", "--plans", "plans"});
  CHECK(says("plans/powerjob-usurpation-outside-documented-1.yaml"));
}

TEST_CASE("a plan whose run has changed says how", "[cli]") {
  const Folder folder;
  // Seed 1 violates no-lost-run.
  REQUIRE(chronofault_in(folder, {"replay", envelope, "--plan", "one.yaml"}).status == 0);
  const auto edit = [&folder](const std::string& script) {
    REQUIRE(shell_in(folder, "sed " + script + " one.yaml > changed.yaml").status == 0);
    return chronofault_in(folder, {"replay", "changed.yaml"}).out;
  };
  CHECK(has(edit("'/after_request/d; s/^faults:.*//'"), "Passes now: "));
  CHECK(has(edit("'s/^# seen: violated.*/# seen: violated settles/'"), "Other violation: "));
  CHECK(has(edit("'s/^# seen: digest .*/# seen: digest 00/'"), "with another digest"));
  CHECK(has(edit("'s/program: *\"*0.1.0\"*/program: \"0.0.9\"/'"), "made with program 0.0.9 (now 0.1.0)"));
}

TEST_CASE("a replay stops at a step or an instant and judges nothing", "[cli]") {
  const Folder folder;
  const auto until = [&folder](const std::string& when) {
    const Ran ran = chronofault_in(folder, {"replay", "powerjob-usurpation", "--until", when});
    CHECK(ran.status == 0);
    return ran.out;
  };
  CHECK(has(until("5000"), "\nStopped at step 5000, "));
  CHECK(has(until("11:00:00"), ", 2022-02-24 11:00:00.000; nothing is judged"));
  CHECK(has(until("+90s"), ", 2022-02-24 11:00:30.000; nothing is judged"));
  CHECK(has(until("2022-02-24T03:30:00Z"), ", 2022-02-24 11:30:00.000; nothing is judged"));
}

TEST_CASE("a stop after the end of the run stops nothing", "[cli]") {
  const Folder folder;
  const Ran whole = chronofault_in(folder, {"replay", envelope});
  for (const std::string when :
       {"2030-01-01T00:00:00", "+1000d", "+999999999d", "+99999999999999999999s", "99999999", "99999999999999999999"}) {
    const Ran ran = chronofault_in(folder, {"replay", envelope, "--until", when});
    INFO(when);
    CHECK(ran.status == whole.status);
    CHECK(ran.out == whole.out);
    CHECK(has(ran.err, "The run ended before --until " + when + ": after step "));
  }
}

TEST_CASE("the trace has every record with its causes", "[cli]") {
  const Folder folder;
  const Ran ran =
      chronofault_in(folder, {"replay", "powerjob-usurpation", "--until", "3000", "--trace", "trace.jsonl"});
  CHECK(ran.status == 0);
  const Ran checked = shell_in(folder, R"(python3 - <<'END'
import json
records = [json.loads(line) for line in open('trace.jsonl')]
assert len(records) > 1000
assert [r['id'] for r in records] == list(range(1, len(records) + 1))
keys = {'id', 'step', 'ordinal', 'at', 'us', 'host', 'process', 'kind', 'causes'}
assert all(keys <= set(r) for r in records)
assert all(cause < r['id'] for r in records for cause in r['causes'])
assert any(r['causes'] for r in records)
assert all(('event' in r) == (r['kind'] == 'domain') for r in records)
assert max(r['step'] for r in records) <= 3000
END
)");
  INFO(checked.err);
  CHECK(checked.status == 0);
}

TEST_CASE("replay --json is JSON with the verdict", "[cli]") {
  const Folder folder;
  const Ran checked =
      shell_in(folder, "'" + program_path() + "' replay powerjob-usurpation-envelope --json | python3 -c '" +
                           "import json, sys\nr = json.load(sys.stdin)\n"
                           "assert r[\"met\"] and r[\"timeline\"] and r[\"verdict\"] and r[\"expected\"]'");
  INFO(checked.err);
  CHECK(checked.status == 0);
}
