#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "isolation.hpp"

using namespace chronofault;
using db::Isolation;
using sim::Dialect;

namespace {

void check_level(Dialect dialect, Isolation level) {
  isolation::Shares shares;
  support::check_property("schedules", [&] { isolation::check_case(dialect, level, shares); });
  WARN(sim::name_of(dialect) << " level " << static_cast<int>(level) << ": of " << shares.cases << " cases "
                             << shares.with_wait << " with a lock wait, " << shares.with_deadlock
                             << " with a deadlock, " << shares.with_crash << " with a crash in a transaction, "
                             << shares.anomalous << " without a serial order");
  CHECK(shares.eventful * 5 >= shares.cases);
  CHECK(shares.with_deadlock > 0);
  CHECK(shares.with_crash > 0);
  CHECK((shares.anomalous > 0) == (level != Isolation::serializable));  // what a level does not promise, it lacks
}

}  // namespace

TEST_CASE("innodb keeps the promises of its levels", "[database:3.15]") {
  check_level(Dialect::innodb, GENERATE(Isolation::read_uncommitted, Isolation::read_committed,
                                        Isolation::repeatable_read, Isolation::serializable));
}

TEST_CASE("postgresql keeps the promises of its levels", "[database:4.5]") {
  check_level(Dialect::postgresql, GENERATE(Isolation::read_committed, Isolation::repeatable_read));
}
