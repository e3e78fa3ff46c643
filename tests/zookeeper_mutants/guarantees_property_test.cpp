// The check of the guarantees finds servers and clients that break them.
#include <zookeeper/guarantees.hpp>

#include <support/mutants.hpp>

namespace {

constexpr int cases_max = 1000;

void check_finds(std::string_view mutant, const std::string& saying) {
  guarantees::Tallied tallied;
  const auto check = [&tallied] { guarantees::check_case(tallied); };
  support::check_finds(mutant, check, cases_max, saying);
}

TEST_CASE("a watch that a reconnect loses is found", "[zookeeper:6]") {
  check_finds("watch-lost-at-reconnect", "was lost");
}

TEST_CASE("a change that a client is not told of when it comes back is found", "[zookeeper:6]") {
  check_finds("missed-change-not-told", "was lost");
}

TEST_CASE("an ephemeral that outlives its session is found", "[zookeeper:4]") {
  check_finds("ephemeral-survives-expiry", "does not remove exactly its ephemerals");
}

TEST_CASE("a sync that is answered at once is found", "[zookeeper:8]") { check_finds("sync-does-nothing", "missed"); }

}  // namespace
