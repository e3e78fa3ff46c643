// The engine against a model that a reader can check at a glance: one session against a plain map; several sessions
// against the promises that hold whatever they do.
#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "engine_driver.hpp"

using namespace database_test;
using db::ErrorClass;

namespace {

/// One session's view: a map, a copy of it for rollback, and the counter of ids.
struct Model {
  std::map<std::int64_t, Item> rows;
  std::map<std::int64_t, Item> before;
  std::int64_t next_id = 1;
  bool open = false;

  bool taken(const std::string& name, std::int64_t except) const {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const auto& r) { return r.first != except && r.second.name == name; });
  }
};

struct Op {
  int kind = 0;
  std::int64_t id = 0;
  std::string name;
  std::int64_t number = 0;
};

Op arbitrary_op() {
  Op op;
  op.kind = *rc::gen::inRange(0, 11);
  op.id = *rc::gen::inRange(1, 8);
  op.name = *rc::gen::element<std::string>("a", "b", "c", "d");
  op.number = *rc::gen::inRange(0, 4);
  return op;
}

std::vector<Item> matching(const Model& model, const std::function<bool(const Item&)>& test) {
  std::vector<Item> found;
  for (const auto& [id, row] : model.rows) {
    if (test(row)) found.push_back(row);
  }
  return found;
}

void step(Driver& driver, SessionId session, Model& model, const Op& op) {
  const auto by_order = [](std::vector<Item> items) {
    std::sort(items.begin(), items.end(), [](const Item& x, const Item& y) { return x.id < y.id; });
    return items;
  };
  switch (op.kind) {
    case 0:
    case 1: {
      const Answer answer = driver.run(session, db::to_row(item(0, op.name, op.number))).value();
      const std::int64_t id = model.next_id++;
      if (model.taken(op.name, 0)) {
        RC_ASSERT(answer.error == ErrorClass::duplicate_key);
      } else {
        RC_ASSERT(answer.result.generated_id == id);
        model.rows.emplace(id, item(id, op.name, op.number));
      }
      break;
    }
    case 2: {
      const Answer answer = driver.run(session, set_number(by_id(op.id), op.number)).value();
      RC_ASSERT(answer.result.count == static_cast<std::int64_t>(model.rows.count(op.id)));
      if (model.rows.contains(op.id)) model.rows.at(op.id).number = op.number;
      break;
    }
    case 3: {
      const auto set = db::set(&Item::name, op.name);
      const Answer answer = driver.run(session, db::Update("item", by_id(op.id), set)).value();
      if (!model.rows.contains(op.id)) break;
      if (model.taken(op.name, op.id)) {
        RC_ASSERT(answer.error == ErrorClass::duplicate_key);
      } else {
        model.rows.at(op.id).name = op.name;
      }
      break;
    }
    case 4: {  // through the index that it changes
      const db::Assignments set{db::Assignment::add("number", 1)};
      const Answer answer = driver.run(session, db::Update("item", by_number(op.number), set)).value();
      std::int64_t matched = 0;
      for (auto& [id, row] : model.rows) {
        if (row.number != op.number) continue;
        row.number = op.number + 1;
        ++matched;
      }
      RC_ASSERT(answer.result.count == matched);
      break;
    }
    case 5: {
      const Answer answer = driver.run(session, db::Delete("item", by_name(op.name))).value();
      RC_ASSERT(answer.result.count == static_cast<std::int64_t>(std::erase_if(
                                           model.rows, [&](const auto& r) { return r.second.name == op.name; })));
      break;
    }
    case 6: {
      db::Where range;
      range.via = "by_number";
      range.low.emplace(Value(op.number), op.id % 2 == 0);
      range.high.emplace(Value(op.number + 2), op.id % 3 == 0);
      const auto expected = matching(model, [&](const Item& i) {
        const bool low = op.id % 2 == 0 ? *i.number >= op.number : *i.number > op.number;
        return low && (op.id % 3 == 0 ? *i.number <= op.number + 2 : *i.number < op.number + 2);
      });
      RC_ASSERT(by_order(driver.select(session, range)) == expected);
      break;
    }
    case 7: {
      const db::Test test =
          db::eq(&Item::name, op.name) || (db::ge(&Item::number, op.number) && db::modulo(&Item::id, 2, 1));
      const auto expected = matching(
          model, [&](const Item& i) { return i.name == op.name || (*i.number >= op.number && i.id % 2 == 1); });
      RC_ASSERT(driver.select(session, db::Where(test)) == expected);
      RC_ASSERT(db::from_rows<Item>(driver.run(session, for_update(db::Where(test))).value().result) == expected);
      break;
    }
    case 8:
      if (!model.open) {
        driver.begin(session);
        model.before = model.rows;
        model.open = true;
      }
      break;
    case 9:
      driver.commit(session);
      model.open = false;
      break;
    default:
      driver.rollback(session);
      if (model.open) model.rows = model.before;
      model.open = false;
  }
}

std::map<std::int64_t, Item> by_id_of(const std::vector<Item>& items) {
  std::map<std::int64_t, Item> all;
  for (const Item& i : items) all.emplace(i.id, i);
  return all;
}

/// Nothing but committed single versions is left, and the index entries are theirs.
void check_at_rest(Driver& driver) {
  RC_ASSERT(!driver.locked());
  driver.purge();
  RC_ASSERT(driver.storage.flaw() == "");
}

}  // namespace

TEST_CASE("one session sees a table as a map", "[database:1.3][database:3.12]") {
  support::check_property("statements, commits and rollbacks", [] {
    Driver driver;
    const SessionId session = driver.open();
    Model model;
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
      step(driver, session, model, arbitrary_op());
      RC_ASSERT(by_id_of(driver.items()) == (model.open ? model.before : model.rows));
    }
    driver.rollback(session);
    if (model.open) model.rows = model.before;
    RC_ASSERT(by_id_of(driver.items()) == model.rows);
    check_at_rest(driver);
  });
}

TEST_CASE("sessions that meet keep the engine's promises", "[database:8]") {
  support::check_property("locks, waits and ends", [] {
    Driver driver;
    std::vector<SessionId> sessions{driver.open(), driver.open(), driver.open()};
    std::vector<bool> waits(3), open(3), repeatable(3);
    std::vector<std::optional<std::vector<Item>>> seen(3);  // repeatable read, since the last statement that locks
    const auto take_woke = [&] {
      for (const auto& [id, answer] : std::exchange(driver.woke, {})) {
        for (std::size_t s = 0; s < sessions.size(); ++s) {
          if (sessions[s] != id) continue;
          RC_ASSERT(waits[s]);  // resumed once, and only if it waited
          waits[s] = false;
        }
      }
    };
    const int steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) {
      const std::size_t s = *rc::gen::inRange<std::size_t>(0, 3);
      const Op op = arbitrary_op();
      if (waits[s]) {
        if (op.kind == 0) {
          driver.end_wait(sessions[s], ErrorClass::lock_timeout);
        } else if (op.kind == 1) {
          driver.disconnect(sessions[s]);
          sessions[s] = driver.open();
          waits[s] = open[s] = repeatable[s] = false;
          seen[s].reset();
        }
        take_woke();
        continue;
      }
      std::optional<Answer> answer = Answer();
      if (op.kind != 7 && (op.kind != 8 || !open[s])) seen[s].reset();
      switch (op.kind) {
        case 0:
          answer = driver.run(sessions[s], db::to_row(item(op.id, op.name, op.number)));
          break;
        case 1:
          answer = driver.run(sessions[s], db::to_row(item(0, op.name, op.number)));
          break;
        case 2:
          answer = driver.run(sessions[s], set_number(by_id(op.id), op.number));
          break;
        case 3:
          answer = driver.run(sessions[s], db::Update("item", by_id(op.id), db::set(&Item::name, op.name)));
          break;
        case 4:
          answer = driver.run(sessions[s], set_number(by_number(op.number), op.number + 1));
          break;
        case 5:
          answer = driver.run(sessions[s], db::Delete("item", by_name(op.name)));
          break;
        case 6:
          answer = driver.run(sessions[s], for_update(by_number(op.number)));
          break;
        case 7: {
          const std::vector<Item> now = driver.select(sessions[s]);
          if (seen[s]) RC_ASSERT(now == *seen[s]);
          if (repeatable[s]) seen[s] = now;
          break;
        }
        case 8:
          if (!open[s]) {
            driver.begin(sessions[s], static_cast<db::Isolation>(op.number));
            open[s] = op.number != 3;  // plain selects of serializable may wait
            repeatable[s] = op.number == 2;
            if (op.number == 3) driver.rollback(sessions[s]);
          }
          break;
        case 9:
          driver.commit(sessions[s]);
          open[s] = repeatable[s] = false;
          break;
        default:
          driver.rollback(sessions[s]);
          open[s] = repeatable[s] = false;
      }
      if (!answer) waits[s] = true;
      take_woke();
      for (std::size_t k = 0; k < sessions.size(); ++k) RC_ASSERT(driver.engine->waiting(sessions[k]) == waits[k]);
      if (op.id % 3 == 0) driver.purge();
      take_woke();
      std::map<std::string, int> names;
      for (const Item& row : driver.items()) RC_ASSERT(++names[row.name] == 1);
    }
    // A cycle through the second of two blockers is not seen (database 3.7): then all wait until one gives up.
    for (std::size_t round = 0; round < 2 * sessions.size(); ++round) {
      if (std::count(waits.begin(), waits.end(), true) == 3) {
        driver.end_wait(sessions.front(), ErrorClass::lock_timeout);
        take_woke();
      }
      for (std::size_t s = 0; s < sessions.size(); ++s) {
        if (waits[s]) continue;
        driver.rollback(sessions[s]);
        take_woke();
      }
    }
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      RC_ASSERT(!waits[s]);
      driver.disconnect(sessions[s]);
    }
    check_at_rest(driver);
  });
}
