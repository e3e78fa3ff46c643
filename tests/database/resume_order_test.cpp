// Sessions that one commit sets free: in the order of their waits, or in any (database 2.1).
#include <set>

#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

Task<> lock_for(Ports* ports, Duration held) {
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level;
  co_await connection->begin(level);
  db::Statement select = for_update(by_id(1));
  co_await connection->execute(std::move(select));
  co_await ports->clock.sleep_for(held);
  co_await connection->commit();
}

/// A shared lock, so that several are granted by one commit.
Task<> share(Ports* ports, Duration later, int number, std::vector<int>* order) {
  co_await ports->clock.sleep_for(later);
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level;
  co_await connection->begin(level);
  db::Select select("item", by_id(1));
  select.lock = db::Lock::share;
  db::Statement statement = std::move(select);
  co_await connection->execute(std::move(statement));
  order->push_back(number);
  co_await connection->commit();
}

struct Resumed {
  std::vector<int> order;
  sim::Hash128 digest;
};

Resumed resumed(sim::Dialect dialect, bool random, std::uint64_t seed) {
  sim::DatabaseServerOptions options;
  options.dialect = dialect;
  options.random_resume_order = random;
  OneRow world(options, {}, seed);
  Resumed result;
  std::vector<int>* to = &result.order;
  world.client("holder", [](Ports* ports) { return lock_for(ports, Duration::seconds(5)); });
  for (int number = 1; number <= 4; ++number) {
    const Duration later = Duration::seconds(1) + Duration::ms(100) * number;
    world.client("reader-" + std::to_string(number),
                 [to, number, later](Ports* ports) { return share(ports, later, number, to); });
  }
  world.run_for(Duration::seconds(10));
  result.digest = world.kernel.digest().value();
  return result;
}

}  // namespace

TEST_CASE("sessions go on in the order of their waits, or in a drawn one", "[database:2.1]") {
  const sim::Dialect dialect = GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql);
  std::set<std::vector<int>> orders;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CHECK(resumed(dialect, false, seed).order == std::vector<int>{1, 2, 3, 4});
    Resumed drawn = resumed(dialect, true, seed);
    CHECK(resumed(dialect, true, seed).digest == drawn.digest);
    orders.insert(drawn.order);
    std::sort(drawn.order.begin(), drawn.order.end());
    CHECK(drawn.order == std::vector<int>{1, 2, 3, 4});  // each exactly once
  }
  CHECK(orders.size() > 10);
}
