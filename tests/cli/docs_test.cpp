// Every command in README.md and docs/*.md runs: each fenced `sh` block is a script, in a folder that looks like the
// repository after a build. `make` only says what it would do: the tests are run by it.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "program.hpp"

using namespace chronofault::tests;

namespace {

std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> found;
  const std::string open = "\n```" + language + "\n";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    const std::size_t end = text.find("\n```\n", at);
    REQUIRE(end != std::string::npos);
    found.push_back(text.substr(at, end + 1 - at));
    at = end + 4;
  }
  return found;
}

std::string prelude() { return "set -e\nmake() { command make --dry-run -C '" + root_path() + "' \"$@\"; }\n"; }

void prepare(const Folder& folder) {
  namespace fs = std::filesystem;
  fs::create_directory(folder.path() + "/build");
  fs::create_symlink(program_path(), folder.path() + "/build/chronofault");
  for (const std::string part : {"/scenarios", "/tests"}) fs::create_symlink(root_path() + part, folder.path() + part);
}

}  // namespace

TEST_CASE("every command of the documents runs", "[cli]") {
  std::vector<std::string> files = {root_path() + "/README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(root_path() + "/docs")) {
    if (entry.path().extension() == ".md") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  std::size_t run = 0;
  for (const std::string& file : files) {
    const Folder folder;
    prepare(folder);
    for (const std::string& block : blocks(read_file(file), "sh")) {
      ++run;
      const Ran ran = shell_in(folder, prelude() + block);
      INFO(file << "\n" << block << ran.out << ran.err);
      CHECK(ran.status == 0);
    }
  }
  CHECK(run >= 6);
}

TEST_CASE("what README.md shows is what the program prints", "[cli]") {
  const std::vector<std::string> shown = blocks(read_file(root_path() + "/README.md"), "text");
  REQUIRE(shown.size() == 2);
  const Folder folder;
  CHECK(chronofault_in(folder, {"replay", "all"}).out == shown[0]);
  const std::string incident = chronofault_in(folder, {"replay", "powerjob-usurpation"}).out;
  CHECK(incident.find("\n\n" + shown[1] + "\n") != std::string::npos);
}

TEST_CASE("what docs/fidelity.md shows is what its commands print", "[cli]") {
  const std::string text = read_file(root_path() + "/docs/fidelity.md");
  const std::vector<std::string> commands = blocks(text, "sh");
  const std::vector<std::string> shown = blocks(text, "text");
  REQUIRE(!commands.empty());
  REQUIRE(commands.size() == shown.size());
  const Folder folder;
  prepare(folder);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    INFO(commands[i]);
    CHECK(shell_in(folder, commands[i]).out == shown[i]);
  }
}
