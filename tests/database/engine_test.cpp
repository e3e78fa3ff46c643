#include <catch2/catch.hpp>

#include "engine_driver.hpp"

using namespace database_test;
using db::ErrorClass;
using db::Isolation;

namespace {

ErrorClass error_of(const std::optional<Answer>& answer) { return answer.value().error; }

struct TwoSessions : Driver {
  TwoSessions() {
    run(a, db::to_row(item(0, "one", 1)));
    run(a, db::to_row(item(0, "two", 2)));
    run(a, db::to_row(item(0, "three", 3)));
  }
  SessionId a = open();
  SessionId b = open();
  SessionId c = open();
};

}  // namespace

TEST_CASE_METHOD(TwoSessions, "an update counts the rows that match, changed or not", "[database:1.3]") {
  CHECK(run(a, set_number(by_id(1), 7)).value().result.count == 1);
  CHECK(run(a, set_number(by_id(1), 7)).value().result.count == 1);
  CHECK(run(a, set_number(by_id(9), 7)).value().result.count == 0);
  CHECK(items().front() == item(1, "one", 7));
}

TEST_CASE_METHOD(TwoSessions, "ids are never given twice, not even those of undone inserts", "[database:3.13]") {
  begin(a);
  CHECK(run(a, db::to_row(item(0, "four"))).value().result.generated_id == 4);
  rollback(a);
  CHECK(error_of(run(a, db::to_row(item(0, "one")))) == ErrorClass::duplicate_key);
  CHECK(run(a, db::to_row(item(0, "six"))).value().result.generated_id == 6);
  run(a, db::to_row(item(40, "forty")));
  CHECK(run(a, db::to_row(item(0, "next"))).value().result.generated_id == 41);
}

TEST_CASE_METHOD(TwoSessions, "a duplicate key undoes the statement and names the index", "[database:1.4]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  const std::optional<Answer> failed = run(a, db::to_row(item(0, "two")));
  CHECK(error_of(failed) == ErrorClass::duplicate_key);
  CHECK(failed->what == "uk_name");
  commit(a);
  CHECK(items() == std::vector<Item>{item(1, "one", 10), item(2, "two", 2), item(3, "three", 3)});
}

TEST_CASE_METHOD(TwoSessions, "an insert waits for an uncommitted duplicate", "[database:3.10]") {
  begin(a);
  run(a, db::to_row(item(0, "lock")));
  CHECK_FALSE(run(b, db::to_row(item(0, "lock"))));
  CHECK(engine->waiting(b));
  SECTION("and fails when that one commits") {
    commit(a);
    REQUIRE(woke.size() == 1);
    CHECK(woke[0].second.error == ErrorClass::duplicate_key);
  }
  SECTION("and goes on when that one is rolled back") {
    rollback(a);
    REQUIRE(woke.size() == 1);
    CHECK(woke[0].second.error == ErrorClass::none);
    CHECK(select(c, by_name("lock")).size() == 1);
  }
  SECTION("and waits for a delete as well") {
    commit(a);
    begin(a);
    run(a, db::Delete("item", by_name("lock")));
    woke.clear();
    CHECK_FALSE(run(b, db::to_row(item(0, "lock"))));
    commit(a);
    REQUIRE(woke.size() == 1);
    CHECK(woke[0].second.error == ErrorClass::none);
  }
}

TEST_CASE_METHOD(TwoSessions, "row locks are granted in the order in which they were asked for", "[database:3.6]") {
  begin(a);
  begin(b);
  begin(c);
  run(a, set_number(by_id(1), 10));
  CHECK_FALSE(run(b, set_number(by_id(1), 20)));
  CHECK_FALSE(run(c, for_update(by_id(1))));
  commit(a);
  REQUIRE(woke.size() == 1);
  CHECK(woke[0].first == b);
  CHECK(engine->waiting(c));
  commit(b);
  REQUIRE(woke.size() == 2);
  CHECK(db::from_rows<Item>(woke[1].second.result) == std::vector<Item>{item(1, "one", 20)});
}

TEST_CASE_METHOD(TwoSessions, "a shared request does not overtake a waiting exclusive one", "[database:3.6]") {
  db::Select share("item", by_id(1));
  share.lock = db::Lock::share;
  begin(a);
  begin(b);
  begin(c);
  run(a, share);
  CHECK_FALSE(run(b, set_number(by_id(1), 2)));
  CHECK_FALSE(run(c, share));
  commit(a);
  commit(b);
  CHECK(woke.size() == 2);
}

TEST_CASE_METHOD(TwoSessions, "a deadlock ends the whole transaction of the requester", "[database:1.4]") {
  begin(a);
  begin(b);
  run(a, set_number(by_id(1), 10));
  run(b, set_number(by_id(2), 20));
  CHECK_FALSE(run(a, set_number(by_id(2), 11)));
  CHECK(error_of(run(b, set_number(by_id(1), 21))) == ErrorClass::deadlock);
  REQUIRE(woke.size() == 1);  // a got the row that b's rollback released
  SECTION("and a later commit commits what was done since") {
    run(b, set_number(by_id(3), 33));
    commit(b);
    commit(a);
    CHECK(items() == std::vector<Item>{item(1, "one", 10), item(2, "two", 11), item(3, "three", 33)});
  }
}

TEST_CASE_METHOD(TwoSessions, "a lock wait that times out undoes the statement only", "[database:3.6]") {
  begin(a);
  begin(b);
  run(a, set_number(by_id(2), 10));
  run(b, set_number(by_id(1), 20));
  CHECK_FALSE(run(b, set_number(by_id(2), 20)));
  end_wait(b, ErrorClass::lock_timeout);
  REQUIRE(woke.size() == 1);
  CHECK(woke[0].second.error == ErrorClass::lock_timeout);
  commit(b);
  rollback(a);
  CHECK(items() == std::vector<Item>{item(1, "one", 20), item(2, "two", 2), item(3, "three", 3)});
  CHECK_FALSE(locked());
}

TEST_CASE_METHOD(TwoSessions, "nowait fails and skip locked passes over", "[database:1.2]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  db::Select locking = for_update(db::Where());
  locking.wait = db::Wait::no_wait;
  CHECK(error_of(run(b, locking)) == ErrorClass::no_wait);
  locking.wait = db::Wait::skip_locked;
  CHECK(db::from_rows<Item>(run(b, locking).value().result).size() == 2);
}

TEST_CASE_METHOD(TwoSessions, "repeatable read sees what was committed before its first plain select",
                 "[database:3.2]") {
  begin(a);
  run(b, set_number(by_id(1), 10));
  CHECK(select(a, by_id(1)).front().number == 10);
  run(b, set_number(by_id(1), 11));
  run(b, db::Delete("item", by_id(2)));
  run(b, db::to_row(item(0, "four", 4)));
  CHECK(select(a).size() == 3);
  CHECK(select(a, by_number(10)).size() == 1);
  SECTION("own changes work on the newest version and are seen") {
    CHECK(run(a, db::Update("item", by_id(1), db::Assignments{db::Assignment::add("number", 5)}))->result.count == 1);
    CHECK(select(a, by_id(1)).front().number == 16);
  }
  commit(a);
  CHECK(select(a).size() == 3);
  CHECK(select(a, by_name("two")).empty());
}

TEST_CASE_METHOD(TwoSessions, "read committed looks anew each time", "[database:3.14]") {
  begin(a, Isolation::read_committed);
  CHECK(select(a, by_id(1)).front().number == 1);
  begin(b);
  run(b, set_number(by_id(1), 10));
  CHECK(select(a, by_id(1)).front().number == 1);
  commit(b);
  CHECK(select(a, by_id(1)).front().number == 10);
}

TEST_CASE_METHOD(TwoSessions, "read uncommitted sees the newest version", "[database:3.14]") {
  begin(a, Isolation::read_uncommitted);
  begin(b);
  run(b, set_number(by_id(1), 10));
  CHECK(select(a, by_id(1)).front().number == 10);
}

TEST_CASE_METHOD(TwoSessions, "at read committed an update passes over locked rows that do not match",
                 "[database:3.8]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  const db::Where twos(db::eq(&Item::number, 2));
  begin(b, Isolation::read_committed);
  CHECK(run(b, db::Update("item", twos, db::set(&Item::number, 22))).value().result.count == 1);
  begin(c);
  CHECK_FALSE(run(c, db::Update("item", twos, db::set(&Item::number, 23))));
}

TEST_CASE_METHOD(TwoSessions, "an idle session that is lost rolls back at once", "[database:2.2]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  CHECK_FALSE(run(b, set_number(by_id(1), 20)));
  disconnect(a);
  REQUIRE(woke.size() == 1);
  CHECK(items().front().number == 20);
}

TEST_CASE_METHOD(TwoSessions, "a lost session's waiting statement is still carried out", "[database:2.2]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  SECTION("and committed in autocommit mode") {
    CHECK_FALSE(run(b, set_number(by_id(1), 20)));
    disconnect(b);
    commit(a);
    CHECK(items().front().number == 20);
  }
  SECTION("and rolled back in a transaction") {
    begin(b);
    CHECK_FALSE(run(b, set_number(by_id(1), 20)));
    disconnect(b);
    commit(a);
    CHECK(items().front().number == 10);
  }
  CHECK_FALSE(engine->alive(b));
  CHECK_FALSE(locked());
}

TEST_CASE_METHOD(TwoSessions, "what was not committed does not survive a crash", "[database:5.2]") {
  begin(a);
  run(a, set_number(by_id(1), 10));
  run(a, db::Delete("item", by_id(2)));
  run(a, db::to_row(item(0, "four")));
  CHECK(items().size() == 3);
  engine = std::make_unique<sim::Engine>(storage, sim::EngineSettings(), nullptr);
  a = open();
  CHECK(select(a) == std::vector<Item>{item(1, "one", 1), item(2, "two", 2), item(3, "three", 3)});
  CHECK_FALSE(locked());
  CHECK(run(a, db::to_row(item(0, "five"))).value().result.generated_id == 5);
}

TEST_CASE_METHOD(TwoSessions, "upsert says what it did", "[database:1.3]") {
  const auto upsert = [](std::string name, std::int64_t number) {
    return db::Upsert(db::to_row(item(0, std::move(name), number)), "uk_name", db::set(&Item::number, number));
  };
  CHECK(run(a, upsert("one", 1)).value().result.count == 1);
  CHECK(run(a, upsert("one", 5)).value().result.count == 2);
  CHECK(run(a, upsert("new", 5)).value().result.count == 1);
  CHECK(select(a, by_number(5)).size() == 2);
}

TEST_CASE_METHOD(TwoSessions, "datetimes lose the decimals that the column does not keep", "[database:5.7]") {
  run(a, db::Update("item", by_id(1), db::set(&Item::changed, WallTime::from_ms(1'999))));
  CHECK(items().front().changed == WallTime::from_ms(1'000));
  const db::Where later(db::gt(&Item::changed, WallTime::from_ms(1'500)));
  CHECK(select(a, later).empty());
}

TEST_CASE_METHOD(TwoSessions, "select orders, limits and counts", "[database:1.2]") {
  db::Select select("item");
  select.order_by.emplace_back("name");
  select.limit = 2;
  const std::vector<Item> first = db::from_rows<Item>(run(a, select).value().result);
  REQUIRE(first.size() == 2);
  CHECK(first[0].name == "one");
  CHECK(first[1].name == "three");
  select.limit.reset();
  select.count_only = true;
  CHECK(run(a, select).value().result.count == 3);
  CHECK(run(a, select).value().result.rows.empty());
}

TEST_CASE_METHOD(TwoSessions, "read-only and full disks refuse writes alone", "[database:5.3]") {
  engine->settings().read_only = true;
  CHECK(error_of(run(a, set_number(by_id(1), 2))) == ErrorClass::read_only);
  CHECK(select(a).size() == 3);
  engine->settings().read_only = false;
  engine->settings().disk_full = true;
  CHECK(error_of(run(a, db::to_row(item(0, "x")))) == ErrorClass::disk_full);
}
