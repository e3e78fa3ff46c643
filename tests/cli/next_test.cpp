// chronofault next: fire times of a cron expression, or why it is wrong.
#include <catch2/catch.hpp>

#include <support/approved.hpp>

#include "program.hpp"

using namespace chronofault::tests;

TEST_CASE("next shows local times with their offset", "[cli][quartz:7.3]") {
  const Folder folder;
  const Ran ran = chronofault_in(
      folder, {"next", "0 30 2 * * ?", "--zone", "Europe/Berlin", "--from", "2024-03-29T12:00:00", "--count", "3"});
  CHECK(ran.status == 0);
  CHECK(ran.out ==
        "2024-03-30 02:30:00 +01:00\n"
        "2024-04-01 02:30:00 +02:00\n"
        "2024-04-02 02:30:00 +02:00\n");
}

TEST_CASE("next knows three dialects", "[cli][powerjob:7.1]") {
  const Folder folder;
  const std::vector<std::string> friday{"next", "0 0 0 13 * 6", "--from", "2024-01-01T00:00:00Z", "--count", "1"};
  CHECK(chronofault_in(folder, friday).status == 2);
  std::vector<std::string> words = friday;
  words.insert(words.end(), {"--dialect", "powerjob"});
  CHECK(chronofault_in(folder, words).out == "2024-09-13 00:00:00 +00:00\n");
  words.back() = "xxl-job";
  CHECK(chronofault_in(folder, words).status == 2);
  words.back() = "crontab";
  CHECK(chronofault_in(folder, words).err.find("expected quartz, xxl-job or powerjob") != std::string::npos);
}

TEST_CASE("next says how a series ends", "[cli][quartz:7.3]") {
  const Folder folder;
  const auto next = [&](const char* expression) {
    return chronofault_in(folder, {"next", expression, "--from", "2020-08-02T12:00:00", "--count", "2"});
  };
  CHECK(next("0 0 12 30 2 ?").out == "never\n");
  CHECK(next("0 0 12 1 1 ? 2021").out == "2021-01-01 12:00:00 +00:00\nnever again\n");
  const Ran endless = next("0 0 0 L-30W * ?");
  CHECK(endless.status == 1);
  CHECK(endless.out.find("does not end") != std::string::npos);
  CHECK(next("0 0 , * * ?").status == 1);
}

TEST_CASE("next puts a caret under what is wrong", "[cli][quartz:7.2]") {
  const Folder folder;
  const Ran ran = chronofault_in(folder, {"next", "0 0 24 * * ?"});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err ==
        "chronofault: the cron expression is wrong: hours: Hour values must be between 0 and 23\n"
        "  0 0 24 * * ?\n"
        "      ^\n"
        "  expected: 0-23, *, lists, ranges and steps\n"
        "  thrown: ParseException, offset -1\n");
  CHECK(chronofault_in(folder, {"next", "0 \xc3\xa4 24 * * ?"}).err.find("\n    ^\n") != std::string::npos);
  const Ran own = chronofault_in(folder, {"next", "0 0 12 ? * 8", "--dialect", "powerjob"});
  CHECK(own.err ==
        "chronofault: the cron expression is wrong: day of week: 8 is not in 1-7\n"
        "  0 0 12 ? * 8\n"
        "             ^\n"
        "  expected: 1-7 or SUN-SAT (1 is Sunday), *, ?, L, nL, n#1-5, lists, ranges and steps\n");
}

TEST_CASE("next refuses a zone, an instant or a count that is none", "[cli]") {
  const Folder folder;
  const auto refused = [&](const std::string& option, const std::string& value) {
    const Ran ran = chronofault_in(folder, {"next", "0 0 12 * * ?", option, value});
    INFO(option << ' ' << value << ": " << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(ran.err.empty());
  };
  refused("--zone", "Europe/Nowhere");
  refused("--from", "yesterday");
  refused("--count", "0");
}

TEST_CASE("the help page of next is as approved, with an example", "[cli]") {
  const Folder folder;
  const Ran help = chronofault_in(folder, {"next", "--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("Example:\n  chronofault next") != std::string::npos);
  check_approved("help-next.txt", help.out);
}
