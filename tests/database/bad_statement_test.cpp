// Statements that are wrong: what a row struct says does not compile; the rest is an error that names it.
#include <catch2/catch.hpp>

#include "one_row.hpp"

using namespace database_test;

namespace {

template <class T, class V>
concept Comparable = requires(T Item::*member, V value) { db::eq(member, value); };
template <class T, class V>
concept Settable = requires(T Item::*member, V value) { db::set(member, value); };
static_assert(Comparable<std::string, const char*> && !Comparable<std::string, int>);
static_assert(Comparable<WallTime, WallTime> && !Comparable<WallTime, std::int64_t>);
static_assert(Settable<std::optional<std::int64_t>, int> && !Settable<std::optional<std::int64_t>, std::string>);

struct Refusal {
  db::ErrorClass error;
  std::string what;
};

Refusal refusal(Driver& driver, db::Statement statement) {
  const std::optional<Answer> answer = driver.run(driver.open(), std::move(statement));
  REQUIRE(answer);
  return {answer->error, answer->what};
}

Task<> lock_without_transaction(Ports* ports, std::string* what) {
  try {
    db::Statement select = for_update(by_id(1));
    co_await ports->database.execute(std::move(select));
  } catch (const db::BadStatement& bad) {
    *what = bad.what;
  }
}

Task<> misspell(Ports* ports, std::vector<std::string>* said) {
  db::PooledConnection connection = co_await ports->database.acquire();
  const std::optional<db::Isolation> level;
  co_await connection->begin(level);
  db::Statement good = set_number(by_id(1), 7);
  co_await connection->execute(std::move(good));
  try {
    db::Statement bad = db::Select("itme");
    co_await connection->execute(std::move(bad));
  } catch (const db::BadStatement& bad) {
    said->push_back(bad.what);
  }
  co_await connection->commit();
}

}  // namespace

TEST_CASE("a wrong statement fails with what is wrong, and changes nothing", "[database:1]") {
  const sim::Dialect dialect = GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql);
  Driver driver(dialect);
  driver.storage.load(
      InitialRow("item", {{"name", std::string("one")}, {"number", std::int64_t{1}}, {"changed", WallTime()}}));
  const auto by = [](std::string_view via, Value value) { return db::Where(via, db::Values(1, value)); };
  const Value text = std::string("x");
  const Value one = std::int64_t{1};
  std::vector<std::pair<db::Statement, std::string>> cases;
  cases.emplace_back(db::Select("itme"), "there is no table 'itme'; there are item");
  cases.emplace_back(db::Select("item", by("by_nmae", one)),
                     "the table 'item' has no index 'by_nmae'; it has pk, scan, uk_name, by_number");
  cases.emplace_back(db::Select("item", by("pk", text)), "the column 'item.id' is integer, and 'x' is not");
  cases.emplace_back(db::Select("item", by("scan", one)), "more key values than the path 'scan' of 'item' has");
  cases.emplace_back(db::Select("item", db::Where("pk", {one, one})),
                     "more key values than the path 'pk' of 'item' has");
  cases.emplace_back(db::Select("item", db::Where(db::Test(db::Test::Kind::eq, "nmae", {text}))),
                     "the table 'item' has no column 'nmae'; it has id, name, number, changed");
  cases.emplace_back(db::Select("item", db::Where(db::Test(db::Test::Kind::modulo, "name", {one, one}))),
                     "a remainder of 'name'");
  db::Select ordered("item");
  ordered.order_by.emplace_back("nmae");
  cases.emplace_back(ordered, "the table 'item' has no column 'nmae'; it has id, name, number, changed");
  cases.emplace_back(db::Insert("item", {"name", "number"}, {text}), "an insert into 'item' of 2 columns and 1 values");
  cases.emplace_back(db::Insert("item", {"name"}, {one}), "the column 'item.name' is text, and '1' is not");
  cases.emplace_back(db::Update("item", by("pk", one), {db::Assignment("changed", text)}),
                     "the column 'item.changed' is datetime, and 'x' is not");
  cases.emplace_back(db::Update("item", by("pk", one), {db::Assignment::add("name", 1)}), "an addition to 'name'");
  cases.emplace_back(db::Update("item", by("pk", one), {db::Assignment("id", std::int64_t{2})}),
                     "an update of the primary key of 'item'");
  cases.emplace_back(db::Delete("itme", by("pk", one)), "there is no table 'itme'; there are item");
  for (const auto& [statement, what] : cases) {
    const Refusal refused = refusal(driver, statement);
    CAPTURE(db::to_string(statement));
    CHECK(refused.error == db::ErrorClass::bad_statement);
    CHECK(refused.what == what);
  }
  CHECK(driver.engine->locks() == 0);
  CHECK(driver.storage.committed("item").size() == 1);
}

TEST_CASE("a locking select needs a transaction", "[database:2]") {
  OneRow world;
  std::string what;
  std::string* to = &what;
  world.client("app", [to](Ports* ports) { return lock_without_transaction(ports, to); });
  world.run_for(Duration::seconds(1));
  CHECK(what == "a locking select of 'item' outside a transaction: its locks would end with it");
}

TEST_CASE("a wrong statement is an error as any other of the dialect", "[database:1.4]") {
  sim::DatabaseServerOptions options;
  options.dialect = GENERATE(sim::Dialect::innodb, sim::Dialect::postgresql);
  OneRow world(options);
  std::vector<std::string> said;
  std::vector<std::string>* to = &said;
  world.client("app", [to](Ports* ports) { return misspell(ports, to); });
  world.run_for(Duration::seconds(1));
  CHECK(said == std::vector<std::string>{"there is no table 'itme'; there are item"});
  CHECK(world.items().front().number == (options.dialect == sim::Dialect::innodb ? 7 : 1));
}
