// The Database port from end to end: typed rows, pool, network, server, engine.
#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

Task<> use_typed_rows(Ports* ports, std::vector<Item>* seen) {
  db::Table<Item> items(ports->database);
  const std::int64_t id = co_await items.insert(item(0, "two", 2));
  std::optional<Item> two = co_await items.find(id);
  two->number.reset();
  co_await items.save(*two);
  const db::Where first(db::eq(&Item::name, "one"));
  const auto set = db::set(&Item::number, 5).to(&Item::changed, ports->clock.wall());
  const std::int64_t matched = co_await items.update(first, set);
  CHECK(matched == 1);
  *seen = co_await items.select(db::Where());
  Item gone = item(77, "saved", 7);
  const std::optional<std::int64_t> made = co_await items.save(gone);
  CHECK(made == 3);
  const std::int64_t count = co_await items.count(first);
  CHECK(count == 1);
  const std::int64_t removed = co_await items.remove(first);
  CHECK(removed == 1);
}

Task<> leave_transaction_open(Ports* ports) {
  {
    db::PooledConnection connection = co_await ports->database.acquire();
    const std::optional<db::Isolation> level = db::Isolation::read_committed;
    co_await connection->begin(level);
    db::Statement update = set_number(by_id(1), 10);
    co_await connection->execute(std::move(update));
  }
  co_await ports->clock.sleep_for(Duration::hours(1));
}

Task<> borrow_for_ever(Ports* ports) {
  db::PooledConnection connection = co_await ports->database.acquire();
  co_await ports->clock.sleep_for(Duration::hours(1));
}

Task<> exhaust_pool(Ports* ports, Outcome* outcome) {
  Scope scope(ports->executor);
  scope.spawn("borrower", borrow_for_ever(ports));
  co_await ports->clock.sleep_for(Duration::seconds(1));
  co_await update_row(ports, outcome);
}

Task<> update_later(Ports* ports, Outcome* outcome, Duration later) {
  co_await update_row(ports, outcome);
  co_await ports->clock.sleep_for(later);
  co_await update_row(ports, outcome);
}

}  // namespace

TEST_CASE("rows are structs", "[database:7.1]") {
  OneRow world;
  std::vector<Item> seen;
  std::vector<Item>* to = &seen;
  world.client("app", [to](Ports* ports) { return use_typed_rows(ports, to); });
  world.run_for(Duration::seconds(5));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].number == 5);
  CHECK(seen[0].changed.us() % 1'000'000 == 0);
  CHECK(seen[1] == item(2, "two"));
  CHECK(world.items() == std::vector<Item>{item(2, "two"), item(3, "saved", 7)});
}

TEST_CASE("a statement takes two ways through the network and its latency", "[database:5.6]") {
  OneRow world;
  Outcome warm;
  Outcome* to = &warm;
  world.client("app", [to](Ports* ports) { return update_later(ports, to, Duration::ms(100)); });
  world.run_for(Duration::seconds(1));
  CHECK(warm.took == Duration::us(600));
  SECTION("more when a fault slows its table down") {
    Outcome slow;
    world.conditions.slow.emplace_back("item", db::StatementKind::update, Duration::ms(700));
    world.updater(slow);
    world.run_for(Duration::seconds(2));
    CHECK(slow.took >= Duration::ms(700));
    CHECK(slow.count == 1);
  }
}

TEST_CASE("a client that dies while idle in a transaction is rolled back at once", "[database:2.2]") {
  OneRow world;
  sim::Process& holder = world.client("holder", hold_row);
  world.run_for(Duration::seconds(1));
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(10));
  CHECK(outcome.count == -1);
  world.crash(holder);
  world.run_for(Duration::seconds(1));
  CHECK(outcome.count == 1);
  CHECK(world.items().front().number == 20);
}

TEST_CASE("a client that dies while its statement waits is not noticed", "[database:2.2]") {
  OneRow world;
  sim::Process& holder = world.client("holder", hold_row);
  world.run_for(Duration::seconds(1));
  Outcome outcome;
  sim::Process& updater = world.updater(outcome);
  world.run_for(Duration::seconds(1));
  world.crash(updater);
  world.run_for(Duration::seconds(1));
  CHECK(world.items().front().number == 1);
  world.crash(holder);
  world.run_for(Duration::seconds(1));
  CHECK(world.items().front().number == 20);
  CHECK(world.program().engine().sessions() == 0);
}

TEST_CASE("a lock wait ends after its timeout", "[database:3.6]") {
  OneRow world;
  world.client("holder", hold_row);
  world.run_for(Duration::seconds(1));
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(60));
  CHECK(outcome.error == "lock_timeout");
  CHECK(outcome.took >= Duration::seconds(50));
  CHECK(outcome.took < Duration::seconds(51));
}

TEST_CASE("a held lock holds like a client's", "[database:3.6]") {
  OneRow world;
  world.run_for(Duration::seconds(1));
  const SessionId hold = world.program().hold_lock("item", {Value(std::int64_t{1})});
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(5));
  CHECK(outcome.count == -1);
  world.program().release_hold(hold);
  world.run_for(Duration::seconds(1));
  CHECK(outcome.count == 1);
}

TEST_CASE("a connection that is given back in a transaction is rolled back", "[database:6.1]") {
  OneRow world;
  world.client("app", leave_transaction_open);
  world.run_for(Duration::seconds(2));
  CHECK(world.program().engine().open_transactions() == 0);
  CHECK(world.items().front().number == 1);
}

TEST_CASE("an exhausted pool gives up after connectionTimeout", "[database:6.1][database:6.3]") {
  db::PoolOptions pool;
  pool.maximum_pool_size = pool.minimum_idle = 1;
  OneRow world({}, pool);
  Outcome outcome;
  Outcome* to = &outcome;
  world.client("app", [to](Ports* ports) { return exhaust_pool(ports, to); });
  world.run_for(Duration::seconds(40));
  CHECK(outcome.error == "pool_timeout");
  CHECK(outcome.took == Duration::seconds(30));
}

TEST_CASE("when the server dies under a statement the outcome is unknown", "[database:5.1]") {
  sim::DatabaseServerOptions slow;
  slow.base_latency = Duration::seconds(2);
  OneRow world(slow);
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(1));
  world.crash(*world.server);
  world.run_for(Duration::seconds(1));
  CHECK(outcome.error == "connection_lost");
  CHECK(outcome.unknown);
  CHECK(world.items().front().number == 1);
}

TEST_CASE("the pool finds its way back to a restarted server", "[database:5.2][database:6.1]") {
  OneRow world;
  Outcome outcome;
  Outcome* to = &outcome;
  world.client("app", [to](Ports* ports) { return update_later(ports, to, Duration::seconds(10)); });
  world.run_for(Duration::seconds(5));
  CHECK(outcome.count == 1);
  outcome = Outcome();
  world.crash(*world.server);
  world.run_for(Duration::seconds(7));
  CHECK(outcome.count == -1);  // it waits for a connection
  world.server->start();
  world.run_for(Duration::seconds(8));
  CHECK(outcome.count == 1);
  CHECK(outcome.took < Duration::seconds(12));
  CHECK(since_start(world) == Duration::seconds(20));
}

TEST_CASE("row versions remember the record that wrote them", "[database:1]") {
  OneRow world;
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(1));
  CHECK(world.storage.table("item")->written_by({Value(std::int64_t{1})}) != 0);
}
