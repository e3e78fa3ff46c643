#include "isolation.hpp"

#include <support/property.hpp>

#include "dependency_graph.hpp"
#include "engine_driver.hpp"

namespace isolation {

using namespace database_test;
using db::ErrorClass;
using db::Isolation;
using sim::Dialect;

namespace {

constexpr std::int64_t keys = 5;

/// Rows are items: the name is the key, so that inserts meet in a unique index; the number is the version's token.
std::string name_of(std::int64_t key) { return "k" + std::to_string(key); }

class Schedule {
 public:
  Schedule(Dialect dialect, Isolation level)
      : driver_(dialect), level_(level), dependencies_({{1, 1}, {2, 2}, {3, 3}, {4, 0}, {5, 0}}) {
    const SessionId loader = driver_.open();
    for (std::int64_t key = 1; key <= 3; ++key) driver_.run(loader, db::to_row(row(key, key)));
    driver_.disconnect(loader);
    last_token_ = keys;
    sessions_.resize(3);
    for (Session& s : sessions_) s.id = driver_.open();
  }

  void step() {
    Session& s = sessions_[*rc::gen::inRange<std::size_t>(0, sessions_.size())];
    const int what = *rc::gen::inRange(0, 100);
    if (what < 1) return crash();
    if (what < 6) driver_.purge();
    if (s.waits) {
      if (what < 12) driver_.end_wait(s.id, ErrorClass::lock_timeout);
      if (what >= 97) lose(s);
      return collect();
    }
    if (!s.txn) {
      s.txn = dependencies_.begin();
      driver_.begin(s.id, level_);
    } else if (what < 22) {
      return end(s, what < 19);
    } else if (what >= 98) {
      return lose(s);
    }
    statement(s);
    collect();
  }

  void finish() {
    for (int round = 0; round < 100; ++round) {
      bool idle = true;
      for (Session& s : sessions_) {
        if (s.waits && std::all_of(sessions_.begin(), sessions_.end(), [](auto& x) { return x.waits || !x.txn; })) {
          driver_.end_wait(s.id, ErrorClass::lock_timeout);
          collect();
        }
        if (s.txn && !s.waits) end(s, true);
        idle = idle && !s.txn;
      }
      if (idle) break;
    }
    for (Session& s : sessions_) driver_.disconnect(s.id);
    RC_ASSERT(!driver_.locked());
    driver_.purge();
    RC_ASSERT(driver_.storage.flaw() == "");
  }

  void check_promises() const {
    RC_ASSERT(dependencies_.g0() == "");
    if (level_ >= Isolation::read_committed) RC_ASSERT(dependencies_.g1() == "");
    const bool postgresql = driver_.storage.dialect() == Dialect::postgresql;
    if (level_ >= Isolation::repeatable_read) RC_ASSERT(dependencies_.g_single(!postgresql) == "");
    if (level_ == Isolation::serializable) RC_ASSERT(dependencies_.g2() == "");
    std::map<std::int64_t, std::int64_t> stored;
    for (std::int64_t key = 1; key <= keys; ++key) stored[key] = Dependencies::absent;
    for (const Item& item : driver_.items()) stored[key_of(item)] = item.number.value();
    RC_ASSERT(stored == dependencies_.installed());
  }
  bool anomalous() const { return !dependencies_.g2().empty(); }
  bool waited() const { return waited_; }
  bool deadlocked() const { return deadlocked_; }
  bool crashed() const { return crashed_; }

 private:
  enum class Kind { read, read_all, lock, update, insert, remove };
  struct Session {
    SessionId id = 0;
    std::optional<Dependencies::Txn> txn;
    bool waits = false;
    Kind kind = Kind::read;
    std::int64_t key = 0;
    std::int64_t token = 0;
  };

  static Item row(std::int64_t key, std::int64_t token) { return item(0, name_of(key), token); }
  static std::int64_t key_of(const Item& item) { return item.name[1] - '0'; }

  void statement(Session& s) {
    s.kind = *rc::gen::weightedElement<Kind>({{25, Kind::read},
                                              {12, Kind::read_all},
                                              {15, Kind::lock},
                                              {25, Kind::update},
                                              {12, Kind::insert},
                                              {11, Kind::remove}});
    s.key = *rc::gen::inRange<std::int64_t>(1, keys + 1);
    s.token = ++last_token_;
    const auto perform = [&](db::Statement statement) {
      const std::optional<Answer> answer = driver_.run(s.id, std::move(statement));
      s.waits = !answer;
      waited_ = waited_ || s.waits;
      if (answer) answered(s, *answer);
    };
    const db::Where where = by_name(name_of(s.key));
    switch (s.kind) {
      case Kind::read:
        return perform(db::Select("item", where));
      case Kind::read_all:
        return perform(db::Select("item"));
      case Kind::lock:
        return perform(for_update(where));
      case Kind::update:
        return perform(set_number(where, s.token));
      case Kind::insert:
        return perform(db::to_row(row(s.key, s.token)));
      case Kind::remove:
        return perform(db::Delete("item", where));
    }
  }

  void answered(Session& s, const Answer& answer) {
    s.waits = false;
    if (answer.error != ErrorClass::none) return failed(s, answer.error);
    switch (s.kind) {
      case Kind::update:
        if (answer.result.count == 1) dependencies_.write(*s.txn, s.key, s.token);
        return;
      case Kind::insert:
        return dependencies_.write(*s.txn, s.key, s.token);
      case Kind::remove:
        if (answer.result.count == 1) dependencies_.write(*s.txn, s.key, Dependencies::absent);
        return;
      default:
        break;
    }
    std::map<std::int64_t, std::int64_t> seen;
    for (const Item& item : db::from_rows<Item>(answer.result)) seen[key_of(item)] = item.number.value();
    for (std::int64_t key = 1; key <= keys; ++key) {
      if (s.kind != Kind::read_all && key != s.key) continue;
      const auto found = seen.find(key);
      // A lock on a row that is not there protects nothing on postgresql, and its gap only against inserts on innodb.
      if (found == seen.end() && s.kind == Kind::lock) continue;
      dependencies_.read(*s.txn, key, found == seen.end() ? Dependencies::absent : found->second, s.kind != Kind::lock);
    }
  }

  void failed(Session& s, ErrorClass error) {
    deadlocked_ = deadlocked_ || error == ErrorClass::deadlock;
    const bool postgresql = driver_.storage.dialect() == Dialect::postgresql;
    if (!postgresql && error != ErrorClass::deadlock) return;  // the statement alone
    driver_.rollback(s.id);
    s.txn.reset();
  }

  void end(Session& s, bool commit) {
    if (commit) {
      dependencies_.commit(*s.txn);
      s.txn.reset();
      driver_.commit(s.id);
    } else {
      s.txn.reset();
      driver_.rollback(s.id);
    }
    collect();
  }

  void lose(Session& s) {
    driver_.disconnect(s.id);
    s = Session();
    s.id = driver_.open();
    collect();
  }

  void crash() {
    crashed_ = crashed_ || std::any_of(sessions_.begin(), sessions_.end(), [](auto& s) { return s.txn.has_value(); });
    driver_.engine = std::make_unique<sim::Engine>(driver_.storage, sim::EngineSettings(), nullptr);
    driver_.woke.clear();
    for (Session& s : sessions_) {
      s = Session();
      s.id = driver_.open();
    }
  }

  /// Answers that others set free, and deadlocks that are looked for late.
  void collect() {
    for (;;) {
      for (const auto& [id, answer] : std::exchange(driver_.woke, {})) {
        for (Session& s : sessions_) {
          if (s.id != id) continue;
          RC_ASSERT(s.waits);  // it goes on once, and only if it waited
          answered(s, answer);
        }
      }
      bool found = false;
      for (Session& s : sessions_) found = found || (s.waits && driver_.check_deadlock(s.id));
      if (!found && driver_.woke.empty()) break;
    }
    for (const Session& s : sessions_) RC_ASSERT(driver_.engine->waiting(s.id) == s.waits);
  }

  Driver driver_;
  Isolation level_;
  Dependencies dependencies_;
  std::vector<Session> sessions_;
  std::int64_t last_token_ = 0;
  bool waited_ = false;
  bool deadlocked_ = false;
  bool crashed_ = false;
};

}  // namespace

void check_case(Dialect dialect, Isolation level, Shares& shares) {
  Schedule schedule(dialect, level);
  const int steps = *rc::gen::inRange(20, 90);
  for (int i = 0; i < steps; ++i) schedule.step();
  schedule.finish();
  ++shares.cases;
  shares.with_wait += schedule.waited();
  shares.with_deadlock += schedule.deadlocked();
  shares.with_crash += schedule.crashed();
  shares.eventful += schedule.waited() || schedule.deadlocked() || schedule.crashed();
  shares.anomalous += schedule.anomalous();
  schedule.check_promises();
}

}  // namespace isolation
