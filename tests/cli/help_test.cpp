// What the program says of itself, as a whole.
#include <catch2/catch.hpp>

#include <support/approved.hpp>

#include "program.hpp"

using namespace chronofault::tests;

TEST_CASE("help pages are as approved, each with an example", "[cli]") {
  const Folder folder;
  const Ran all = chronofault_in(folder, {"--help"});
  CHECK(all.status == 0);
  check_approved("help.txt", all.out);
  for (const std::string command : {"list", "describe", "init", "replay", "run", "verify"}) {
    const Ran help = chronofault_in(folder, {command, "--help"});
    CHECK(help.status == 0);
    CHECK(help.out.find("Example:\n  chronofault " + command) != std::string::npos);
    CHECK(help.out.find("--inside") == std::string::npos);  // for the second process alone
    check_approved("help-" + command + ".txt", help.out);
  }
}

TEST_CASE("list shows systems and built-in scenarios", "[cli]") {
  const Folder folder;
  const Ran ran = chronofault_in(folder, {"list"});
  CHECK(ran.status == 0);
  check_approved("list.txt", ran.out);
}

TEST_CASE("describe names everything that a scenario may say", "[cli]") {
  const Folder folder;
  const Ran ran = chronofault_in(folder, {"describe", "powerjob"});
  CHECK(ran.status == 0);
  for (const char* part :
       {"\nVersions\n", "\nPolicies", "\nRoles\n", "\nKeys of a job", "\nKeys of a workflow", "\nOperator actions",
        "\nMessages\n", "\nSelectors of its own\n", "\nFaults\n", "\nProperties\n", "owner-check",
        "oms.accurate.select.server.percentage", "Ping.reply", "clock_step", "no-lost-run"}) {
    INFO(part);
    CHECK(ran.out.find(part) != std::string::npos);
  }
}
