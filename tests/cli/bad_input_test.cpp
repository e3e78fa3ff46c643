// Bad input: exit 2, one clear message that names the place and what is near, and nothing written.
#include <algorithm>

#include <catch2/catch.hpp>

#include "refused.hpp"

using namespace chronofault::tests;

namespace {

struct Case {
  std::string name;
  std::string old_text;  // of the incident's file
  std::string new_text;
  std::vector<std::string> said;
};

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a wrong scenario is refused with its place", "[cli]") {
  const std::string good = read_file(root_path() + "/scenarios/incidents/powerjob-usurpation.yaml");
  const std::vector<Case> cases = {
      {"unknown system", "system: powerjob", "system: powerjop", {"did you mean 'powerjob'"}},
      {"unknown key", "summary:", "sumary:", {"did you mean 'summary'"}},
      {"unknown policy", "owner-check: true", "owner-chek: true", {"did you mean 'owner-check'"}},
      {"unknown host", "via: lz}}", "via: zl}}", {"zl"}},
      {"end before start", "until: 2022-02-25T04:10", "until: 2022-02-23T04:10", {}},
      {"time zone", "zones: {LZ: {}", "zones: {LZ: {time_zone: Mars/Base}", {"Mars/Base"}},
      {"cycle", "edges: []", "edges: [[set-running, set-running]]", {}},
      {"fault at nothing", "from: lz, to: xz, not_before", "from: nobody, to: xz, not_before", {"nobody"}},
      {"property", "{property: no-lost-run, seeds: all}", "{property: no-lost-ran, seeds: all}", {"no-lost-run"}},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const Folder folder;
    folder.file("bad.yaml", changed(good, c.old_text, c.new_text));
    const auto line =
        1 + std::count(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.find(c.old_text)), '\n');
    std::vector<std::string> said = c.said;
    said.push_back("bad.yaml:" + std::to_string(line) + ":");
    refused(folder, {"replay", "bad.yaml", "--plan", "plan.yaml", "--trace", "trace.jsonl"}, said);
    refused(folder, {"run", "bad.yaml"}, said);
    CHECK(shell_in(folder, "ls").out == "bad.yaml\n");
  }
}

TEST_CASE("what is no scenario is refused", "[cli]") {
  const Folder folder;
  folder.file("tabs.yaml", "a: [b\n\tc: }\n");
  refused(folder, {"replay", "tabs.yaml"}, {"tabs.yaml:"});
  folder.file("large.yaml", std::string((4 << 20) + 1, '#'));
  refused(folder, {"replay", "large.yaml"}, {"large.yaml", "4 MiB"});
  folder.file("list.yaml", "- a\n- b\n");
  refused(folder, {"run", "list.yaml"}, {"list.yaml:1:1"});
  refused(folder, {"run", "."}, {});
}

TEST_CASE("a wrong command line is refused", "[cli]") {
  const Folder folder;
  refused(folder, {"replay", "powerjob-usurpatoin"}, {"did you mean 'powerjob-usurpation'"});
  refused(folder, {"replay", "powerjob-usurpation", "--variant", "fixt"}, {"did you mean 'fixed'", "newest"});
  refused(folder, {"replay", "powerjob-usurpation", "--until", "noon"}, {"--until 'noon'"});
  refused(folder, {"replay", "powerjob-usurpation", "--until", "2022-02-24T10:00:00"}, {"not after the start"});
  refused(folder, {"replay", "powerjob-usurpation", "--until", "2022-02-31T10:00:00"}, {"'2022-02-31T10:00:00'"});
  refused(folder, {"replay", "powerjob-usurpation", "--until", "+-5s"}, {"'+-5s'"});
  refused(folder, {"replay", "powerjob-usurpation", "--until", "0"}, {"steps count from 1"});
  refused(folder, {"replay", "powerjob-usurpation", "--plan", "no/where.yaml"}, {"no/where.yaml"});
  refused(folder, {"replay", "all", "--trace", "t"}, {"one scenario"});
  refused(folder, {"replay"}, {"WHAT"});
  refused(folder, {"run", "powerjob-usurpation", "--seeds", "9..3"}, {"9..3"});
  refused(folder, {"run", "powerjob-usurpation", "--seeds", "many"}, {"many"});
  refused(folder, {"run", "powerjob-usurpation", "--faults", "none.yaml"}, {"none.yaml"});
  refused(folder, {"run", "powerjob-usurpation", "-j", "0"}, {"--jobs"});
  refused(folder, {"describe", "powerjop"}, {"did you mean 'powerjob'"});
  refused(folder, {"init", "quartzz"}, {"quartzz"});
  refused(folder, {"no-such-command"}, {});
  CHECK(folder.empty());
}

TEST_CASE("init does not overwrite", "[cli]") {
  const Folder folder;
  const std::string path = folder.file("first.yaml", "mine\n");
  refused(folder, {"init", "powerjob", "-o", "first.yaml"}, {"first.yaml", "exists"});
  CHECK(read_file(path) == "mine\n");
}
