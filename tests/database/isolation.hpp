// Random transactions over random schedules keep the promise of each isolation level (database 3.15, 4.5), with lock
// waits, deadlocks, timeouts, lost connections, purge and crashes of the server in between.
#pragma once

#include <ports/database.hpp>
#include <sim/database/storage.hpp>

namespace isolation {

/// How many of the cases so far had what.
struct Shares {
  int cases = 0;
  int with_wait = 0;
  int with_deadlock = 0;
  int with_crash = 0;
  int eventful = 0;   // any of these
  int anomalous = 0;  // no serial order explains it
};

/// Draws one schedule from RapidCheck, runs it, and fails it (RC_ASSERT) if the level's promise was broken.
void check_case(chronofault::sim::Dialect dialect, chronofault::db::Isolation level, Shares& shares);

}  // namespace isolation
