// The connection pool over time: what it closes, what it finds dead, and what it does while all is taken.
#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

db::PoolOptions pool_of(int size, int idle) {
  db::PoolOptions pool;
  pool.maximum_pool_size = size;
  pool.minimum_idle = idle;
  return pool;
}

Task<> borrow(Ports* ports, Duration held) {
  db::PooledConnection connection = co_await ports->database.acquire();
  co_await ports->clock.sleep_for(held);
}

/// So many at once, for a while; then nothing.
Task<> burst(Ports* ports, int borrowers, Duration held) {
  Scope scope(ports->executor);
  for (int i = 0; i < borrowers; ++i) scope.spawn("borrower", borrow(ports, held));
  co_await ports->clock.sleep_for(Duration::hours(10));
}

Task<> update_every(Ports* ports, Duration period, std::vector<Outcome>* outcomes) {
  for (;;) {
    Outcome outcome;
    co_await update_row(ports, &outcome);
    outcomes->push_back(outcome);
    co_await ports->clock.sleep_for(period);
  }
}

std::size_t connections(OneRow& world) { return world.program().client_sessions().size(); }

}  // namespace

TEST_CASE("connections beyond minimumIdle go after idleTimeout, at a beat of the housekeeper", "[database:6.1]") {
  OneRow world({}, pool_of(10, 3));
  world.client("app", [](Ports* ports) { return burst(ports, 8, Duration::seconds(5)); });
  world.run_for(Duration::seconds(4));
  CHECK(connections(world) > 8);
  const std::size_t most = connections(world);
  world.run_for(Duration::minutes(10));
  CHECK(connections(world) == most);  // idle for less than ten minutes
  world.run_for(Duration::seconds(60));
  CHECK(connections(world) == 3);
}

TEST_CASE("a pool of fixed size closes nothing before maxLifetime, and then makes new ones", "[database:6.1]") {
  OneRow world({}, pool_of(4, 4));
  world.client("app", [](Ports* ports) { return burst(ports, 1, Duration::minutes(40)); });
  world.run_for(Duration::minutes(29));
  const std::vector<SessionId> before = world.program().client_sessions();
  CHECK(before.size() == 4);
  world.run_for(Duration::minutes(5));
  const std::vector<SessionId> after = world.program().client_sessions();
  CHECK(after.size() == 4);
  CHECK(after.front() == before.front());  // in use
  CHECK(after[1] > before.back());
  world.run_for(Duration::minutes(10));  // given back, too old
  CHECK(world.program().client_sessions().front() > before.back());
  CHECK(connections(world) == 4);
}

TEST_CASE("a half-open connection costs its borrower the validation timeout", "[database:6.1][database:2.2]") {
  OneRow world({}, pool_of(2, 1));
  std::vector<Outcome> outcomes;
  std::vector<Outcome>* to = &outcomes;
  world.client("app", [to](Ports* ports) { return update_every(ports, Duration::seconds(10), to); });
  world.run_for(Duration::seconds(5));
  REQUIRE(outcomes.size() == 1);
  SECTION("the server's host is gone: the validation times out, then the pool") {
    world.server->machine().power_off(0);
    world.kernel.settle();
    world.run_for(Duration::seconds(60));
    REQUIRE(outcomes.size() >= 2);
    CHECK(outcomes[1].error == "pool_timeout");
    CHECK(outcomes[1].took >= Duration::seconds(30));
    world.server->machine().power_on();
    world.server->start();
    world.run_for(Duration::seconds(60));
    CHECK(outcomes.back().count == 1);
  }
  SECTION("it is back with amnesia: the old connection is found dead, a new one is made") {
    world.server->machine().power_off(0);
    world.kernel.settle();
    world.server->machine().power_on();
    world.server->start();
    world.run_for(Duration::seconds(20));
    REQUIRE(outcomes.size() >= 2);
    CHECK(outcomes[1].count == 1);
  }
}

TEST_CASE("within the bypass window a dead connection is handed out and fails in use", "[database:6.1]") {
  OneRow world({}, pool_of(1, 1));
  std::vector<Outcome> outcomes;
  std::vector<Outcome>* to = &outcomes;
  world.client("app", [to](Ports* ports) { return update_every(ports, Duration::ms(300), to); });
  world.run_for(Duration::ms(450));
  REQUIRE(outcomes.size() == 2);
  world.server->machine().power_off(0);
  world.kernel.settle();
  world.server->machine().power_on();
  world.server->start();
  world.run_for(Duration::seconds(2));
  REQUIRE(outcomes.size() > 3);
  CHECK(outcomes[2].error == "connection_lost");
  CHECK(outcomes[2].unknown);
  CHECK(outcomes[3].count == 1);
}

TEST_CASE("a read that nobody answers lasts until the socket timeout", "[database:5.5]") {
  db::PoolOptions pool = pool_of(1, 1);
  const bool limited = GENERATE(true, false);
  if (limited) pool.socket_timeout = Duration::seconds(7);
  OneRow world({}, pool);
  world.conditions.slow.emplace_back("item", std::nullopt, Duration::seconds(2));
  Outcome outcome;
  world.updater(outcome);
  world.run_for(Duration::seconds(1));
  world.server->machine().power_off(0);
  world.kernel.settle();
  world.run_for(Duration::hours(3));
  CHECK(outcome.error == (limited ? "connection_lost" : ""));
  CHECK(outcome.unknown == limited);
  if (limited) CHECK(outcome.took < Duration::seconds(8));
}
