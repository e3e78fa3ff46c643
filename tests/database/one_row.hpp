// A small world with one row in its table, and what its clients do with that row.
#pragma once

#include <string>

#include "small_world.hpp"

namespace database_test {

inline Duration since_start(const SmallWorld& world) {
  return Duration::us(world.kernel.now().us() - SmallWorld::start_us);
}

/// Holds the row 1 in a transaction of its own until the process ends.
inline Task<> hold_row(Ports* ports) {
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level;
  co_await connection->begin(level);
  db::Statement update = set_number(by_id(1), 10);
  co_await connection->execute(std::move(update));
  co_await ports->clock.sleep_for(Duration::hours(1));
}

struct Outcome {
  std::string error;
  bool unknown = false;
  Duration took;
  std::int64_t count = -1;
};

/// Updates row 1 in autocommit mode.
inline Task<> update_row(Ports* ports, Outcome* outcome) {
  const MonoTime begun = ports->clock.mono();
  try {
    db::Statement update = set_number(by_id(1), 20);
    db::Result result = co_await ports->database.execute(std::move(update));
    outcome->count = result.count;
  } catch (const db::ConnectionLost& lost) {
    outcome->error = db::name_of(lost.error);
    outcome->unknown = lost.outcome_unknown;
  } catch (const db::DatabaseError& error) {
    outcome->error = db::name_of(error.error);
  }
  outcome->took = ports->clock.mono() - begun;
}

struct OneRow : SmallWorld {
  explicit OneRow(sim::DatabaseServerOptions options = {}, db::PoolOptions pool = {}, std::uint64_t seed = 7)
      : SmallWorld(options, pool, seed) {
    storage.load(
        InitialRow("item", {{"name", std::string("one")}, {"number", std::int64_t{1}}, {"changed", WallTime()}}));
  }
  sim::Process& updater(Outcome& outcome) {
    Outcome* to = &outcome;
    return client("updater", [to](Ports* ports) { return update_row(ports, to); });
  }
};

}  // namespace database_test
