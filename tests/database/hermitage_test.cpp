// The isolation anomalies of the Hermitage suite, each at every level of both dialects: the table of docs/fidelity.md.
// The recordings (conformance_test.cpp) have a part of these schedules step by step; here all are judged by what an
// anomaly is, and what keeps the others from happening is named.
#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <catch2/catch.hpp>

#include "engine_driver.hpp"

using namespace chronofault;
using namespace database_test;
using db::Isolation;
using sim::Dialect;

namespace {

/// Three transactions whose steps are given in an order; a step of one that waits follows when it goes on, and one of a
/// transaction that failed is left out.
class Play {
 public:
  using Seen = std::map<std::int64_t, std::int64_t>;  // value by id

  Play(Dialect dialect, Isolation level) : driver_(dialect) {
    for (const std::int64_t id : {1, 2}) driver_.storage.load(row(id, id * 10));
    for (Transaction& t : transactions_) {
      t.session = driver_.open();
      refused = refused || driver_.engine->begin(t.session, level).error != db::ErrorClass::none;
    }
  }

  void read(int t, db::Where where = db::Where()) { run(t, db::Select("item", std::move(where))); }
  void set(int t, std::int64_t id, std::int64_t value) { run(t, set_number(by_id(id), value)); }
  void run(int t, db::Statement statement) {
    step(t, [this, statement = std::move(statement)](Transaction& of) {
      of.reads = db::kind_of(statement) == db::StatementKind::select;
      if (const std::optional<Answer> answer = driver_.run(of.session, statement)) answered(of, *answer);
      of.waits = driver_.engine->waiting(of.session);
      waited = waited || of.waits;
    });
  }
  void commit(int t) {
    step(t, [this](Transaction& of) {
      driver_.commit(of.session);
      of.committed = of.ended = true;
    });
  }
  void rollback(int t) {
    step(t, [this](Transaction& of) {
      driver_.rollback(of.session);
      of.ended = true;
    });
  }

  const std::vector<Seen>& seen(int t) const { return numbered(t).seen; }
  bool committed(int t) const { return numbered(t).committed; }
  Seen left() const {
    Seen values;
    for (const Item& item : driver_.items()) values[item.id] = item.number.value();
    return values;
  }

  bool refused = false;
  bool waited = false;
  db::ErrorClass error = db::ErrorClass::none;  // that ended a transaction

 private:
  struct Transaction {
    SessionId session = 0;
    bool waits = false;
    bool reads = false;  // its statement does
    bool ended = false;
    bool committed = false;
    std::vector<Seen> seen;
    std::deque<std::function<void(Transaction&)>> steps;
  };

  const Transaction& numbered(int t) const { return transactions_.at(static_cast<std::size_t>(t) - 1); }
  static InitialRow row(std::int64_t id, std::int64_t value) {
    return InitialRow("item", {{"id", id}, {"name", std::to_string(id)}, {"number", value}, {"changed", WallTime()}});
  }
  void step(int t, std::function<void(Transaction&)> what) {
    transactions_.at(static_cast<std::size_t>(t) - 1).steps.push_back(std::move(what));
    go_on();
  }
  void go_on() {
    for (bool moved = true; moved;) {
      const auto woke = std::exchange(driver_.woke, {});
      moved = !woke.empty();
      for (const auto& [session, answer] : woke) {
        const auto is_its = [id = session](const Transaction& t) { return t.session == id; };
        answered(*std::find_if(transactions_.begin(), transactions_.end(), is_its), answer);
      }
      for (Transaction& t : transactions_) {
        if (t.waits || t.steps.empty() || !driver_.woke.empty()) continue;
        const auto next = std::move(t.steps.front());
        t.steps.pop_front();
        if (!t.ended) next(t);
        moved = true;
      }
    }
  }
  void answered(Transaction& of, const Answer& answer) {
    of.waits = false;
    if (answer.error != db::ErrorClass::none) {
      error = answer.error;
      of.ended = true;
      driver_.rollback(of.session);
      return;
    }
    if (!of.reads) return;
    Seen values;
    for (const Item& item : db::from_rows<Item>(answer.result)) values[item.id] = item.number.value();
    of.seen.push_back(std::move(values));
  }

  Driver driver_;
  std::array<Transaction, 3> transactions_;
};

db::Where value_is(std::int64_t value) { return db::Where(db::Test(db::Test::Kind::eq, "number", {Value(value)})); }
db::Where divisible_by(std::int64_t by) {
  return db::Where(db::Test(db::Test::Kind::modulo, "number", {Value(by), Value(std::int64_t{0})}));
}
db::Insert insert_of(std::int64_t value) {
  return db::Insert("item", {"name", "number", "changed"},
                    {Value("n" + std::to_string(value)), Value(value), Value(WallTime())});
}

struct Anomaly {
  std::string name;
  std::function<bool(Play&)> happens;
};

const std::vector<Anomaly>& anomalies() {
  static const std::vector<Anomaly> all{
      {"G0: dirty writes",
       [](Play& p) {
         p.set(1, 1, 11);
         p.set(2, 1, 12);
         p.set(1, 2, 21);
         p.commit(1);
         p.set(2, 2, 22);
         p.commit(2);
         return p.left() != Play::Seen{{1, 11}, {2, 21}} && p.left() != Play::Seen{{1, 12}, {2, 22}};
       }},
      {"G1a: aborted reads",
       [](Play& p) {
         p.set(1, 1, 101);
         p.read(2);
         p.rollback(1);
         p.read(2);
         p.commit(2);
         return p.seen(2).at(0).at(1) == 101;
       }},
      {"G1b: intermediate reads",
       [](Play& p) {
         p.set(1, 1, 101);
         p.read(2);
         p.set(1, 1, 11);
         p.commit(1);
         p.commit(2);
         return p.seen(2).at(0).at(1) == 101;
       }},
      {"G1c: circular information flow",
       [](Play& p) {
         p.set(1, 1, 11);
         p.set(2, 2, 22);
         p.read(1, by_id(2));
         p.read(2, by_id(1));
         p.commit(1);
         p.commit(2);
         return p.committed(1) && p.committed(2) && p.seen(1).at(0).at(2) == 22 && p.seen(2).at(0).at(1) == 11;
       }},
      {"OTV: observed transaction vanishes",
       [](Play& p) {
         p.set(1, 1, 11);
         p.set(1, 2, 19);
         p.set(2, 1, 12);
         p.commit(1);
         p.read(3);
         p.set(2, 2, 18);
         p.read(3);
         p.commit(2);
         p.commit(3);
         return std::any_of(p.seen(3).begin(), p.seen(3).end(), [](const Play::Seen& seen) {
           return seen == Play::Seen{{1, 12}, {2, 19}};
         });
       }},
      {"PMP: predicate with many preceders, read",
       [](Play& p) {
         p.read(1, value_is(30));
         p.run(2, insert_of(30));
         p.commit(2);
         p.read(1, divisible_by(3));
         p.commit(1);
         return !p.seen(1).at(1).empty();
       }},
      {"PMP: the same, write",
       [](Play& p) {
         p.read(2, value_is(20));
         p.run(1, db::Update("item", db::Where(), {db::Assignment::add("number", 10)}));
         p.run(2, db::Delete("item", value_is(20)));
         p.commit(1);
         p.commit(2);
         return p.committed(2) && p.left().contains(2);  // which it had seen
       }},
      {"P4: lost update",
       [](Play& p) {
         p.read(1, by_id(1));
         p.read(2, by_id(1));
         p.set(1, 1, 11);
         p.set(2, 1, 11);
         p.commit(1);
         p.commit(2);
         return p.committed(1) && p.committed(2);
       }},
      {"G-single: read skew",
       [](Play& p) {
         p.read(1, by_id(1));
         p.set(2, 1, 12);
         p.set(2, 2, 18);
         p.commit(2);
         p.read(1, by_id(2));
         p.commit(1);
         return p.committed(1) && p.seen(1).at(0).at(1) == 10 && p.seen(1).at(1).at(2) == 18;
       }},
      {"G-single: the same, predicates",
       [](Play& p) {
         p.read(1, divisible_by(5));
         p.run(2, db::Update("item", value_is(10), db::set(&Item::number, std::int64_t{12})));
         p.commit(2);
         p.read(1, divisible_by(3));
         p.commit(1);
         return p.committed(1) && !p.seen(1).at(1).empty();
       }},
      {"G-single: the same, write predicate",
       [](Play& p) {
         p.read(1, by_id(1));
         p.set(2, 1, 12);
         p.set(2, 2, 18);
         p.commit(2);
         p.run(1, db::Delete("item", value_is(20)));
         p.commit(1);
         return p.committed(1) && p.left().contains(2);  // of the state that it had seen
       }},
      {"G2-item: write skew",
       [](Play& p) {
         p.read(1);
         p.read(2);
         p.set(1, 1, 11);
         p.set(2, 2, 21);
         p.commit(1);
         p.commit(2);
         return p.committed(1) && p.committed(2);
       }},
      {"G2: anti-dependency cycle",
       [](Play& p) {
         p.read(1, divisible_by(3));
         p.read(2, divisible_by(3));
         p.run(1, insert_of(30));
         p.run(2, insert_of(42));
         p.commit(1);
         p.commit(2);
         return p.committed(1) && p.committed(2);
       }},
      {"G2: the same, two edges",
       [](Play& p) {
         p.read(1);
         p.set(2, 2, 25);
         p.commit(2);
         p.read(3);
         p.commit(3);
         p.set(1, 1, 0);
         p.commit(1);
         return p.committed(1) && p.committed(3) && p.seen(3).at(0) == Play::Seen{{1, 10}, {2, 25}};
       }},
  };
  return all;
}

/// What comes of it: the anomaly, what keeps it from happening, or neither is to be seen.
std::string outcome(const Anomaly& anomaly, Dialect dialect, Isolation level) {
  Play play(dialect, level);
  if (play.refused) return "refused";
  if (anomaly.happens(play)) return "**happens**";
  if (play.error != db::ErrorClass::none) return std::string(name_of(play.error));
  return play.waited ? "waits" : "not seen";
}

std::string table_of(Dialect dialect) {
  std::string table = "| " + std::string(sim::name_of(dialect)) + " | RU | RC | RR | SER |\n|---|---|---|---|---|\n";
  for (const Anomaly& anomaly : anomalies()) {
    table += "| " + anomaly.name;
    for (const Isolation level : {Isolation::read_uncommitted, Isolation::read_committed, Isolation::repeatable_read,
                                  Isolation::serializable}) {
      table += " | " + outcome(anomaly, dialect, level);
    }
    table += " |\n";
  }
  return table;
}

}  // namespace

TEST_CASE("the anomalies of each level are those that docs/fidelity.md names", "[database:3.15][database:4.8]") {
  std::ostringstream text;
  text << std::ifstream(CF_SOURCE_ROOT "/docs/fidelity.md").rdbuf();
  for (const Dialect dialect : {Dialect::innodb, Dialect::postgresql}) {
    const std::string table = table_of(dialect);
    INFO(table);
    CHECK(text.str().find("\n" + table + "\n") != std::string::npos);
  }
}
