// The server beyond single statements: its timers, purge, administrators, crashes and what they lose.
#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

sim::DatabaseServerOptions speaking(sim::Dialect dialect) {
  sim::DatabaseServerOptions options;
  options.dialect = dialect;
  return options;
}

struct TwoRows : OneRow {
  explicit TwoRows(sim::DatabaseServerOptions options = {}) : OneRow(options) {
    storage.load(
        InitialRow("item", {{"name", std::string("two")}, {"number", std::int64_t{2}}, {"changed", WallTime()}}));
  }
  sim::Process& run(std::string name, Script script) { return client(std::move(name), std::move(script)); }
};

/// Updates one row, then after a while another one, in one transaction.
Task<> cross(Ports* ports, std::int64_t first, std::int64_t second, Duration pause, Outcome* outcome) {
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level = db::Isolation::read_committed;
  co_await connection->begin(level);
  db::Statement update = set_number(by_id(first), 10);
  co_await connection->execute(std::move(update));
  co_await ports->clock.sleep_for(pause);
  const MonoTime begun = ports->clock.mono();
  try {
    db::Statement other = set_number(by_id(second), 20);
    db::Result result = co_await connection->execute(std::move(other));
    outcome->count = result.count;
    co_await connection->commit();
  } catch (const db::DatabaseError& error) {
    outcome->error = db::name_of(error.error);
  }
  outcome->took = ports->clock.mono() - begun;
}

/// Runs one statement in autocommit mode at an instant.
Task<> execute_at(Ports* ports, Duration at, db::Statement statement, Outcome* outcome) {
  co_await ports->clock.sleep_for(at);
  try {
    db::Result result = co_await ports->database.execute(std::move(statement));
    outcome->count = result.count;
  } catch (const db::DatabaseError& error) {
    outcome->error = db::name_of(error.error);
  }
}

Task<> begin_at(Ports* ports, db::Isolation wanted, std::string* error) {
  db::PooledConnection connection = co_await ports->database.acquire();
  try {
    const std::optional<db::Isolation> level = wanted;
    co_await connection->begin(level);
    *error = "none";
  } catch (const db::DatabaseError& refused) {
    *error = db::name_of(refused.error);
  }
}

/// Two transactions that update the same two rows in opposite order, 50 ms apart.
void let_cross(TwoRows& world, Outcome& a, Outcome& b) {
  Outcome* to_a = &a;
  Outcome* to_b = &b;
  world.run("a", [to_a](Ports* ports) { return cross(ports, 1, 2, Duration::ms(200), to_a); });
  world.run("b", [to_b](Ports* ports) { return cross(ports, 2, 1, Duration::ms(250), to_b); });
  world.run_for(Duration::seconds(5));
}

}  // namespace

TEST_CASE("innodb finds a deadlock when it arises", "[database:3.7]") {
  TwoRows world;
  Outcome a, b;
  let_cross(world, a, b);
  CHECK(b.error == "deadlock");  // as heavy as the other, and the one that closed the circle
  CHECK(b.took < Duration::ms(10));
  CHECK(a.count == 1);
}

TEST_CASE("postgresql finds it when the first waiter looks", "[database:4.7]") {
  TwoRows world(speaking(sim::Dialect::postgresql));
  Outcome a, b;
  let_cross(world, a, b);
  CHECK(a.error == "deadlock");
  CHECK(a.took >= Duration::seconds(1));
  CHECK(b.count == 1);
  CHECK(b.took < Duration::ms(1'100));
  CHECK(world.storage.flaw() == "");
}

TEST_CASE("postgresql waits for a lock for ever unless told", "[database:4.9]") {
  OneRow world(speaking(sim::Dialect::postgresql));
  sim::Process& holder = world.client("holder", hold_row);
  world.run_for(Duration::seconds(1));
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::minutes(30));
  CHECK(outcome.count == -1);
  world.crash(holder);
  world.run_for(Duration::seconds(1));
  CHECK(outcome.count == 1);
}

TEST_CASE("postgresql refuses SERIALIZABLE", "[database:4.8]") {
  OneRow world(speaking(sim::Dialect::postgresql));
  std::string error;
  std::string* to = &error;
  world.client("app", [to](Ports* ports) { return begin_at(ports, db::Isolation::serializable, to); });
  world.run_for(Duration::seconds(1));
  CHECK(error == "not_supported");
}

TEST_CASE("purge follows a commit within its delay", "[database:3.12]") {
  TwoRows world;
  Outcome removed, later;
  Outcome* to = &removed;
  Outcome* and_to = &later;
  world.run("deleter",
            [to](Ports* ports) { return execute_at(ports, Duration::seconds(1), db::Delete("item", by_id(2)), to); });
  SECTION("made up when the next statement comes") {
    world.run("reader",
              [and_to](Ports* ports) { return execute_at(ports, Duration::seconds(2), db::Select("item"), and_to); });
    world.run_for(Duration::ms(1'500));
    CHECK(removed.count == 1);
    CHECK(world.program().engine().purgeable());
    world.run_for(Duration::seconds(1));
  }
  SECTION("as an event of its own while somebody waits") {
    world.client("holder", hold_row);
    world.run_for(Duration::ms(500));
    world.updater(later);
    world.run_for(Duration::ms(1'000));
    CHECK(later.count == -1);
  }
  CHECK_FALSE(world.program().engine().purgeable());
}

TEST_CASE("an administrator ends a connection", "[database:2.2]") {
  OneRow world;
  Outcome held;
  Outcome* to = &held;
  world.client("holder", [to](Ports* ports) { return cross(ports, 1, 1, Duration::seconds(5), to); });
  world.run_for(Duration::seconds(1));
  const std::vector<SessionId> before = world.program().client_sessions();
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(1));
  CHECK(outcome.count == -1);
  SECTION("an idle one is rolled back at once") {
    for (const SessionId session : before) world.program().kill(session);
    world.run_for(Duration::seconds(5));
    CHECK(outcome.count == 1);
    CHECK(held.error == "connection_lost");
  }
  SECTION("the wait of another one ends") {
    for (const SessionId session : world.program().client_sessions()) {
      if (world.program().engine().waiting(session)) world.program().kill(session);
    }
    world.run_for(Duration::seconds(1));
    CHECK(outcome.error == "connection_lost");
  }
}

TEST_CASE("a crash loses what is not durable yet", "[database:5.1]") {
  sim::DatabaseServerOptions lazy = speaking(GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql));
  lazy.durability_lag = Duration::ms(600);
  OneRow world(lazy);
  Outcome first, second;
  Outcome* to_first = &first;
  Outcome* to_second = &second;
  world.client("app", [to_first](Ports* ports) {
    return execute_at(ports, Duration::seconds(1), set_number(by_id(1), 20), to_first);
  });
  world.client("other", [to_second](Ports* ports) {
    return execute_at(ports, Duration::seconds(2), set_number(by_id(1), 30), to_second);
  });
  world.run_for(Duration::ms(2'300));
  CHECK(first.count == 1);
  CHECK(second.count == 1);
  CHECK(world.items().front().number == 30);
  world.crash(*world.server);
  world.server->start();
  world.run_for(Duration::seconds(1));
  CHECK(world.items().front().number == 20);
  CHECK(world.storage.flaw() == "");
}

TEST_CASE("nobody is served while the server recovers", "[database:5.2]") {
  sim::DatabaseServerOptions slow;
  slow.recovery_time = Duration::seconds(5);
  OneRow world(slow);
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(4));
  CHECK(outcome.count == -1);
  world.run_for(Duration::seconds(5));
  CHECK(outcome.count == 1);
  CHECK(outcome.took >= Duration::seconds(5));
}
