// Drives an Engine by hand: sessions named by number, statements that wait, and the answers that others set free.
#pragma once

#include <map>

#include <ports/database/typed.hpp>
#include <sim/database/engine.hpp>

namespace database_test {

using namespace chronofault;
using sim::Answer;
using sim::SessionId;

struct Item {
  static constexpr std::string_view table = "item";
  std::int64_t id = 0;
  std::string name;
  std::optional<std::int64_t> number;
  WallTime changed;
  template <class V>
  static void columns(V&& v) {
    v("id", &Item::id, db::generated_key);
    v("name", &Item::name);
    v("number", &Item::number);
    v("changed", &Item::changed);
  }
  static std::vector<IndexSpec> indexes() { return {{"uk_name", {"name"}, true}, {"by_number", {"number"}, false}}; }
  friend bool operator==(const Item&, const Item&) = default;
};

inline Item item(std::int64_t id, std::string name, std::optional<std::int64_t> number = std::nullopt) {
  Item i;
  i.id = id;
  i.name = std::move(name);
  i.number = number;
  return i;
}

inline db::Where by_id(std::int64_t id) { return db::Where("pk", {Value(id)}); }
inline db::Where by_name(std::string name) { return db::Where("uk_name", {Value(std::move(name))}); }
inline db::Where by_number(std::int64_t number) { return db::Where("by_number", {Value(number)}); }
inline db::Select for_update(db::Where where) {
  db::Select select("item", std::move(where));
  select.lock = db::Lock::update;
  return select;
}
inline db::Update set_number(db::Where where, std::int64_t number) {
  return db::Update("item", std::move(where), db::set(&Item::number, number));
}

class Driver {
 public:
  explicit Driver(sim::Dialect dialect = sim::Dialect::innodb, sim::EngineSettings settings = {})
      : storage({db::table_spec<Item>()}, dialect), engine(std::make_unique<sim::Engine>(storage, settings, nullptr)) {}

  SessionId open() { return engine->open(); }

  /// None: it waits; its answer will be in `woke`.
  std::optional<Answer> run(SessionId session, db::Statement statement) {
    auto shared = std::make_shared<const db::Statement>(std::move(statement));
    std::optional<Answer> answer = engine->execute(session, std::move(shared), now);
    settle();
    return answer;
  }
  void begin(SessionId session, std::optional<db::Isolation> level = std::nullopt) { engine->begin(session, level); }
  void commit(SessionId session) {
    engine->commit(session);
    settle();
  }
  void rollback(SessionId session) {
    engine->rollback(session);
    settle();
  }
  void disconnect(SessionId session) {
    engine->disconnect(session);
    settle();
  }
  void end_wait(SessionId session, db::ErrorClass error) {
    engine->end_wait(session, error);
    settle();
  }
  std::vector<Item> items() const {
    std::vector<Item> all;
    for (const db::Row& row : storage.committed("item")) all.push_back(db::from_row<Item>(row));
    return all;
  }
  std::vector<Item> select(SessionId session, db::Where where = db::Where()) {
    return db::from_rows<Item>(run(session, db::Select("item", std::move(where))).value().result);
  }
  bool locked() const { return engine->locks() != 0; }
  /// Removes what nobody can see any more; who waited for that goes on.
  void purge() {
    engine->purge(engine->committed_until());
    settle();
  }
  /// PostgreSQL: the session's wait has lasted deadlock_timeout.
  bool check_deadlock(SessionId session) {
    const bool was_in_cycle = engine->check_deadlock(session);
    settle();
    return was_in_cycle;
  }

  sim::DatabaseStorage storage;
  std::unique_ptr<sim::Engine> engine;
  std::vector<std::pair<SessionId, Answer>> woke;
  WallTime now = WallTime::from_ms(1'645'671'600'000);

 private:
  void settle() {
    while (const std::optional<SessionId> next = engine->take_runnable()) {
      if (std::optional<Answer> answer = engine->resume(*next)) woke.emplace_back(*next, std::move(*answer));
    }
  }
};

}  // namespace database_test
