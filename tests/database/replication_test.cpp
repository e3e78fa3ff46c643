// A primary and its replica (database 5.3): lag, stale reads, failover that loses the tail, and what keeps it.
#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

Task<> update_after(Ports* ports, Duration later, std::int64_t number, Outcome* outcome) {
  co_await ports->clock.sleep_for(later);
  const MonoTime begun = ports->clock.mono();
  try {
    db::Statement update = set_number(by_id(1), number);
    db::Result result = co_await ports->database.execute(std::move(update));
    outcome->count = result.count;
  } catch (const db::DatabaseError& error) {
    outcome->error = db::name_of(error.error);
  }
  outcome->took = ports->clock.mono() - begun;
}

Task<> change_rows(Ports* ports) {
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level;
  co_await connection->begin(level);
  db::Statement two = db::to_row(item(0, "two", 2));
  co_await connection->execute(std::move(two));
  db::Statement three = db::to_row(item(0, "three", 3));
  co_await connection->execute(std::move(three));
  db::Statement gone = db::Delete("item", by_name("two"));
  co_await connection->execute(std::move(gone));
  db::Statement renamed = db::Update("item", by_id(1), db::set(&Item::name, "first").add(&Item::number, 5));
  co_await connection->execute(std::move(renamed));
  co_await connection->commit();
}

sim::DatabaseServerOptions following(sim::DatabaseServerOptions options) {
  options.replica_of = Address("10.0.0.1", 3306);
  return options;
}

struct Pair : OneRow {
  explicit Pair(sim::DatabaseServerOptions options = {})
      : OneRow(options), copy({db::table_spec<Item>()}, options.dialect) {
    storage.keep_binlog();
    copy.copy_from(storage);
    conditions_of_replica.replication_lag = Duration::ms(100);
    replica = &add_server("replica", following(options), copy, conditions_of_replica);
    run_for(Duration::seconds(1));
  }
  sim::DatabaseServer& replica_program() { return static_cast<sim::DatabaseServer&>(*replica->program()); }
  std::vector<Item> items_of_replica() const {
    std::vector<Item> all;
    for (const db::Row& row : copy.committed("item")) all.push_back(db::from_row<Item>(row));
    return all;
  }
  void update(Outcome& outcome, std::int64_t number) {
    Outcome* to = &outcome;
    client("client-" + std::to_string(number),
           [to, number](Ports* ports) { return update_after(ports, Duration(), number, to); });
  }
  ~Pair() {
    crash(*replica);  // before its storage goes
    crash(*server);
  }

  sim::DatabaseStorage copy;
  sim::DatabaseConditions conditions_of_replica;
  sim::Process* replica = nullptr;
};

sim::DatabaseServerOptions speaking(sim::Dialect dialect) {
  sim::DatabaseServerOptions options;
  options.dialect = dialect;
  return options;
}

}  // namespace

TEST_CASE("a replica becomes what its primary is", "[database:5.3]") {
  Pair pair(speaking(GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql)));
  pair.client("app", change_rows);
  pair.run_for(Duration::seconds(1));
  CHECK(pair.items() == std::vector<Item>{item(1, "first", 6), item(3, "three", 3)});
  CHECK(pair.items_of_replica() == pair.items());
}

TEST_CASE("a replica's readers are late, and cannot write", "[database:5.3]") {
  Pair pair;
  pair.conditions_of_replica.replication_lag = Duration::seconds(2);
  Outcome outcome;
  pair.update(outcome, 20);
  pair.run_for(Duration::seconds(1));
  CHECK(outcome.count == 1);
  CHECK(pair.items().front().number == 20);
  CHECK(pair.items_of_replica().front().number == 1);
  pair.server_of_clients = Address("10.0.0.2", 3306);
  Outcome refused;
  pair.update(refused, 30);
  pair.run_for(Duration::ms(1'500));
  CHECK(refused.error == "read_only");
  CHECK(pair.items_of_replica().front().number == 20);
}

TEST_CASE("a failover loses what was acknowledged and not received", "[database:5.3]") {
  Pair pair;
  Outcome first, second, third;
  pair.update(first, 20);
  pair.run_for(Duration::seconds(1));
  pair.crash(*pair.replica);  // it misses the next one
  pair.update(second, 30);
  pair.run_for(Duration::seconds(1));
  CHECK(second.count == 1);
  pair.crash(*pair.server);
  pair.replica->start();
  pair.run_for(Duration::ms(10));
  pair.replica_program().promote();
  pair.server_of_clients = Address("10.0.0.2", 3306);
  pair.run_for(Duration::ms(10));
  CHECK_FALSE(pair.replica_program().replica());
  CHECK(pair.items_of_replica().front().number == 20);
  pair.update(third, 40);
  pair.run_for(Duration::seconds(1));
  CHECK(third.count == 1);
  CHECK(pair.items_of_replica().front().number == 40);
  SECTION("and the old primary, back, keeps accepting what reaches it") {
    pair.server->start();
    pair.server_of_clients = Address("10.0.0.1", 3306);
    Outcome split;
    pair.update(split, 50);
    pair.run_for(Duration::seconds(1));
    CHECK(split.count == 1);
    CHECK(pair.items().front().number == 50);
    CHECK(pair.items_of_replica().front().number == 40);
  }
}

TEST_CASE("a promoted replica first carries out what it has received", "[database:5.3]") {
  Pair pair;
  pair.conditions_of_replica.replication_lag = Duration::minutes(10);
  Outcome outcome;
  pair.update(outcome, 20);
  pair.run_for(Duration::seconds(1));
  pair.crash(*pair.server);
  pair.replica_program().promote();
  pair.run_for(Duration::ms(10));
  CHECK(pair.items_of_replica().front().number == 20);
}

TEST_CASE("a semi-synchronous commit waits for a replica, but not for ever", "[database:5.3]") {
  sim::DatabaseServerOptions options;
  options.semi_sync = true;
  Pair pair(options);
  Outcome quick, slow, asynchronous;
  pair.update(quick, 20);
  pair.run_for(Duration::seconds(1));
  CHECK(quick.count == 1);
  pair.crash(*pair.replica);
  pair.update(slow, 30);
  pair.run_for(Duration::seconds(5));
  CHECK(slow.count == -1);
  CHECK(pair.items().front().number == 30);  // committed, and visible to others
  pair.run_for(Duration::seconds(6));
  CHECK(slow.count == 1);
  CHECK(slow.took >= Duration::seconds(10));
  pair.update(asynchronous, 40);
  pair.run_for(Duration::seconds(1));
  CHECK(asynchronous.count == 1);
}
