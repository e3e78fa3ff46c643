// A wrong option is told like any other bad input: which one, what it was given, what was expected.
#include <catch2/catch.hpp>

#include "refused.hpp"

using namespace chronofault::tests;

TEST_CASE("an unknown command or option has its nearest", "[cli]") {
  const Folder folder;
  refused(folder, {}, {"no command; expected list, describe"});
  refused(folder, {"--nope"}, {"'--nope' is no command; expected list, describe"});
  refused(folder, {"rply"}, {"'rply' is no command", "did you mean 'replay'?"});
  refused(folder, {"run", "x", "--sede", "3"}, {"run: '--sede' is no option of it", "did you mean '--seeds'?"});
  refused(folder, {"describe", "powerjob", "quartz"}, {"describe: 'quartz' is one argument too many"});
  refused(folder, {"replay"}, {"replay: WHAT is required", "chronofault replay --help"});
  refused(folder, {"replay", "x", "--json=abc"}, {"replay: --json = abc; expected the flag alone"});
  refused(folder, {"replay", "x", "--seed"}, {"replay: --seed", "chronofault replay --help"});
}

TEST_CASE("a number is one in decimal digits and in its range", "[cli]") {
  const Folder folder;
  for (const std::string seed : {"-1", "18446744073709551616", "abc", "1.5", "0x10", "+1", " 1"}) {
    refused(folder, {"replay", "powerjob-usurpation", "--until", "10", "--seed", seed},
            {"replay: --seed: '" + seed + "' is wrong; expected a whole number from 0 to 18446744073709551615"});
  }
  refused(folder, {"run", "powerjob-usurpation", "--seeds", "-1"}, {"'-1' is no range of seeds"});
  refused(folder, {"run", "powerjob-usurpation", "-j", "2x"},
          {"run: --jobs: '2x' is wrong; expected a whole number from 1 to 1024"});
  refused(folder, {"next", "0 0 12 * * ?", "--count", "100001"}, {"next: --count: '100001' is wrong"});
  const auto replayed = [&folder](const std::string& seed) {
    return chronofault_in(folder, {"replay", "powerjob-usurpation", "--digests", "--until", "10", "--seed", seed}).out;
  };
  CHECK(replayed("010") == replayed("10"));  // no octal
  CHECK_FALSE(replayed("18446744073709551615").empty());
}

TEST_CASE("an empty value is no value", "[cli]") {
  const Folder folder;
  for (const std::string option : {"--variant", "--seed", "--until", "--plan", "--trace"}) {
    refused(folder, {"replay", "powerjob-usurpation", option, ""}, {"replay: " + option + ": ", "expected "});
  }
  refused(folder, {"replay", "powerjob-usurpation", "--faults", ""},
          {"replay: an empty value; expected a chaos script"});
  for (const std::string option : {"--faults", "--seeds", "--jobs", "--plans"}) {
    refused(folder, {"run", "powerjob-usurpation", option, ""}, {"run: " + option + ": ", "expected "});
  }
  for (const std::string option : {"--zone", "--from", "--count", "--dialect"}) {
    refused(folder, {"next", "0 0 12 * * ?", option, ""}, {"next: " + option + ": ", "expected "});
  }
  refused(folder, {"init", "powerjob", "--output", ""}, {"init: --output: an empty value; expected a file"});
  refused(folder, {"replay", ""}, {"replay: WHAT: an empty value; expected a file, a built-in scenario or all"});
  refused(folder, {"run", ""}, {"run: WHAT: "});
  refused(folder, {"list", ""}, {"list: FOLDER: "});
  refused(folder, {"describe", ""}, {"describe: SYSTEM: "});
  refused(folder, {"verify", "quartz", ""}, {"verify: FILE: "});
  CHECK(folder.empty());
}
