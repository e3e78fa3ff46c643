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

/// What a reader of the replica finds in row 1.
Task<> read_replica(Ports* ports, std::optional<std::int64_t>* number) {
  db::PooledConnection connection = co_await ports->database.acquire_replica();
  db::Statement select = db::Select("item", by_id(1));
  const db::Result result = co_await connection->execute(std::move(select));
  *number = db::from_row<Item>(result.rows.front()).number;
}

Task<> read_primary(Ports* ports, std::optional<std::int64_t>* number) {
  db::Statement select = db::Select("item", by_id(1));
  const db::Result result = co_await ports->database.execute(std::move(select));
  *number = db::from_row<Item>(result.rows.front()).number;
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

Task<> insert_all(Ports* ports, std::vector<std::string> names) {
  for (const std::string& name : names) {
    db::Statement insert = db::to_row(item(0, name));
    co_await ports->database.execute(std::move(insert));
  }
}
Script insert_names(std::vector<std::string> names) {
  return [names](Ports* ports) { return insert_all(ports, names); };
}

sim::DatabaseServerOptions following(sim::DatabaseServerOptions options) {
  options.replica_of = Address("10.0.0.1", 3306);
  return options;
}

struct Pair : OneRow {
  explicit Pair(sim::DatabaseServerOptions options = {})
      : OneRow(options), copy({db::table_spec<Item>()}, options.dialect) {
    if (storage.binlog() == nullptr) storage.keep_binlog();
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
  /// What a new client of the primary sees.
  std::optional<std::int64_t> seen() {
    std::optional<std::int64_t> number;
    std::optional<std::int64_t>* to = &number;
    client("reader-" + std::to_string(++readers), [to](Ports* ports) { return read_primary(ports, to); });
    run_for(Duration::ms(100));
    return number;
  }
  ~Pair() {
    crash(*replica);  // before its storage goes
    crash(*server);
  }

  sim::DatabaseStorage copy;
  sim::DatabaseConditions conditions_of_replica;
  sim::Process* replica = nullptr;
  int readers = 0;
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
  options.semi_sync = sim::SemiSync::after_commit;
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

TEST_CASE("a client may read from the replica, and reads what is old", "[database:5.3]") {
  Pair pair;
  pair.conditions_of_replica.replication_lag = Duration::seconds(2);
  pair.replicas_of_clients = {Address("10.0.0.2", 3306)};
  Outcome outcome;
  pair.update(outcome, 20);
  pair.run_for(Duration::seconds(1));
  std::optional<std::int64_t> early, late;
  std::optional<std::int64_t>* to_early = &early;
  std::optional<std::int64_t>* to_late = &late;
  pair.client("early", [to_early](Ports* ports) { return read_replica(ports, to_early); });
  pair.run_for(Duration::seconds(2));
  pair.client("late", [to_late](Ports* ports) { return read_replica(ports, to_late); });
  pair.run_for(Duration::seconds(1));
  CHECK(outcome.count == 1);
  CHECK(early == 1);
  CHECK(late == 20);
}

TEST_CASE("what semi-synchronous commits show while they wait", "[database:5.3]") {
  sim::DatabaseServerOptions options = speaking(GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql));
  options.semi_sync = GENERATE(sim::SemiSync::after_commit, sim::SemiSync::after_sync);
  const bool shown = options.semi_sync == sim::SemiSync::after_commit;
  CAPTURE(name_of(options.dialect), shown);
  Pair pair(options);
  pair.crash(*pair.replica);
  Outcome waits;
  pair.update(waits, 20);
  pair.run_for(Duration::seconds(3));
  CHECK(waits.count == -1);
  CHECK(pair.seen() == (shown ? 20 : 1));
  SECTION("until a replica has it") {
    pair.replica->start();
    pair.run_for(Duration::seconds(1));
    CHECK(waits.count == 1);
    CHECK(pair.items_of_replica().front().number == 20);
  }
  SECTION("until patience ends") {
    pair.run_for(Duration::seconds(8));
    CHECK(waits.count == 1);
    CHECK(waits.took >= Duration::seconds(10));
  }
  SECTION("a crash meanwhile: it is committed, and the client does not know") {
    pair.crash(*pair.server);
    CHECK(pair.items().front().number == (shown ? 20 : 1));
    pair.server->start();
    pair.run_for(Duration::seconds(1));
    CHECK(waits.error == "connection_lost");
    CHECK(pair.items().front().number == 20);
  }
  SECTION("an administrator ends its connection: it takes place") {
    for (const SessionId session : pair.program().client_sessions()) pair.program().kill(session);
    pair.run_for(Duration::seconds(10));
    CHECK(waits.error == "connection_lost");
    CHECK(pair.items().front().number == 20);
  }
  CHECK(pair.seen() == 20);
}

TEST_CASE("synchronous replication without a limit waits for ever", "[database:5.3]") {
  sim::DatabaseServerOptions options = speaking(sim::Dialect::postgresql);
  options.semi_sync = sim::SemiSync::after_sync;
  options.semi_sync_timeout.reset();
  Pair pair(options);
  pair.crash(*pair.replica);
  Outcome outcome;
  pair.update(outcome, 20);
  pair.run_for(Duration::hours(2));
  CHECK(outcome.count == -1);
  pair.replica->start();
  pair.run_for(Duration::seconds(2));
  CHECK(outcome.count == 1);
}

TEST_CASE("a promoted replica hands out again the ids that it has not received", "[database:5.3]") {
  Pair pair(speaking(GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql)));
  const bool received = GENERATE(true, false);
  if (!received) pair.crash(*pair.replica);
  pair.client("app", insert_names({"two", "three"}));
  pair.run_for(Duration::seconds(1));
  pair.crash(*pair.server);
  pair.replica->start();
  pair.run_for(Duration::ms(10));
  pair.replica_program().promote();
  pair.server_of_clients = Address("10.0.0.2", 3306);
  pair.client("other", insert_names({"four"}));
  pair.run_for(Duration::seconds(1));
  CHECK(pair.items_of_replica().back() == item(received ? 4 : 2, "four"));
}
