// The check of the isolation levels finds engines that break their promises.
#include <database/isolation.hpp>

#include <support/mutants.hpp>

namespace {

using chronofault::db::Isolation;
using chronofault::sim::Dialect;

constexpr int cases_max = 1000;

void check_finds(std::string_view mutant, Dialect dialect, Isolation level, const std::string& saying) {
  isolation::Shares shares;
  const auto check = [&] { isolation::check_case(dialect, level, shares); };
  support::check_finds(mutant, check, cases_max, saying);
}

TEST_CASE("a gap that nobody locks is found", "[database:3.15]") {
  check_finds("lost-gap-lock", Dialect::innodb, Isolation::serializable, "cycle of");
}

TEST_CASE("a snapshot that does not last is found", "[database:3.15][database:4.5]") {
  check_finds("read-view-per-statement-at-rr", Dialect::innodb, Isolation::repeatable_read, "g_single(");
  check_finds("snapshot-per-statement-at-rr", Dialect::postgresql, Isolation::repeatable_read, "g_single(");
}

TEST_CASE("a read of what is not committed is found", "[database:3.15]") {
  check_finds("uncommitted-read-at-rc", Dialect::innodb, Isolation::read_committed, "g1()");
}

TEST_CASE("an update over one that its snapshot does not show is found", "[database:4.5]") {
  check_finds("lost-update-at-rr", Dialect::postgresql, Isolation::repeatable_read, "g_single(");
}

}  // namespace
